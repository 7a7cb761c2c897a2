// The worker in a browser that lacks something: taken away before the worker starts.
const { without } = Object.fromEntries(new URLSearchParams(location.search));
if (without === 'getDirectory') delete StorageManager.prototype.getDirectory;
if (without === 'createSyncAccessHandle') delete FileSystemFileHandle.prototype.createSyncAccessHandle;
if (without === 'FileSystemFileHandle') delete globalThis.FileSystemFileHandle;
if (without === 'navigator.storage') delete Object.getPrototypeOf(navigator).storage;
if (without === 'refusal') StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('not in a private window', 'SecurityError'));
if (without === 'move') delete FileSystemFileHandle.prototype.move;
if (without === 'locks') delete Object.getPrototypeOf(navigator).locks;
if (without === 'Worker') delete globalThis.Worker;
if (without === 'second worker') {
  // One that gets ready and breaks down as soon as it is given something to do; the page may count that.
  const broken = new BroadcastChannel('second worker');
  globalThis.Worker = class extends Worker {
    postMessage(message, ...rest) {
      if (!('name' in message)) return super.postMessage(message, ...rest);
      broken.postMessage(message.name);
      this.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));
    }
  };
}
await import('/worker.js');
