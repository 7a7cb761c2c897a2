// What makes up an object, as named parts that can be compared one by one.

/** @typedef {[name: string, value: unknown]} Fact */

const POINT = ['x', 'y', 'z', 'w'];
const RECT = ['x', 'y', 'width', 'height'];
const MATRIX = ['is2D', ...[1, 2, 3, 4].flatMap((column) => [1, 2, 3, 4].map((row) => `m${column}${row}`))];

/** Classes whose content is what some of their attributes say. */
const ATTRIBUTES = {
  Blob: ['type', 'size'],
  File: ['name', 'lastModified', 'webkitRelativePath'],
  FileList: ['length'],
  RegExp: ['source', 'flags'],
  Error: ['name', 'message'],
  DOMException: ['name', 'message', 'code'],
  QuotaExceededError: ['quota', 'requested'],
  DOMPointReadOnly: POINT,
  DOMRectReadOnly: RECT,
  DOMQuad: ['p1', 'p2', 'p3', 'p4'],
  DOMMatrixReadOnly: MATRIX,
  ImageData: ['width', 'height', 'colorSpace', 'pixelFormat', 'data'],
  ImageBitmap: ['width', 'height'],
  CryptoKey: ['type', 'extractable', 'algorithm', 'usages'],
  FileSystemHandle: ['kind', 'name'],
  RTCCertificate: ['expires'],
  ArrayBuffer: ['byteLength', 'resizable', 'maxByteLength'],
};

/** Classes whose content is to be had by calling something. */
const CONTENTS = {
  Boolean: (object) => [['', object.valueOf()]],
  Number: (object) => [['', object.valueOf()]],
  String: (object) => [['', object.valueOf()]],
  BigInt: (object) => [['', object.valueOf()]],
  Date: (date) => [['', date.getTime()]],
  Map: (map) => [...map].flatMap(([key, value], i) => [[`${i}/key`, key], [`${i}/value`, value]]),
  Set: (set) => [...set].map((member, i) => [String(i), member]),
  // A copy: not every browser digests a resizable buffer.
  ArrayBuffer: async (buffer) => [['bytes', await digest(new Uint8Array(buffer).slice())]],
  Blob: async (blob) => [['bytes', await blobDigest(blob)]],
  ImageBitmap: async (bitmap) => [['pixels', await digest(pixels(bitmap))]],
  CryptoKey: async (key) => [['material', await material(key)]],
};

/**
 * @param {object} object
 * @param {boolean} stacks - whether the stack of an Error is one
 * @returns {Promise<Fact[]>}
 */
export async function facts(object, stacks) {
  if (ArrayBuffer.isView(object)) return view(object);
  const lists = [ownProperties(object, stacks)];
  for (const [name, attributes] of Object.entries(ATTRIBUTES)) {
    if (is(object, name)) lists.push(attributes.map((attribute) => [attribute, object[attribute]]));
  }
  for (const [name, contents] of Object.entries(CONTENTS)) {
    if (is(object, name)) lists.push(await contents(object));
  }
  // Of the class in some browsers, of the object in others.
  if (stacks && object instanceof Error) lists.push([['stack', object.stack]]);
  return lists.flat();
}

function is(object, name) {
  return globalThis[name] !== undefined && object instanceof globalThis[name];
}

function ownProperties(object, stacks) {
  const names = Reflect.ownKeys(object).filter((name) => stacks || name !== 'stack' || !(object instanceof Error));
  const list = [['own names', JSON.stringify(names.map(String))]];
  for (const name of names) {
    const attributes = Object.getOwnPropertyDescriptor(object, name);
    const set = ['writable', 'enumerable', 'configurable'].filter((attribute) => attributes[attribute]);
    list.push([`${String(name)} (attributes)`, set.join(' ')], [String(name), object[name]]);
  }
  return list;
}

function view(view) {
  return [
    ['byteOffset', view.byteOffset],
    ['byteLength', view.byteLength],
    ['follows its buffer', followsItsBuffer(view)],
    ['buffer', view.buffer],
  ];
}

/** Whether a view's length is that of its buffer, whatever that becomes: to be seen in a copy only. */
function followsItsBuffer(view) {
  const { resizable, byteLength, maxByteLength } = view.buffer;
  if (!resizable || byteLength === maxByteLength) return false;
  const copy = structuredClone(view);
  copy.buffer.resize(maxByteLength);
  return copy.byteLength > view.byteLength;
}

async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return hash.reduce((text, byte) => text + byte.toString(16).padStart(2, '0'), '');
}

/** A blob's record may be deleted before it is compared. */
const blobDigests = new WeakMap();

function blobDigest(blob) {
  if (!blobDigests.has(blob)) blobDigests.set(blob, blob.arrayBuffer().then(digest));
  return blobDigests.get(blob);
}

function pixels(bitmap) {
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
}

async function material(key) {
  if (!key.extractable) return 'not to be had';
  const jwk = await crypto.subtle.exportKey('jwk', key).catch(() => null);
  if (jwk !== null) return JSON.stringify(Object.entries(jwk).sort(([a], [b]) => (a < b ? -1 : 1)));
  return digest(await crypto.subtle.exportKey(key.type === 'private' ? 'pkcs8' : 'raw', key));
}
