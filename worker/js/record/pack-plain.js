/**
 * The short way for what nearly all rows of a till are: plain objects and arrays, a few levels deep,
 * with Dates and undefined here and there. It gives exactly what `pack` gives, or gives up, and is
 * worth its lines: most of a backup's time per record is spent here and in JSON.stringify.
 *
 * What JSON can say is not copied. Only the containers on the way to a Date or an undefined are.
 */

import { MAX_TAGS } from './limits.js';
import { step } from './pointer.js';

/** What comes back for a record that must go through `pack`. */
export const NOT_PLAIN = Symbol('not plain');

/** Deeper records are rare, and the call stack is not ours alone. */
const MAX_PLAIN_DEPTH = 64;

/** Up to so many objects, looking through a list is faster than a Set. */
const LISTED = 24;

/** What a member takes beside its name and text: the punctuation, and a number of ordinary size. */
const MEMBER_CHARACTERS = 8;

const { getPrototypeOf, values } = Object;
const getTime = Date.prototype.getTime;

/**
 * The objects met in this record, up to LISTED of them.
 * @type {object[]}
 */
const listed = [];
let listedCount = 0;

/**
 * Those beyond.
 * @type {Set<object>}
 */
const others = new Set();

/**
 * The names that lead to the container being read.
 * @type {(string | number)[]}
 */
const path = [];

/** @type {Record<string, string> | undefined} */
let tags;
let tagCount = 0;
let characters = 0;

/** The member `t` for the record that `packPlain` has just packed; undefined without tags. */
export function plainTags() {
  return tags;
}

/** About how many characters that record has as JSON. */
export function plainCharacters() {
  return characters;
}

/**
 * @param {unknown} value
 * @returns {unknown} the payload, or NOT_PLAIN
 */
export function packPlain(value) {
  tags = undefined;
  tagCount = 0;
  characters = MEMBER_CHARACTERS;
  switch (typeof value) {
    case 'string':
      characters += value.length;
      return value;
    case 'boolean':
      return value;
    case 'number':
      return isJsonNumber(value) ? value : NOT_PLAIN;
    case 'object': {
      if (value === null) return null;
      listedCount = 0;
      if (others.size !== 0) others.clear();
      isNew(value);
      const payload = container(value, 0);
      return tagCount > MAX_TAGS ? NOT_PLAIN : payload;
    }
    default:
      return NOT_PLAIN;
  }
}

/**
 * @param {object} value
 * @param {number} depth
 * @returns {unknown}
 */
function container(value, depth) {
  const prototype = getPrototypeOf(value);
  if (prototype === Object.prototype) return object(/** @type {Record<string, unknown>} */ (value), depth);
  if (prototype === Array.prototype) return array(/** @type {unknown[]} */ (value), depth);
  return NOT_PLAIN;
}

/**
 * @param {Record<string, unknown>} value
 * @param {number} depth
 * @returns {unknown}
 */
function object(value, depth) {
  /** @type {Record<string, unknown> | undefined} */
  let copy;
  for (const name in value) {
    const child = value[name];
    characters += name.length + MEMBER_CHARACTERS;
    switch (typeof child) {
      case 'string':
        characters += child.length;
        continue;
      case 'boolean':
        continue;
      case 'number':
        if (isJsonNumber(child)) continue;
        return NOT_PLAIN;
      case 'undefined':
        copy ??= { ...value };
        copy[name] = null;
        tag(depth, name, 'undefined');
        continue;
      case 'object': {
        if (child === null) continue;
        const packed = nested(child, depth, name);
        if (packed === child) continue;
        if (packed === NOT_PLAIN) return NOT_PLAIN;
        copy ??= { ...value };
        copy[name] = packed;
        continue;
      }
      default:
        return NOT_PLAIN;
    }
  }
  return copy ?? value;
}

/**
 * @param {unknown[]} value
 * @param {number} depth
 * @returns {unknown}
 */
function array(value, depth) {
  const { length } = value;
  // Object.values, unlike Object.keys, makes no strings. Named properties would show in its length.
  if (values(value).length !== length) return NOT_PLAIN;
  /** @type {unknown[] | undefined} */
  let copy;
  for (let i = 0; i < length; i++) {
    const child = value[i];
    characters += MEMBER_CHARACTERS;
    switch (typeof child) {
      case 'string':
        characters += child.length;
        continue;
      case 'boolean':
        continue;
      case 'number':
        if (isJsonNumber(child)) continue;
        return NOT_PLAIN;
      case 'object': {
        if (child === null) continue;
        const packed = nested(child, depth, i);
        if (packed === child) continue;
        if (packed === NOT_PLAIN) return NOT_PLAIN;
        copy ??= value.slice();
        copy[i] = packed;
        continue;
      }
      default:
        // An undefined may be a hole.
        return NOT_PLAIN;
    }
  }
  return copy ?? value;
}

/**
 * @param {object} value
 * @param {number} depth
 * @param {string | number} name
 * @returns {unknown}
 */
function nested(value, depth, name) {
  if (depth === MAX_PLAIN_DEPTH || !isNew(value)) return NOT_PLAIN;
  if (getPrototypeOf(value) === Date.prototype) {
    tag(depth, name, 'date');
    const time = getTime.call(value);
    return time === time ? time : null;
  }
  path[depth] = name;
  return container(value, depth + 1);
}

/** @param {number} value */
function isJsonNumber(value) {
  return value - value === 0 && (value !== 0 || 1 / value > 0);
}

/**
 * @param {object} object
 * @returns {boolean} false when the record holds it in another place too
 */
function isNew(object) {
  for (let i = 0; i < listedCount; i++) if (listed[i] === object) return false;
  if (listedCount < LISTED) {
    listed[listedCount++] = object;
    return true;
  }
  const before = others.size;
  return others.add(object).size !== before;
}

/**
 * @param {number} depth
 * @param {string | number} name
 * @param {string} kind
 */
function tag(depth, name, kind) {
  tagCount++;
  let pointer = '';
  for (let i = 0; i < depth; i++) pointer += step(/** @type {string | number} */ (path[i]));
  tags ??= {};
  tags[pointer + step(name)] = kind;
}
