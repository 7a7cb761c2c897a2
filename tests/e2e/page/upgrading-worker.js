// The worker in a browser where another tab's upgrade of the database is asked for right after the worker has
// opened it for the nth time (`?n`).
const { open } = IDBFactory.prototype;
let left = Number(new URL(location.href).search.slice(1));

IDBFactory.prototype.open = function (name, ...version) {
  const request = open.call(this, name, ...version);
  if (name === 'pos') {
    request.addEventListener('success', () => {
      left -= 1;
      if (left !== 0) return;
      const upgrade = open.call(this, name, request.result.version + 10);
      upgrade.addEventListener('success', () => upgrade.result.close());
    });
  }
  return request;
};
await import('/worker.js');
