import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect, settle, stubStorages } from './support.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** As much of IndexedDB as reading by key takes. */
function stubDatabase(records: Map<IDBValidKey, unknown>) {
  const closed = vi.fn();
  const succeed = <T>(result: T) => {
    const request = { result, onsuccess: undefined as (() => void) | undefined };
    queueMicrotask(() => request.onsuccess?.());
    return request;
  };
  const objectStore = () => ({ get: (key: IDBValidKey) => succeed(records.get(key)) });
  const open = vi.fn((_name: string) => succeed({ transaction: () => ({ objectStore }), close: closed }));
  vi.stubGlobal('indexedDB', { open });
  return { open, closed };
}

async function check(keys: IDBValidKey[]) {
  stubStorages();
  const { client, worker } = await connect();
  const job = client.createBackup();
  worker.send({ type: 'CHECK_NULLS', jobId: job.id, database: 'pos', table: 'settings', keys });
  await vi.waitFor(() => expect(worker.commands('NULLS_CHECKED')).toHaveLength(1), { interval: 1 });
  await settle();
  return worker.commands('NULLS_CHECKED')[0]!.notNull;
}

describe('CHECK_NULLS', () => {
  it('is answered with the records that the page can read', async () => {
    const { open, closed } = stubDatabase(new Map<IDBValidKey, unknown>([['deep', { a: {} }], ['null', null], [3, 0]]));
    expect(await check(['null', 'deep', 'gone', 3])).toEqual([1, 3]);
    // Without a version: the database stays what it is.
    expect(open.mock.calls).toEqual([['pos']]);
    expect(closed).toHaveBeenCalledOnce();
  });

  it('is answered without a word on them where the page cannot read either', async () => {
    vi.stubGlobal('indexedDB', undefined);
    expect(await check(['x'])).toBeUndefined();
  });
});
