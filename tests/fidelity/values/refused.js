import { opaque } from './images.js';

/**
 * What the browser stores and the format has no place for, mostly because no script can make it again: a backup
 * refuses it, or leaves it out where it is asked to. By name: what makes the record, the path of what is refused,
 * and what is left of a record as IndexedDB gives it (`null`: the record is left out as a whole).
 *
 * @returns {Record<string, { make: () => unknown, path: string, left: (given: any) => unknown }>}
 */
export function refused() {
  const inOrder = (make) => ({
    make: async () => ({ id: 1, lines: [{ ok: true }, { 'a/b~': await make(), at: new Date(1) }], after: 2n }),
    path: '/lines/1/a~1b~0',
    left: () => ({ id: 1, lines: [{ ok: true }, { 'a/b~': undefined, at: new Date(1) }], after: 2n }),
  });
  return {
    'a CryptoKey that is not extractable': inOrder(hidden),
    'a private CryptoKey that is not extractable': inOrder(async () => (await hiddenPair()).privateKey),
    'a CryptoKey of PBKDF2': inOrder(() => crypto.subtle.importKey('raw', new Uint8Array(8), 'PBKDF2', false, ['deriveBits'])),
    'a CryptoKey of HKDF': inOrder(() => crypto.subtle.importKey('raw', new Uint8Array(8), 'HKDF', false, ['deriveBits'])),
    'a CryptoKey as the record': { make: hidden, path: '', left: () => null },
    'a CryptoKey as a key of a Map': {
      make: async () => new Map([[1, 2], [await hidden(), new Date(3)], ['x', 4]]),
      path: '/1/0',
      left: () => new Map([[1, 2], ['x', 4]]),
    },
    'a CryptoKey as a value of a Map': {
      make: async () => new Map([[1, 2], ['key', await hidden()]]),
      path: '/1/1',
      left: () => new Map([[1, 2], ['key', undefined]]),
    },
    'a CryptoKey in a Set': {
      make: async () => ({ set: new Set([1, await hidden(), /x/]) }),
      path: '/set/1',
      left: () => ({ set: new Set([1, /x/]) }),
    },
    'a CryptoKey in an array with holes': {
      make: async () => Object.assign([, await hidden(), , new Date(1)], { name: 1 }),
      path: '/properties/1',
      left: () => Object.assign([, undefined, , new Date(1)], { name: 1 }),
    },
    'a CryptoKey as the cause of an Error': {
      make: async () => ({ error: new Error('x', { cause: await hidden() }) }),
      path: '/error/cause',
      left: (given) => {
        given.error.cause = undefined;
        return given;
      },
    },
    'a CryptoKey in own __proto__': {
      make: async () => proto({ key: await hidden() }),
      path: '/__proto__/key',
      left: () => proto({ key: undefined }),
    },
    'a CryptoKey 1,000 deep': {
      make: async () => chain(1000, { key: await hidden() }),
      path: `${'/a'.repeat(1000)}/key`,
      left: () => chain(1000, { key: undefined }),
    },
    'a FileSystemFileHandle': inOrder(async () => (await navigator.storage.getDirectory()).getFileHandle('fidelity.txt', { create: true })),
    'a FileSystemDirectoryHandle': inOrder(() => navigator.storage.getDirectory()),
    'an ImageBitmap with transparency': inOrder(() => {
      const image = opaque(4, 3);
      image.data[3] = 100;
      return createImageBitmap(image);
    }),
    'a QuotaExceededError': inOrder(() => new QuotaExceededError('full', { quota: 10, requested: 20 })),
    'a DOMFileSystem': inOrder(() => new Promise((resolve, reject) => webkitRequestFileSystem(0, 1, resolve, reject))),
    'an RTCCertificate': inOrder(() => RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' })),
  };
}

const hidden = () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']);
const hiddenPair = () => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);

const proto = (value) =>
  Object.defineProperty({ a: 1 }, '__proto__', { value, enumerable: true, writable: true, configurable: true });

function chain(depth, end) {
  let value = end;
  for (let i = 0; i < depth; i++) value = { a: value };
  return value;
}
