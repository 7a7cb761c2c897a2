import { describe, expect, it } from 'vitest';
import { Migration } from './migration.js';

const moduleOf = (source) => `data:text/javascript,${encodeURIComponent(source)}`;

/** Migrates records of a table with the key path `id`, or without one. */
async function migrate(operations, values, { keys, archived = 'id', live = archived } = {}) {
  const migration = await Migration.load(JSON.stringify(operations), archived, live);
  const records = migration.begin(values, keys);
  while (!(await records.step()));
  return records;
}

/** What becomes of one record by one step. */
async function once(step, value) {
  const { values } = await migrate([{ table: 't', ...step }], [value], { keys: [value?.id ?? 0], archived: null });
  return values[0];
}

const calling = (source, rest) => ({ module: moduleOf(source), table: 't', from: 1, to: 2, ...rest });

describe('a step', () => {
  it('renames a field', async () => {
    const rename = { type: 'rename-field', field: '/price', to: 'unitPrice' };
    expect(await once(rename, { id: 1, price: -0 })).toEqual({ id: 1, unitPrice: -0 });
    expect(await once(rename, { id: 1, price: undefined })).toEqual({ id: 1, unitPrice: undefined });
    expect(await once(rename, { id: 1 })).toEqual({ id: 1 });
    const at = new Date(0);
    expect((await once(rename, { id: 1, price: at })).unitPrice).toBe(at);
  });

  it('does not rename a field over another one', async () => {
    const rename = { type: 'rename-field', field: '/price', to: 'unitPrice' };
    await expect(once(rename, { id: 'a', price: 1, unitPrice: 2 })).rejects.toMatchObject({
      key: '"a"',
      table: 't',
      cause: 'Error',
      found: 'Error: /price cannot become unitPrice, which is there already',
    });
  });

  it('drops a field', async () => {
    const drop = { type: 'drop-field', field: '/a/b' };
    expect(await once(drop, { a: { b: 1, c: 2 }, b: 3 })).toEqual({ a: { c: 2 }, b: 3 });
    expect(await once(drop, { a: 1 })).toEqual({ a: 1 });
  });

  it('adds a field where it is missing, and each its own', async () => {
    const add = { type: 'add-field', field: '/lines/*/tags', default: ['new'] };
    const { lines } = await once(add, { lines: [{}, { tags: [] }, {}, 7, null] });
    expect(lines).toEqual([{ tags: ['new'] }, { tags: [] }, { tags: ['new'] }, 7, null]);
    expect(lines[0].tags).not.toBe(lines[2].tags);
  });

  it('gives a field other values', async () => {
    const map = { type: 'map-values', field: '/status', values: [['open', 'OPEN'], [1, { code: 1 }], [null, false], [true, null]] };
    expect(await once(map, { status: 'open' })).toEqual({ status: 'OPEN' });
    expect(await once(map, { status: 1 })).toEqual({ status: { code: 1 } });
    expect(await once(map, { status: '1' })).toEqual({ status: '1' });
    expect(await once(map, { status: null })).toEqual({ status: false });
    expect(await once(map, { status: true })).toEqual({ status: null });
    expect(await once(map, {})).toEqual({});
  });

  it('reaches the elements of arrays and all properties', async () => {
    const map = (field) => ({ type: 'map-values', field, values: [['a', 'b'], ['b', 'a']] });
    expect(await once(map('/tags/*'), { tags: ['a', 'b', 'c'] })).toEqual({ tags: ['b', 'a', 'c'] });
    expect(await once(map('/tags/1'), { tags: ['a', 'b'] })).toEqual({ tags: ['a', 'a'] });
    expect(await once(map('/by/*/x'), { by: { m: { x: 'a' }, n: { x: 'b' } } })).toEqual({ by: { m: { x: 'b' }, n: { x: 'a' } } });
    const drop = { type: 'drop-field', field: '/tags/0' };
    expect(await once(drop, { tags: ['a'] })).toEqual({ tags: ['a'] });
  });

  it('changes what two ways lead to once', async () => {
    const shared = { x: 'a' };
    const map = { type: 'map-values', field: '/*/x', values: [['a', 'b'], ['b', 'a']] };
    expect(await once(map, { m: shared, n: shared })).toEqual({ m: { x: 'b' }, n: { x: 'b' } });
  });

  it('knows escapes, and leaves prototypes alone', async () => {
    const rename = { type: 'rename-field', field: '/a~1b~0', to: '__proto__' };
    const renamed = await once(rename, { 'a/b~': { x: 1 } });
    expect(Object.getPrototypeOf(renamed)).toBe(Object.prototype);
    expect(Object.entries(renamed)).toEqual([['__proto__', { x: 1 }]]);
    const add = { type: 'add-field', field: '/toString', default: 1 };
    expect(Object.entries(await once(add, {}))).toEqual([['toString', 1]]);
  });

  it('leaves what has no fields as it is', async () => {
    const drop = { type: 'drop-field', field: '/size' };
    const map = new Map([['size', 1]]);
    expect(await once(drop, map)).toEqual(map);
    for (const value of [7, null, 'text', undefined]) expect(await once(drop, value)).toBe(value);
  });
});

describe('a function', () => {
  it('is told table, key and versions, and gives the new value', async () => {
    const source = 'export const migrate = ({ table, key, value, from, to }) => ({ ...value, told: [table, key, from, to] })';
    const { values } = await migrate([calling(source)], [{ id: 7 }]);
    expect(values).toEqual([{ id: 7, told: ['t', 7, 1, 2] }]);
  });

  it('may give a promise', async () => {
    const source = 'export async function migrate({ value }) { await null; return value.id === 2 ? undefined : { ...value, ok: true }; }';
    const { values, removed } = await migrate([calling(source)], [{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(values).toEqual([{ id: 1, ok: true }, { id: 3, ok: true }]);
    expect(removed).toEqual([1]);
  });

  it('leaves a record out, and the ones after it do not see it', async () => {
    const first = calling('export const migrate = ({ value }) => value.id % 2 ? value : undefined');
    const second = calling('export const migrate = ({ value }) => { if (value.id === 2) throw new Error("seen"); return value; }');
    const { values, removed } = await migrate([first, second], [{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(values).toEqual([{ id: 1 }, { id: 3 }]);
    expect(removed).toEqual([1]);
  });

  it('gives what a database takes', async () => {
    const source = 'class Money { constructor() { this.cents = 1; } } export const migrate = ({ value }) => ({ ...value, price: new Money() })';
    const { values } = await migrate([calling(source)], [{ id: 1 }]);
    expect(Object.getPrototypeOf(values[0].price)).toBe(Object.prototype);
    const refused = calling('export const migrate = ({ value }) => ({ ...value, f() {} })');
    await expect(migrate([refused], [{ id: 1 }])).rejects.toMatchObject({ key: '1', cause: 'DataCloneError', from: 1, to: 2 });
  });

  it('fails with its key and versions', async () => {
    for (const source of [
      'export const migrate = ({ value }) => value.nothing.x',
      'export const migrate = async ({ value }) => value.nothing.x',
    ]) {
      const failed = migrate([calling(source)], [{ id: 'k' }]);
      await expect(failed).rejects.toMatchObject({ key: '"k"', table: 't', from: 1, to: 2, cause: 'TypeError', found: expect.stringMatching(/undefined/) });
    }
  });

  it('must be there', async () => {
    await expect(migrate([calling('export const other = 1')], [])).rejects.toMatchObject({ key: 'null', from: 1, found: expect.stringMatching(/exports no function migrate/) });
    await expect(migrate([calling('syntax error')], [])).rejects.toMatchObject({ cause: 'SyntaxError' });
  });
});

describe('keys', () => {
  it('stay with their records where they are out of line', async () => {
    const source = 'export const migrate = ({ key, value }) => key === "b" ? undefined : [key, value]';
    const { values, keys } = await migrate([calling(source)], [1, 2, 3], { keys: ['a', 'b', 'c'], archived: null });
    expect(values).toEqual([['a', 1], ['c', 3]]);
    expect(keys).toEqual(['a', 'c']);
  });

  it('can move out of the record and into it', async () => {
    const drop = { type: 'drop-field', table: 't', field: '/id' };
    const out = await migrate([drop], [{ id: 7, x: 1 }], { live: null });
    expect(out.values).toEqual([{ x: 1 }]);
    expect(out.keys).toEqual([7]);
    const source = 'export const migrate = ({ key, value }) => ({ id: key, ...value })';
    const into = await migrate([calling(source)], [{ x: 1 }], { keys: [7], archived: null, live: 'id' });
    expect(into.values).toEqual([{ id: 7, x: 1 }]);
    expect(into.keys).toBeUndefined();
  });
});

it('refuses a record without a key', async () => {
  for (const [source, found] of [['({ id: undefined })', /at id, where the table has its key: as a key, undefined/], ['({ id: { x: 1 } })', /at id, .*key/], ['({ id: NaN })', /at id/]]) {
    const failed = migrate([calling(`export const migrate = () => (${source})`)], [{ id: 7 }]);
    await expect(failed).rejects.toMatchObject({ key: '7', found: expect.stringMatching(found) });
  }
});

it('lets others have their turn', async () => {
  const source = 'export const migrate = ({ value }) => { const end = performance.now() + 5; while (performance.now() < end); return value; }';
  const migration = await Migration.load(JSON.stringify([calling(source)]), 'id', 'id');
  const records = migration.begin(Array.from({ length: 20 }, (_, id) => ({ id })), undefined);
  expect(await records.step()).toBe(false);
  expect(records.values.length).toBeLessThan(10);
  while (!(await records.step()));
  expect(records.values).toHaveLength(20);
});
