import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateShop } from '../src/seed/generate';
import { jsonLength } from '../src/seed/measure';
import { DEFAULT_SEED, FULL_RECORDS, SMALL_RECORDS } from '../src/seed/plan';

/** Every value with its type, so that a Date that became a string changes the digest. */
async function canonical(value: unknown): Promise<unknown> {
  if (value === undefined) return ['undefined'];
  if (typeof value === 'bigint') return ['bigint', value.toString()];
  if (value instanceof Date) return ['date', value.getTime()];
  if (value instanceof Blob) return ['blob', value.type, await canonical(new Uint8Array(await value.arrayBuffer()))];
  if (value instanceof ArrayBuffer) return ['buffer', Buffer.from(value).toString('base64')];
  if (ArrayBuffer.isView(value)) {
    return [value.constructor.name, Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')];
  }
  if (value instanceof Map || value instanceof Set) return [value.constructor.name, await Promise.all([...value].map(canonical))];
  if (Array.isArray(value)) return Promise.all(value.map(canonical));
  if (typeof value === 'object' && value !== null) {
    return Promise.all(Object.entries(value).map(async ([key, item]) => [key, await canonical(item)]));
  }
  return value;
}

async function digest(records: number, seed: number, limit: number): Promise<string> {
  const hash = createHash('sha256');
  let left = limit;
  for (const batch of generateShop(records, seed)) {
    for (const [i, row] of batch.rows.slice(0, left).entries()) {
      const key = batch.table === 'settings' ? batch.keys[i] : null;
      hash.update(JSON.stringify([batch.table, key, await canonical(row)]));
    }
    left -= batch.rows.length;
    if (left <= 0) break;
  }
  return hash.digest('hex');
}

describe('the demo data', () => {
  it('is the same for the same seed, and another for another', async () => {
    const first = await digest(SMALL_RECORDS, DEFAULT_SEED, 2_000);
    expect(await digest(SMALL_RECORDS, DEFAULT_SEED, 2_000)).toBe(first);
    expect(await digest(SMALL_RECORDS, DEFAULT_SEED + 1, 2_000)).not.toBe(first);
  });

  it('has not changed since its digest was written down', async () => {
    expect(await digest(SMALL_RECORDS, DEFAULT_SEED, SMALL_RECORDS)).toMatchInlineSnapshot(`"f35cac1f812b08aed165b6d231a1ec2237a38553070f66655b9995566a52ef3e"`);
  });

  it('has keys that no two records share', () => {
    const seen = new Set<string>();
    let records = 0;
    for (const batch of generateShop(SMALL_RECORDS, DEFAULT_SEED)) {
      for (const [i, row] of batch.rows.entries()) {
        records += 1;
        let key: unknown;
        if (batch.table === 'settings') key = batch.keys[i];
        else if (batch.table === 'stockMoves') key = [batch.rows[i]?.productId, batch.rows[i]?.at.getTime(), batch.rows[i]?.ref];
        else key = (row as { id: unknown }).id;
        seen.add(`${batch.table} ${JSON.stringify(key)}`);
      }
    }
    expect(records).toBe(SMALL_RECORDS);
    expect(seen.size).toBe(SMALL_RECORDS);
  });

  it('is 250,000 records and about 100 MB as JSON at full size', () => {
    const tables = new Map<string, { records: number; bytes: number }>();
    for (const batch of generateShop(FULL_RECORDS, DEFAULT_SEED)) {
      const table = tables.get(batch.table) ?? { records: 0, bytes: 0 };
      table.records += batch.rows.length;
      for (const row of batch.rows) table.bytes += jsonLength(row);
      tables.set(batch.table, table);
    }
    const total = [...tables.values()].reduce((sum, table) => ({ records: sum.records + table.records, bytes: sum.bytes + table.bytes }));
    if (process.env.MEASURE) console.table(Object.fromEntries([...tables, ['total', total]]));
    expect(total.records).toBe(FULL_RECORDS);
    expect(total.bytes / 1e6).toBeGreaterThan(95);
    expect(total.bytes / 1e6).toBeLessThan(105);
  }, 60_000);
});
