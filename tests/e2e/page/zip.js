// Reads a ZIP's entries in the page, by the central directory alone. None of it is code of pos-backup.

const END = 0x06054b50;
const CENTRAL = 0x02014b50;

/** The content of an entry, as a Blob. */
export async function entryOf(archive, wanted) {
  const bytes = new DataView(await archive.arrayBuffer());
  const text = (offset, length) => new TextDecoder().decode(new Uint8Array(bytes.buffer, offset, length));
  let end = bytes.byteLength - 22;
  while (bytes.getUint32(end, true) !== END) end -= 1;
  let at = bytes.getUint32(end + 16, true);
  while (bytes.getUint32(at, true) === CENTRAL) {
    const name = text(at + 46, bytes.getUint16(at + 28, true));
    if (name === wanted) return content(archive, bytes, at);
    at += 46 + bytes.getUint16(at + 28, true) + bytes.getUint16(at + 30, true) + bytes.getUint16(at + 32, true);
  }
  throw new Error(`no entry ${wanted}`);
}

function content(archive, bytes, at) {
  const deflated = bytes.getUint16(at + 10, true) === 8;
  const length = bytes.getUint32(at + 20, true);
  const local = bytes.getUint32(at + 42, true);
  const start = local + 30 + bytes.getUint16(local + 26, true) + bytes.getUint16(local + 28, true);
  const raw = archive.slice(start, start + length);
  return deflated ? new Response(raw.stream().pipeThrough(new DecompressionStream('deflate-raw'))).blob() : raw;
}
