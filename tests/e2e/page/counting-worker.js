// The worker in a browser that counts what is written, and tells it to the page by a channel.
// The second worker is started from this address as well; it writes nothing, and would answer in the first one's place.
if (globalThis.name !== 'pos-backup second worker') {
  let counts = {};
  const channel = new BroadcastChannel('writes');
  channel.onmessage = () => {
    channel.postMessage({ counts });
    counts = {};
  };
  for (const way of ['put', 'add', 'delete', 'clear']) {
    const write = IDBObjectStore.prototype[way];
    IDBObjectStore.prototype[way] = function (...args) {
      const count = (counts[this.name] ??= { put: 0, add: 0, delete: 0, clear: 0 });
      count[way] += 1;
      return write.apply(this, args);
    };
  }
}
await import('/worker.js');
