// The worker without the client: what exactly is on the wire.

/** Starts a worker. `events` holds all that it has said, `errors` what it did not catch. */
export class RawWorker {
  events = [];
  errors = [];
  #worker = new Worker('/worker.js', { type: 'module' });
  #waiting = [];

  constructor() {
    this.#worker.onmessage = ({ data }) => {
      this.events.push({ ...data, receivedAt: performance.now() });
      for (const wake of this.#waiting.splice(0)) wake();
    };
    this.#worker.onerror = (event) => this.errors.push(event.message ?? 'no message');
  }

  post(message) {
    this.#worker.postMessage(message);
  }

  /** The first event after the first `skip` ones that is of this type. */
  async next(type, { skip = 0, timeoutMs = 10_000 } = {}) {
    const until = performance.now() + timeoutMs;
    for (;;) {
      const event = this.events.slice(skip).find((event) => event.type === type);
      if (event) return event;
      if (performance.now() > until) throw new Error(`no ${type}, but ${JSON.stringify(this.events.slice(skip))}`);
      await Promise.race([new Promise((wake) => this.#waiting.push(wake)), new Promise((wake) => setTimeout(wake, 250))]);
    }
  }

  /** Posts a message and waits for an event of one of these types that comes after it. */
  async ask(message, type) {
    const skip = this.events.length;
    this.post(message);
    return this.next(type, { skip });
  }

  /** Whether it still answers: a command that it refuses is the shortest one. */
  async lives() {
    const { jobId } = await this.ask({ type: 'VERIFY', jobId: 'alive?' }, 'FAILED');
    return jobId === 'alive?' && this.errors.length === 0;
  }

  end() {
    this.#worker.terminate();
  }
}

export async function ready(config) {
  const worker = new RawWorker();
  await worker.next('LOADED');
  await worker.ask({ type: 'INIT', config }, 'READY');
  return worker;
}
