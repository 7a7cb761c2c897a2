// The worker in a browser that writes another value than it was given, once.
const { put } = IDBObjectStore.prototype;
let altered = false;

IDBObjectStore.prototype.put = function (value, ...key) {
  if (!altered && this.name === 'customers') {
    altered = true;
    return put.call(this, { ...value, points: -1 }, ...key);
  }
  return put.call(this, value, ...key);
};
await import('/worker.js');
