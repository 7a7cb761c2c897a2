// Stores with keys of every kind, thousands each, so that batches and parts end inside every kind of run.
import { openDatabase } from './databases.js';

const ROWS = 3000;

/** Equal for the same `i`, in no particular order. */
const bytes = (i) => new Uint8Array([i >> 8, i & 0xff, i % 7]);
const nested = (depth, innermost) => (depth === 0 ? innermost : [nested(depth - 1, innermost)]);

/** Prices and times, every other one the next number that there is after the one before it. */
function neighbour(i) {
  const numbers = new Float64Array([(i >> 1) * 10.01 + 0.11 + (i % 4 > 1 ? 1.7e12 : 0)]);
  new BigUint64Array(numbers.buffer)[0] += BigInt(i % 2);
  return numbers[0];
}

/** Out-of-line keys by the kind of run that they make. */
const KEYS = {
  'numbers': (i) => [-Infinity, -0, Infinity, 5e-324, -5e-324, Number.MAX_VALUE, 2 ** 53, -(2 ** 53)][i] ?? (i - 1500) / 7,
  'numbers side by side': (i) => neighbour(i),
  'dates': (i) => new Date([-8.64e15, 8.64e15, 0, -1][i] ?? 1.7e12 + i),
  'strings': (i) => ['', '\u0000', '\uffff', '\ud800', '\udc00', '\udc00\ud800', '\ud800x', '😀', '"\\\n', '__proto__'][i] ?? `text ${i}`,
  'strings of lone surrogates': (i) => `\ud800${String.fromCharCode(0xdc00 + (i % 1024))}${String.fromCharCode(0xd800 + (i % 2048))}${i}`,
  'binary': (i) => (i === 0 ? new ArrayBuffer(0) : bytes(i).buffer),
  'views of binary': (i) => (i % 2 ? bytes(i) : new DataView(bytes(i).buffer, 0, 3)),
  'pairs': (i) => ['a', i + 1],
  'nested': (i) => nested(1 + (i % 40), i),
  'pairs of pairs': (i) => [['a', [i % 3]], [[i]]],
  'with an end that JSON lacks': (i) => ['a', i % 3 === 0 ? -Infinity : i % 3 === 1 ? new Date(i) : bytes(i), i],
  'arrays of growing length': (i) => Array.from({ length: i % 60 }, () => 0).concat([i]),
  'empty arrays in arrays': (i) => [...nested(i % 50, []), [], i],
  'of every kind': (i) => [i, new Date(i), `${i}`, bytes(i).buffer, [i], [[`${i}`]], [new Date(i)], [bytes(i).buffer, -Infinity], [Infinity, -0, i], i / 3 + 0.1][i % 10],
  'one key in many arrays': (i) => [1, 1, 1, 1, 1, i],
  'long strings': (i) => 'k'.repeat(600) + i,
  'objects twice': (i) => {
    const at = new Date(i);
    return [at, at, [at], i];
  },
};

const INLINE = {
  'single': [{ keyPath: 'id' }, (i) => ({ id: `k${i}` })],
  'single, every kind': [{ keyPath: 'id' }, (i) => ({ id: KEYS['of every kind'](i), more: i })],
  'compound': [{ keyPath: ['a', 'b'] }, (i) => ({ a: i % 3 ? `a${i % 10}` : new Date(i), b: i, c: 'x' })],
  'compound, every kind': [{ keyPath: ['a', 'b'] }, (i) => ({ a: i % 5, b: KEYS['of every kind'](i) })],
  'compound, dotted': [{ keyPath: ['head.a', 'head.b.c'] }, (i) => ({ head: { a: -Infinity, b: { c: [i] } } })],
  'dotted': [{ keyPath: 'head.id.of' }, (i) => ({ head: { id: { of: [`${i % 9}`, i] } } })],
  'a length': [{ keyPath: 'text.length' }, (i) => ({ text: 'x'.repeat(i) })],
  'the value itself': [{ keyPath: '' }, (i) => KEYS['of every kind'](i)],
  'named as ours': [{ keyPath: 'v' }, (i) => ({ v: [i, new Date(i)], k: i, t: { '/v': 'date' } })],
  'generated': [{ keyPath: 'id', autoIncrement: true }, (i) => ({ n: i })],
  'generated, dotted': [{ keyPath: 'head.id', autoIncrement: true }, (i) => ({ head: { n: i } })],
  'generated and given': [{ keyPath: 'id', autoIncrement: true }, (i) => (i % 3 === 0 ? { id: [`given ${i}`, new Date(i)] } : { n: i })],
  'generated out of line': [{ autoIncrement: true }, (i) => `value ${i}`],
};

/** How many records a store of `createKeys` has: text and names of lengths would otherwise be gigabytes. */
const rowsOf = (name) => (name === 'a length' ? 600 : ROWS);

/** A database with all of these; the stores' names. */
export async function createKeys(name = 'pos') {
  const stores = {};
  for (const [kind, key] of Object.entries(KEYS)) stores[`out of line: ${kind}`] = [{}, (i) => i % 100 === 0 ? { i, at: new Date(i) } : i, key];
  for (const [kind, [options, record]] of Object.entries(INLINE)) stores[kind] = [options, record];
  const database = await openDatabase(name, 1, (database) => {
    for (const [store, [options]] of Object.entries(stores)) database.createObjectStore(store, options);
  });
  const names = Object.keys(stores);
  for (const store of names) {
    const [, record, key] = stores[store];
    const transaction = database.transaction(store, 'readwrite');
    // Keys that are equal are one record.
    for (let i = 0; i < rowsOf(store); i += 1) transaction.objectStore(store).put(record(i), key?.(i));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(new Error(`${store}: ${transaction.error}`));
    });
  }
  database.close();
  return names;
}

/** Empties all stores. */
export async function clearAll(name) {
  const database = await openDatabase(name);
  const transaction = database.transaction([...database.objectStoreNames], 'readwrite');
  for (const store of database.objectStoreNames) transaction.objectStore(store).clear();
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
  database.close();
}
