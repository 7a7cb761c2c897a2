// Values that must come back as IndexedDB gave them.
import { kept } from '../values.js';
import { beyondWorkers } from './beyond-workers.js';
import { lostByExport } from './crypto-keys.js';
import { difference } from './difference.js';
import { loss } from './loss.js';
import { JobFailed, backUp, wipeAndRestore } from './round-trip.js';
import { clear, get, open, put } from './store.js';

/**
 * @typedef {object} Row
 * @property {string} kind
 * @property {string} name
 * @property {boolean} ok - nothing of ours is wrong with it
 * @property {string} outcome - for a person
 */

/**
 * Every kind in a backup of its own.
 *
 * @returns {Promise<Row[]>}
 */
export async function keptRows() {
  const database = await open();
  const rows = [];
  for (const [kind, makers] of Object.entries(await kept())) {
    const { values, refusals } = await storable(database, makers);
    const outcomes = await roundTrip(database, values);
    for (const name of Object.keys(makers)) rows.push({ kind, name, ...(refusals.get(name) ?? outcomes.get(name)) });
  }
  await clear(database);
  database.close();
  return rows;
}

/**
 * What the browser itself can make, store and read.
 *
 * @returns {Promise<{ values: Map<string, Stored>, refusals: Map<string, { ok: boolean, outcome: string }> }>}
 * @typedef {object} Stored
 * @property {unknown} original
 * @property {{ value: unknown, record: unknown }} given - what IndexedDB gives for it, from both stores
 * @property {string | null} changed - how that differs from the original
 */
async function storable(database, makers) {
  const values = new Map();
  const refusals = new Map();
  for (const [name, make] of Object.entries(makers)) {
    let original;
    try {
      original = await make();
    } catch (error) {
      refusals.set(name, { ok: true, outcome: `platform: ${lacks(error)}` });
      continue;
    }
    try {
      await put(database, name, original);
    } catch (error) {
      refusals.set(name, { ok: true, outcome: `platform: does not store it (${error.name})` });
      continue;
    }
    const given = await get(database, name);
    const blurred = await difference(given, await get(database, name));
    if (blurred !== null) refusals.set(name, { ok: false, outcome: `cannot be judged: read twice, ${blurred}` });
    else values.set(name, { original, given, changed: await difference(original, given.value) });
  }
  return { values, refusals };
}

function lacks(error) {
  return error.message.startsWith('has no ') ? error.message : `cannot make it (${error.name})`;
}

/**
 * Backs all of them up together, and what is left where some are refused.
 *
 * @param {Map<string, Stored>} values
 * @returns {Promise<Map<string, { ok: boolean, outcome: string }>>}
 */
async function roundTrip(database, values) {
  if (values.size === 0) return new Map();
  await clear(database);
  for (const [name, { original }] of values) await put(database, name, original);
  try {
    const { file } = await backUp();
    await wipeAndRestore(database, file);
  } catch (error) {
    if (error instanceof JobFailed) return withoutTheGuilty(database, values, error);
    throw error;
  }
  const outcomes = new Map();
  for (const [name, { given, changed }] of values) {
    const found = await get(database, name);
    const { lost, but } = await loss([given.value, given.record], [found.value, found.record]);
    outcomes.set(name, { ok: lost === null, outcome: lost === null ? `${asKept(changed)}${but}` : `lost: ${lost}` });
  }
  return outcomes;
}

function asKept(changed) {
  return changed === null ? '✓' : `✓ (the platform changes ${changed})`;
}

/** The value that the error names, or the halves, one after the other. */
async function withoutTheGuilty(database, values, { step, details }) {
  const { code, message, context = {} } = details;
  const outcome = `${step === 'backup' ? 'refused' : `refused by the ${step}`}: ${code ?? message}${context.path === undefined ? '' : ` at ${context.path || 'the value'}`}`;
  const names = [...values.keys()];
  const guilty = names.length === 1 ? names[0] : names.find((name) => name === context.key);
  if (guilty !== undefined) {
    const others = await roundTrip(database, new Map([...values].filter(([name]) => name !== guilty)));
    const { given } = values.get(guilty);
    const beyond = (code === 'UNSUPPORTED_VALUE' && (await lostByExport(given, context.path))) || (await beyondWorkers(database, given.value));
    return others.set(guilty, beyond ?? { ok: false, outcome });
  }
  const half = names.length >> 1;
  const first = await roundTrip(database, new Map([...values].slice(0, half)));
  const second = await roundTrip(database, new Map([...values].slice(half)));
  return new Map([...first, ...second]);
}
