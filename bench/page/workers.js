/** A worker that answers one message after another; its errors are the page's. */
export function startWorker(url) {
  const worker = new Worker(url, { type: 'module' });
  return {
    ask: (message) => new Promise((resolve, reject) => {
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage(message);
    }),
    end: () => worker.terminate(),
  };
}
