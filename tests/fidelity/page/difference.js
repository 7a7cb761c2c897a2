// Where two values differ: class, content, own properties with their order and attributes, and which
// objects are the same object. None of it is code of pos-backup.
import { facts } from './facts.js';

/** In place of a part that is not there. */
const NOTHING = ['nothing', undefined];

/**
 * @param {unknown} expected
 * @param {unknown} actual
 * @param {{ stacks?: boolean }} options - `stacks: false` takes any two stacks of Errors for the same
 * @returns {Promise<string | null>} where and what, such as `/list/2: -0 became 0`; null when nothing differs
 */
export async function difference(expected, actual, { stacks = true } = {}) {
  const partnerOf = new Map();
  // A list of what is left to do, not recursion: values may be nested as deep as a browser takes.
  const left = [{ expected, actual, up: null, name: '' }];
  for (let item = left.pop(); item !== undefined; item = left.pop()) {
    const { expected, actual } = item;
    if (!isObject(expected) || !isObject(actual)) {
      if (!Object.is(expected, actual)) return `${placeOf(item)}: ${shown(expected)} became ${shown(actual)}`;
      continue;
    }
    if (partnerOf.has(expected) || partnerOf.has(actual)) {
      if (partnerOf.get(expected) !== actual || partnerOf.get(actual) !== expected) {
        return `${placeOf(item)}: which objects are the same`;
      }
      continue;
    }
    partnerOf.set(expected, actual).set(actual, expected);
    if (Object.getPrototypeOf(expected) !== Object.getPrototypeOf(actual)) {
      return `${placeOf(item)}: ${className(expected)} became ${className(actual)}`;
    }
    const [wanted, found] = [await facts(expected, stacks), await facts(actual, stacks)];
    for (let i = Math.max(wanted.length, found.length) - 1; i >= 0; i--) {
      const [[name, value], [actualName, actualValue]] = [wanted[i] ?? NOTHING, found[i] ?? NOTHING];
      left.push({ expected: value, actual: actualValue, up: item, name });
      // Looked at first: that there are other parts.
      if (name !== actualName) left.push({ expected: name, actual: actualName, up: item, name: 'parts' });
    }
  }
  return null;
}

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Made for the one item that differs: the paths of deep values are long. */
function placeOf(item) {
  const names = [];
  for (let at = item; at.up !== null; at = at.up) names.push(`/${at.name}`);
  const path = names.reverse().join('');
  return path.length > 80 ? `${path.slice(0, 40)}…${path.slice(-30)}` : path || 'the value';
}

function className(object) {
  return Object.getPrototypeOf(object)?.constructor?.name || 'a class without a name';
}

function shown(value) {
  if (isObject(value)) return className(value);
  // It would be another one in each run.
  if (typeof value === 'string' && value.includes(location.origin)) return 'a text that names this page';
  const text = Object.is(value, -0) ? '-0' : typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
