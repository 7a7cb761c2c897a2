// Values that the format has no place for: refused with their place, left out on request.
import { refused } from '../values.js';
import { beyondWorkers } from './beyond-workers.js';
import { difference } from './difference.js';
import { loss } from './loss.js';
import { JobFailed, backUp, inspect, wipeAndRestore } from './round-trip.js';
import { VALUES, answer, clear, keys, open, put } from './store.js';

const KEY = 'b refused';
const NEIGHBOURS = { 'a before': { at: new Date(1) }, 'c after': new Map([[1, new Set(['x'])]]) };

/** @returns {Promise<import('./kept.js').Row[]>} */
export async function refusedRows() {
  const database = await open();
  const rows = [];
  for (const [name, value] of Object.entries(refused())) {
    rows.push({ kind: 'What an archive has no place for', name, ...(await outcomeOf(database, value)) });
  }
  await clear(database);
  database.close();
  return rows;
}

async function outcomeOf(database, { make, path, left }) {
  const platform = await store(database, make);
  if (platform !== null) return { ok: true, outcome: `platform: ${platform}` };
  const refusal = await refusalFaults(path);
  const omission = await omissionFaults(database, path, left);
  const faults = [...refusal, ...omission.faults];
  if (faults.length > 0) {
    await store(database, make);
    const beyond = await beyondWorkers(database, await given(database));
    if (beyond !== null) return beyond;
  }
  const outcome = `refused: UNSUPPORTED_VALUE at ${shortened(path)}; left out on request${omission.but}`;
  return { ok: faults.length === 0, outcome: faults.length === 0 ? outcome : `wrong: ${faults.join('; ')}` };
}

const shortened = (path) => (path.length > 60 ? `${path.slice(0, 20)}…${path.slice(-10)}` : path || 'the value');

/** The record among its neighbours; what the browser has against that, if anything. */
async function store(database, make) {
  await clear(database);
  for (const [name, value] of Object.entries(NEIGHBOURS)) await put(database, name, value);
  let record;
  try {
    record = await make();
  } catch (error) {
    return `cannot make it (${error.name})`;
  }
  try {
    await answer(values(database, 'readwrite').put(record, KEY));
  } catch (error) {
    return `does not store it (${error.name})`;
  }
  return difference(record, await given(database));
}

const values = (database, mode = 'readonly') => database.transaction(VALUES, mode).objectStore(VALUES);
const given = (database) => answer(values(database).get(KEY));

/** A backup fails, and says where. */
async function refusalFaults(path) {
  try {
    await backUp();
    return ['a backup of it succeeds'];
  } catch (error) {
    if (!(error instanceof JobFailed)) throw error;
    const { code, context = {} } = error.details;
    return unequal('the refusal', { code, table: context.table, key: context.key, path: context.path }, { code: 'UNSUPPORTED_VALUE', table: VALUES, key: KEY, path });
  }
}

/** Left out on request, it is listed, and everything else comes back but for what `but` tells. */
async function omissionFaults(database, path, left) {
  const expected = left(await given(database));
  let result;
  let said;
  try {
    result = await backUp({ onUnsupported: 'omit' });
    said = await inspect(result.file);
    await wipeAndRestore(database, result.file);
  } catch (error) {
    if (error instanceof JobFailed) return { faults: [error.message], but: '' };
    throw error;
  }
  const listed = ({ metadata }) => metadata.omissions.map(({ table, key, path }) => ({ table, key, path }));
  const omissions = [{ table: VALUES, key: KEY, path }];
  const faults = [
    ...unequal("the result's omissions", listed(result), omissions),
    ...unequal("metadata.json's omissions", listed(said), omissions),
  ];
  const names = Object.keys(NEIGHBOURS);
  const inValues = expected === null ? names : [...names, KEY].sort();
  faults.push(...unequal('the keys', await keys(database), [inValues, names]));
  const { lost, but } = await loss(expected ?? undefined, await given(database));
  if (lost !== null) faults.push(`of the rest is lost ${lost}`);
  for (const [name, value] of Object.entries(NEIGHBOURS)) {
    const changed = await difference(value, await answer(values(database).get(name)));
    if (changed !== null) faults.push(`of ${name} is lost ${changed}`);
  }
  return { faults, but };
}

function unequal(what, found, expected) {
  const [is, should] = [JSON.stringify(found), JSON.stringify(expected)];
  return is === should ? [] : [`${what}: ${is} for ${should}`];
}
