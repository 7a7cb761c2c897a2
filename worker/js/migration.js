/**
 * The migration of records of an older schema: the steps and functions that the app has registered, on records as
 * IndexedDB gives them. In JavaScript, because that is what the records and the functions are.
 */

import { keyAt, keyToJson } from './record/key.js';
import { parsePointer } from './record/pointer.js';
import { Unkept } from './record/unkept.js';

/** @typedef {Record<string, unknown>} Fields */

/**
 * What is done to a record, as the engine says it.
 * @typedef {{ type: 'rename-field', table: string, field: string, to: string }
 *   | { type: 'drop-field', table: string, field: string }
 *   | { type: 'add-field', table: string, field: string, default: unknown }
 *   | { type: 'map-values', table: string, field: string, values: [unknown, unknown][] }
 *   | { type?: undefined, module: string, table: string, from: number, to: number }} Operation
 */

/**
 * Does it: gives the record as it is then, or a promise of it.
 * @typedef {(value: unknown, key: unknown) => unknown} Change
 */

/**
 * What is thrown for a record that could not be migrated, or a module that could not be used.
 * @typedef {object} FailedMigration
 * @property {string} key JSON text; `null` where there is none
 * @property {string} [table] its name at that point
 * @property {string} found what went wrong
 * @property {string} cause the name of the error; empty without one
 * @property {number | undefined} [from] the schema version of the function's migration
 * @property {number | undefined} [to]
 */

/** Messages are let in this often. */
const ENOUGH_MS = 16;

export class Migration {
  #changes;
  #archivedKeyPath;
  #keyPath;

  /**
   * Imports the modules.
   * @param {string} operations JSON text of a list of {@link Operation}
   * @param {string | string[] | null} archivedKeyPath null where the records' keys are out of line in the archive
   * @param {string | string[] | null} keyPath the same of the database
   * @returns {Promise<Migration>}
   * @throws {FailedMigration}
   */
  static async load(operations, archivedKeyPath, keyPath) {
    const changes = [];
    for (const operation of /** @type {Operation[]} */ (JSON.parse(operations))) changes.push(await changeOf(operation));
    return new Migration(changes, archivedKeyPath, keyPath);
  }

  /**
   * @param {Change[]} changes
   * @param {string | string[] | null} archivedKeyPath
   * @param {string | string[] | null} keyPath
   */
  constructor(changes, archivedKeyPath, keyPath) {
    this.#changes = changes;
    this.#archivedKeyPath = archivedKeyPath;
    this.#keyPath = keyPath;
  }

  /**
   * @param {unknown[]} values
   * @param {unknown[] | undefined} keys of the values, where they are out of line in the archive
   */
  begin(values, keys) {
    const archived = this.#archivedKeyPath;
    const keysOf = archived === null ? /** @type {unknown[]} */ (keys) : values.map((value) => keyAt(value, archived));
    return new MigratingRecords(this.#changes, values, keysOf, this.#keyPath);
  }
}

/** Some records on their way. */
class MigratingRecords {
  #changes;
  #values;
  #keys;
  #keyPath;
  #next = 0;
  /**
   * The records that are left.
   * @type {unknown[]}
   */
  values = [];
  /**
   * Their keys, where they are out of line in the database.
   * @type {unknown[] | undefined}
   */
  keys;
  /**
   * The indexes of those that are left out.
   * @type {number[]}
   */
  removed = [];

  /**
   * @param {Change[]} changes
   * @param {unknown[]} values
   * @param {unknown[]} keys
   * @param {string | string[] | null} keyPath of the database
   */
  constructor(changes, values, keys, keyPath) {
    this.#changes = changes;
    this.#values = values;
    this.#keys = keys;
    this.#keyPath = keyPath;
    this.keys = keyPath === null ? [] : undefined;
  }

  /**
   * Migrates some more of them.
   * @returns {Promise<boolean>} whether all are done
   * @throws {FailedMigration}
   */
  async step() {
    const end = performance.now() + ENOUGH_MS;
    while (this.#next < this.#values.length && performance.now() < end) {
      const index = this.#next++;
      const key = this.#keys[index];
      let value = this.#values[index];
      for (const change of this.#changes) {
        value = change(value, key);
        if (value instanceof Promise) value = await value;
        if (value === LEFT_OUT) break;
      }
      if (value === LEFT_OUT) {
        this.removed.push(index);
        continue;
      }
      if (this.#keyPath !== null) checkKey(value, this.#keyPath, key);
      this.values.push(value);
      this.keys?.push(key);
    }
    return this.#next === this.#values.length;
  }
}

/**
 * @param {unknown} value
 * @param {string | string[]} keyPath
 * @param {unknown} key that it had in the archive
 * @throws {FailedMigration} for a record without a key
 */
function checkKey(value, keyPath, key) {
  try {
    keyToJson(keyAt(value, keyPath));
  } catch (error) {
    const found = error instanceof Unkept ? error.found : String(error);
    throw { key: keyText(key), found: `at ${keyPath}, where the table has its key: ${found}`, cause: '' };
  }
}

/** Stands for a record that is left out: no database holds a symbol. */
const LEFT_OUT = Symbol('left out');

/**
 * @param {Operation} operation
 * @returns {Promise<Change> | Change}
 */
function changeOf(operation) {
  switch (operation.type) {
    case undefined:
      return functionOf(operation);
    case 'rename-field':
      return byField(operation, (holder, name) => {
        if (!isField(holder, name)) return;
        if (Object.hasOwn(holder, operation.to)) throw new Error(`${operation.field} cannot become ${operation.to}, which is there already`);
        const value = holder[name];
        delete holder[name];
        set(holder, operation.to, value);
      });
    case 'drop-field':
      return byField(operation, (holder, name) => {
        if (isField(holder, name)) delete holder[name];
      });
    case 'add-field':
      return byField(operation, (holder, name) => {
        if (!Array.isArray(holder) && !Object.hasOwn(holder, name)) set(holder, name, structuredClone(operation.default));
      });
    case 'map-values': {
      const values = new Map(operation.values);
      return byField(operation, (holder, name) => {
        if (Object.hasOwn(holder, name) && values.has(holder[name])) set(holder, name, structuredClone(values.get(holder[name])));
      });
    }
  }
}

/**
 * @param {{ module: string, table: string, from: number, to: number }} operation
 * @returns {Promise<Change>}
 */
async function functionOf({ module, table, from, to }) {
  const at = { table, from, to };
  /** @type {{ migrate?: unknown }} */
  let imported;
  try {
    imported = await import(/* @vite-ignore */ module);
  } catch (error) {
    throw { ...failed(at, null, error), found: `${module}: ${error}` };
  }
  const { migrate } = imported;
  if (typeof migrate !== 'function') throw failed(at, null, new Error(`${module} exports no function migrate`));
  /** @param {unknown} result */
  const taken = (result) => {
    if (result === undefined) return LEFT_OUT;
    // As a database would take it: what none takes is refused now, and classes are gone.
    return structuredClone(result);
  };
  return (value, key) => {
    try {
      const result = migrate({ ...at, key, value });
      if (typeof result?.then !== 'function') return taken(result);
      return Promise.resolve(result).then(taken).catch((error) => {
        throw failed(at, key, error);
      });
    } catch (error) {
      throw failed(at, key, error);
    }
  };
}

/**
 * @param {{ table: string, field: string }} step
 * @param {(holder: Fields, name: string) => void} change what to do to a field of an object or array; it may not be there
 * @returns {Change}
 */
function byField({ table, field }, change) {
  const names = /** @type {import('./record/pointer.js').Pointer} */ (parsePointer(field)).names;
  return (value, key) => {
    try {
      walk(value, names, 0, new Set(), change);
    } catch (error) {
      throw failed({ table }, key, error);
    }
    return value;
  };
}

/**
 * Finds the objects that may have the field.
 * @param {unknown} holder
 * @param {string[]} names
 * @param {number} at
 * @param {Set<object>} met those that had their turn: two ways may lead to one
 * @param {(holder: Fields, name: string) => void} change
 */
function walk(holder, names, at, met, change) {
  if (!isObject(holder)) return;
  const name = /** @type {string} */ (names[at]);
  const isLast = at === names.length - 1;
  if (isLast) {
    if (met.has(holder)) return;
    met.add(holder);
  }
  for (const own of name === '*' ? Object.keys(holder) : [name]) {
    if (isLast) change(holder, own);
    else if (Object.hasOwn(holder, own)) walk(holder[own], names, at + 1, met, change);
  }
}

/**
 * Whether it is an object or array as JSON has them: a Map or Date has no fields.
 * @param {unknown} value
 * @returns {value is Fields}
 */
function isObject(value) {
  return typeof value === 'object' && value !== null && (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype);
}

/**
 * Whether it is there, and not an element of an array, which has a place and no name.
 * @param {Fields} holder
 * @param {string} name
 */
function isField(holder, name) {
  return !Array.isArray(holder) && Object.hasOwn(holder, name);
}

/**
 * @param {Fields} holder
 * @param {string} name
 * @param {unknown} value
 */
function set(holder, name, value) {
  // Assigned, `__proto__` would be no property.
  Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
}

/**
 * @param {{ table: string, from?: number, to?: number }} at
 * @param {unknown} key
 * @param {unknown} error
 * @returns {FailedMigration}
 */
function failed({ table, from, to }, key, error) {
  const cause = error instanceof Error || error instanceof DOMException ? error.name : '';
  return { key: keyText(key), table, from, to, found: String(error), cause };
}

/** @param {unknown} key */
function keyText(key) {
  try {
    return key === null ? 'null' : keyToJson(key);
  } catch {
    return 'null';
  }
}
