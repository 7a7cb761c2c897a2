// The worker in a browser that breaks down at the `at`-th put of a restore, in the way that `how` says.
const { how, at } = Object.fromEntries(new URLSearchParams(location.search));
const { put } = IDBObjectStore.prototype;
let puts = 0;
let broken = false;

const ways = {
  // Something that is no DOMException, out of the browser's own call.
  throws() {
    throw new TypeError('put has broken down');
  },
  // Code that nobody catches, beside the worker's own.
  uncaught() {
    setTimeout(() => {
      throw new Error('a bolt from the blue');
    });
  },
  rejected() {
    setTimeout(() => Promise.reject(new Error('nobody has caught this')));
  },
  // An exception that goes right through the WebAssembly, as a trap does.
  trap() {
    const { now } = Performance.prototype;
    Performance.prototype.now = () => {
      Performance.prototype.now = now;
      throw new RangeError('the clock has stopped');
    };
  },
};

IDBObjectStore.prototype.put = function (...args) {
  // Not the worker's own database.
  if (this.transaction.db.name === 'pos') puts += 1;
  if (puts >= Number(at) && !broken) {
    broken = true;
    ways[how]();
  }
  return put.apply(this, args);
};
await import('/worker.js');
