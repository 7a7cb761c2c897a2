/** What is thrown for a value that the format has no place for, and for a line that is no record. */
export class Unkept {
  /**
   * @param {string} path JSON Pointer to the value
   * @param {string} found what it is
   * @param {boolean} tooLarge whether a smaller one of its kind would be kept
   */
  constructor(path, found, tooLarge = false) {
    this.path = path;
    this.found = found;
    this.tooLarge = tooLarge;
  }
}

/**
 * Names the class of an object by its prototype: the object's own properties are data and may say anything.
 * @param {object} object
 */
export function className(object) {
  const prototype = Object.getPrototypeOf(object);
  if (prototype === null) return 'an object without a prototype';
  const name = prototype.constructor?.name;
  return typeof name === 'string' && name !== '' ? name : 'an object of an unknown class';
}
