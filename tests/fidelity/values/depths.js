import { deepest } from '../page/deepest.js';
import { nested } from './nested.js';

/** Values that are nested deep, up to what the browser itself stores and reads. */
export async function depths() {
  const { inPage, inWorker } = await deepest();
  return {
    'objects nested 100 deep': () => nested(100),
    'objects nested 2,000 deep': () => nested(2000),
    'arrays nested 2,000 deep, each with a Date': () => wrapped(2000, (inner) => [new Date(1), inner]),
    'Maps nested 500 deep': () => wrapped(500, (inner) => new Map([[{ key: 1 }, inner]])),
    'Sets nested 500 deep': () => wrapped(500, (inner) => new Set([inner])),
    'arrays with holes nested 500 deep': () => wrapped(500, (inner) => [, inner]),
    'causes of Errors nested 300 deep': () => wrapped(300, (inner) => new Error('x', { cause: inner })),
    'a chain of 1,000 that holds its beginning': () => {
      const first = {};
      first.next = wrapped(1000, (inner) => ({ next: inner }), first);
      return first;
    },
    // Where it ends differs a little from one moment to the next.
    'objects nested nearly (95 %) as deep as a worker of this browser can': () => nested(Math.floor(inWorker * 0.95)),
    'objects nested nearly (95 %) as deep as a page of this browser can': () => nested(Math.floor(inPage * 0.95)),
  };
}

function wrapped(depth, wrap, innermost = null) {
  let value = innermost;
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}
