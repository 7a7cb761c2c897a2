const RSA = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };

/** Every algorithm that has keys which can be exported, with their usages. */
const ALGORITHMS = [
  [{ name: 'AES-CBC', length: 256 }, ['encrypt', 'decrypt']],
  [{ name: 'AES-CTR', length: 128 }, ['encrypt', 'wrapKey']],
  [{ name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey']],
  [{ name: 'AES-KW', length: 128 }, ['wrapKey', 'unwrapKey']],
  [{ name: 'HMAC', hash: 'SHA-1' }, ['sign']],
  [{ name: 'HMAC', hash: 'SHA-512', length: 200 }, ['sign', 'verify']],
  [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', ...RSA }, ['sign', 'verify']],
  [{ name: 'RSA-PSS', hash: 'SHA-384', ...RSA }, ['sign', 'verify']],
  [{ name: 'RSA-OAEP', hash: 'SHA-512', ...RSA }, ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey']],
  [{ name: 'ECDSA', namedCurve: 'P-256' }, ['sign', 'verify']],
  [{ name: 'ECDSA', namedCurve: 'P-384' }, ['sign', 'verify']],
  [{ name: 'ECDSA', namedCurve: 'P-521' }, ['sign', 'verify']],
  [{ name: 'ECDH', namedCurve: 'P-256' }, ['deriveKey', 'deriveBits']],
  [{ name: 'Ed25519' }, ['sign', 'verify']],
  [{ name: 'X25519' }, ['deriveBits']],
  [{ name: 'ChaCha20-Poly1305' }, ['encrypt', 'decrypt']],
  [{ name: 'ML-DSA-65' }, ['sign', 'verify']],
  [{ name: 'ML-KEM-768' }, ['encapsulateBits', 'decapsulateBits']],
];

/** Extractable keys: those of the pairs are objects of two. */
export function cryptoKeys() {
  const made = ALGORITHMS.map(([algorithm, usages]) => [
    `CryptoKey: ${[algorithm.name, algorithm.hash, algorithm.namedCurve, algorithm.length].filter(Boolean).join(' ')}`,
    () => crypto.subtle.generateKey(algorithm, true, usages),
  ]);
  return {
    ...Object.fromEntries(made),
    'CryptoKey: the public one of a pair whose private one is not extractable': async () =>
      (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])).publicKey,
    'CryptoKey: HMAC of an odd number of bits': () =>
      crypto.subtle.importKey('raw', new Uint8Array([1, 2, 3]), { name: 'HMAC', hash: 'SHA-256', length: 21 }, true, ['sign']),
    'CryptoKey: a public one without any use': async () =>
      crypto.subtle.importKey('jwk', await publicEcdh(), { name: 'ECDH', namedCurve: 'P-256' }, true, []),
    'CryptoKey twice': async () => {
      const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt']);
      return { key, keys: [key, new Map([[key, 1]])] };
    },
  };
}

async function publicEcdh() {
  const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
  return crypto.subtle.exportKey('jwk', publicKey);
}
