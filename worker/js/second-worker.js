// A second worker, which works on parts of tables beside the one that reads and writes them. It runs the same script under another
// name (start.js). It holds no transaction and no file, so it can be ended at any moment.

/** What most parts fit into. */
const ROOM_BYTES = 2 * 1024 * 1024;

/** The first worker's side of it. */
export class SecondWorker {
  #worker;
  #isReady = false;
  #asked = 0;
  /** @type {ArrayBuffer[]} memory that comes back to be filled again: new memory each time costs more than the copying */
  #spare = [];
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (reason: unknown) => void }>} */
  #waiting = new Map();

  /** @param {WebAssembly.Module} module what this worker runs itself: it need not be compiled twice */
  constructor(module) {
    this.#worker = new Worker(globalThis.location.href, { type: 'module', name: 'pos-backup second worker' });
    this.#worker.onmessage = ({ data }) => {
      if (data === 'loaded') {
        this.#worker.postMessage({ module });
        return;
      }
      if (data === 'ready') {
        this.#isReady = true;
        return;
      }
      this.#spare.push(data.bytes.buffer);
      this.#waiting.get(data.id)?.resolve(data.answer);
      this.#waiting.delete(data.id);
    };
    // Where no second worker is allowed it never gets ready, and nothing is lost by that.
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.end(event.message);
    };
  }

  /** How much it still has to do; infinitely much while it is not there. */
  get waiting() {
    return this.#isReady ? this.#waiting.size : Infinity;
  }

  /**
   * Has it call one of the functions that the WebAssembly exports for it.
   * @param {'pack' | 'isSound'} name
   * @param {Uint8Array} source bytes, of which a copy is handed over
   * @param {unknown} options
   * @returns {Promise<any>} what the function returns
   */
  ask(name, source, options) {
    return new Promise((resolve, reject) => {
      const spare = this.#spare.pop();
      const room = spare !== undefined && spare.byteLength >= source.length ? spare : new ArrayBuffer(Math.max(source.length, ROOM_BYTES));
      const bytes = new Uint8Array(room, 0, source.length);
      bytes.set(source);
      this.#asked += 1;
      this.#waiting.set(this.#asked, { resolve, reject });
      this.#worker.postMessage({ id: this.#asked, name, bytes, options }, [bytes.buffer]);
    });
  }

  /** Ends it, whatever it is doing. @param {string} reason for those who wait for it */
  end(reason) {
    this.#isReady = false;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
  }
}
