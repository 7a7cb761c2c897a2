// What the worker writes; it must be /e2e/counting-worker.js.

/** The numbers of puts, additions, deletions and clearings of each store since the last call. */
export async function writes() {
  const channel = new BroadcastChannel('writes');
  const answer = new Promise((resolve) => {
    channel.onmessage = ({ data }) => resolve(data.counts);
  });
  channel.postMessage('how many?');
  const counts = await answer;
  channel.close();
  return counts;
}
