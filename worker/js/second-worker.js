// A second worker, which works on parts of tables beside the one that reads and writes them. It runs the same script under another
// name (start.js). It holds no transaction and no file, so it can be ended at any moment.

/** The first worker's side of it. */
export class SecondWorker {
  #worker;
  #isReady = false;
  #asked = 0;
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (reason: unknown) => void }>} */
  #waiting = new Map();

  /** @param {WebAssembly.Module} module what this worker runs itself: it need not be compiled twice */
  constructor(module) {
    this.#worker = new Worker(globalThis.location.href, { type: 'module', name: 'pos-backup second worker' });
    this.#worker.onmessage = ({ data }) => {
      if (data === 'ready') {
        this.#isReady = true;
        return;
      }
      this.#waiting.get(data.id)?.resolve(data.answer);
      this.#waiting.delete(data.id);
    };
    // Where no second worker is allowed it never gets ready, and nothing is lost by that.
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.end(event.message);
    };
    this.#worker.postMessage({ module });
  }

  /** How much it still has to do; infinitely much while it is not there. */
  get waiting() {
    return this.#isReady ? this.#waiting.size : Infinity;
  }

  /**
   * Has it call one of the functions that the WebAssembly exports for it. The bytes are taken over.
   * @param {'pack' | 'isSound'} name
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {unknown} options
   * @returns {Promise<any>} what the function returns
   */
  ask(name, bytes, options) {
    return new Promise((resolve, reject) => {
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
