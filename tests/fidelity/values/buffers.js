const bytes = (length) => Uint8Array.from({ length }, (_, i) => (i * 37 + 11) & 255).buffer;

const VIEWS = [
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float16Array',
  'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'DataView',
];

/** ArrayBuffers and what looks at them. */
export function buffers() {
  return {
    'ArrayBuffers': () => [0, 1, 2, 3, 255, 256].map(bytes),
    'an ArrayBuffer twice': () => ((buffer) => [buffer, buffer, buffer.slice()])(bytes(3)),
    'a resizable ArrayBuffer': () => resizable(8, 24),
    'a resizable ArrayBuffer without bytes': () => resizable(0, 1000),
    ...Object.fromEntries(VIEWS.map((name) => [name, () => new (viewClass(name))(bytes(16))])),
    'views without bytes': () => [new Uint8Array(0), new Float64Array(0), new DataView(new ArrayBuffer(0))],
    'views of a part of a buffer': () => [new Uint8Array(bytes(16), 3, 5), new Float64Array(bytes(32), 8, 2), new DataView(bytes(8), 7), new Int16Array(bytes(8), 8)],
    'views that share a buffer': () => ((buffer) => ({ all: new Uint8Array(buffer), middle: new Uint16Array(buffer, 4, 3), end: new DataView(buffer, 12) }))(bytes(16)),
    'a view and its buffer': () => ((buffer) => [new Uint8Array(buffer), buffer])(bytes(4)),
    'a buffer and its view': () => ((buffer) => [buffer, new Float32Array(buffer)])(bytes(8)),
    'a view twice': () => ((view) => [view, view, new Uint8Array(view.buffer)])(new Uint8Array(bytes(4))),
    'a view of fixed length of a resizable buffer': () => new Uint8Array(resizable(8, 24), 2, 4),
    'a view that follows the length of its buffer': () => [new Uint8Array(resizable(8, 24)), new Uint16Array(resizable(8, 24), 2), new DataView(resizable(8, 24), 4)],
    'views of both kinds of one resizable buffer': () => ((buffer) => [new Uint8Array(buffer), buffer, new Uint8Array(buffer, 0, 8)])(resizable(8, 24)),
    'NaNs with other bits': () => new Float64Array(new Uint8Array([1, 0, 0, 0, 0, 0, 0xf8, 0x7f, 2, 3, 4, 5, 6, 7, 0xf8, 0xff]).buffer),
  };
}

function viewClass(name) {
  const View = globalThis[name];
  if (View === undefined) throw new Error(`has no ${name}`);
  return View;
}

function resizable(byteLength, maxByteLength) {
  const buffer = new ArrayBuffer(byteLength, { maxByteLength });
  if (!buffer.resizable) throw new Error('has no resizable ArrayBuffer');
  new Uint8Array(buffer).set(new Uint8Array(bytes(byteLength)));
  return buffer;
}
