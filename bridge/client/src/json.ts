import { unsupportedValue } from './errors.js';

/**
 * Makes sure that JSON can say the value, for what JSON cannot say would come back changed. A
 * property that is `undefined` passes: it reads the same when it is absent.
 *
 * @param path - JSON Pointer to the value
 * @throws BackupError `UNSUPPORTED_VALUE` with the JSON Pointer in `context.path`
 */
export function assertJson(value: unknown, path: string, parents: readonly object[] = []): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
    return;
  }
  if (typeof value !== 'object') {
    throw unsupportedValue(path, 'a JSON value', typeof value === 'number' ? String(value) : typeof value);
  }
  if (parents.includes(value)) {
    throw unsupportedValue(path, 'a JSON value', 'a cycle');
  }
  const within = [...parents, value];
  if (Array.isArray(value)) {
    // By index, so that holes are found.
    for (let index = 0; index < value.length; index += 1) {
      assertJson(value[index], `${path}/${index}`, within);
    }
    return;
  }
  if (!isPlain(value)) {
    throw unsupportedValue(path, 'a JSON value', Object.prototype.toString.call(value).slice(8, -1));
  }
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) {
      assertJson(item, `${path}/${escapeToken(key)}`, within);
    }
  }
}

/** One token of a JSON Pointer (RFC 6901). */
export function escapeToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // The second test is for objects of another frame.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
