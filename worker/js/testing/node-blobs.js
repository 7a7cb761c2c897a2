/** Node reads Blobs only asynchronously: their bytes are fetched first, and then read from here. */

const contents = new WeakMap();

/** @param {unknown} value whose Blobs are to be readable by `readBlob` */
export async function loadBlobs(value) {
  const seen = new Set();
  const work = [value];
  while (work.length > 0) {
    const next = work.pop();
    if (typeof next !== 'object' || next === null || seen.has(next) || ArrayBuffer.isView(next)) continue;
    seen.add(next);
    if (next instanceof Blob) contents.set(next, await next.arrayBuffer());
    else if (next instanceof Map) work.push(...next.keys(), ...next.values());
    else if (next instanceof Set) work.push(...next);
    else work.push(...Object.values(next));
  }
}

/** @param {Blob} blob */
export function readBlob(blob) {
  const content = contents.get(blob);
  if (content === undefined) throw new Error('a Blob that was not loaded');
  return content;
}
