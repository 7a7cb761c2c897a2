const KIB = 1024;
const MIB = KIB * KIB;

/** The same bytes for the same seed; they hardly compress. */
export function noise(length, seed) {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed + 1;
  for (let i = 0; i < words.length; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    words[i] = state ^ (state >>> 13);
  }
  return words.buffer.slice(0, length);
}

const blob = (length, type) => new Blob([noise(length, length)], { type });

/** Blobs and Files, and whatever is large enough for an entry of its own. */
export function binaries() {
  return {
    'a Blob': () => new Blob(['hello ', new Uint8Array([0, 255])], { type: 'image/png' }),
    'a Blob with neither bytes nor type': () => new Blob([]),
    'a Blob with parameters in its type': () => new Blob(['x'], { type: 'text/plain; charset="utf-8"; x=/~' }),
    'a File': () => new File([new Uint8Array([1, 2, 3])], 'Käse "1"/2.txt', { type: 'text/plain', lastModified: 1_600_000_000_000 }),
    'Files with odd names and times': () => [new File([], '', { lastModified: -1 }), new File(['x'], '__proto__', { lastModified: 0 }), new File(['x'], '😀\n')],
    'a FileList': () => fileList(new File(['one'], 'a.txt', { type: 'text/plain', lastModified: 1 }), new File([noise(9000, 1)], 'b.bin', { lastModified: 2 })),
    'an empty FileList': () => fileList(),
    'a FileList with a File that is elsewhere too': () => ((list) => ({ file: list[0], list }))(fileList(new File(['one'], 'a.txt', { lastModified: 1 }))),
    'ArrayBuffers around 4,096 bytes': () => [4095, 4096, 4097].map((length) => noise(length, 7)),
    'Blobs around 4,096 bytes': () => [4095, 4096, 4097].map((length) => new Blob([noise(length, 7)])),
    'an ArrayBuffer of 5 KB': () => noise(5 * KIB, 1),
    'an ArrayBuffer of 300 KB': () => ({ picture: noise(300 * KIB, 2) }),
    'an ArrayBuffer of 5 MiB': () => noise(5 * MIB, 3),
    'a Blob of 5 KB': () => blob(5 * KIB, 'image/webp'),
    'a Blob of 300 KB': () => ({ picture: blob(300 * KIB, 'image/jpeg') }),
    'a File of 5 MiB': () => new File([noise(5 * MIB, 4)], 'film.mp4', { type: 'video/mp4', lastModified: 5 }),
    'a large buffer with a view of a part': () => ((buffer) => ({ part: new Uint16Array(buffer, 4, 100), buffer }))(noise(20 * KIB, 5)),
    'a large resizable buffer': () => {
      const buffer = new ArrayBuffer(8 * KIB, { maxByteLength: MIB });
      new Uint8Array(buffer).set(new Uint8Array(noise(8 * KIB, 6)));
      return buffer;
    },
    'the same large bytes in a Blob, a buffer and a view': () => [blob(9000, 'a/b'), noise(9000, 9000), new Uint8Array(noise(9000, 9000)), blob(9000, 'c/d')],
  };
}

function fileList(...files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  return transfer.files;
}
