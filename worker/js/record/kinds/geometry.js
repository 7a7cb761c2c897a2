/** Points, rectangles, quads and matrices of the geometry interfaces. */

import { numberFrom, numberPayload } from '../number.js';
import { NO_PAYLOAD, classOf } from '../payload.js';

/** @typedef {import('../kinds.js').Kind} Kind */

const POINT = ['x', 'y', 'z', 'w'];
const RECT = ['x', 'y', 'width', 'height'];
const MATRIX_2D = ['a', 'b', 'c', 'd', 'e', 'f'];
const MATRIX_3D = [1, 2, 3, 4].flatMap((column) => [1, 2, 3, 4].map((row) => `m${column}${row}`));

/** @type {Kind[]} */
export const geometryKinds = [
  ...kindsOfNumbers('DOMPoint', () => POINT, [4]),
  ...kindsOfNumbers('DOMPointReadOnly', () => POINT, [4]),
  ...kindsOfNumbers('DOMRect', () => RECT, [4]),
  ...kindsOfNumbers('DOMRectReadOnly', () => RECT, [4]),
  ...kindsOfNumbers('DOMMatrix', matrixNames, [6, 16]),
  ...kindsOfNumbers('DOMMatrixReadOnly', matrixNames, [6, 16]),
  ...quadKinds(),
];

/** @param {any} matrix */
function matrixNames(matrix) {
  return matrix.is2D ? MATRIX_2D : MATRIX_3D;
}

/**
 * @param {string} className
 * @param {(object: object) => string[]} namesOf the attributes, in the order of the constructor's arguments
 * @param {number[]} lengths how many there may be
 * @returns {Kind[]}
 */
function kindsOfNumbers(className, namesOf, lengths) {
  const GeometryClass = classOf(className);
  if (GeometryClass === undefined) return [];
  const tag = className.toLowerCase();
  return [{
    tag,
    prototypes: [GeometryClass.prototype],
    pack: (object, place, packer) => packer.leaf(place, tag, numbersPayload(object, namesOf(object))),
    unpack: ({ payload }) => {
      const numbers = numbersFrom(payload, lengths);
      if (numbers === undefined) return NO_PAYLOAD;
      return namesOf === matrixNames ? new GeometryClass(numbers) : new GeometryClass(...numbers);
    },
  }];
}

/** @returns {Kind[]} */
function quadKinds() {
  const Quad = classOf('DOMQuad');
  if (Quad === undefined) return [];
  return [{
    tag: 'domquad',
    prototypes: [Quad.prototype],
    pack: ({ p1, p2, p3, p4 }, place, packer) =>
      packer.leaf(place, 'domquad', [p1, p2, p3, p4].map((point) => numbersPayload(point, POINT))),
    unpack: ({ payload }) => {
      if (!Array.isArray(payload) || payload.length !== 4) return NO_PAYLOAD;
      const points = payload.map((point) => numbersFrom(point, [4]));
      if (points.includes(undefined)) return NO_PAYLOAD;
      return new Quad(...points.map((point) => new DOMPoint(...(point ?? []))));
    },
  }];
}

/**
 * @param {any} object
 * @param {string[]} names
 */
function numbersPayload(object, names) {
  return names.map((name) => numberPayload(object[name]));
}

/**
 * @param {unknown} payload
 * @param {number[]} lengths
 * @returns {number[] | undefined}
 */
function numbersFrom(payload, lengths) {
  if (!Array.isArray(payload) || !lengths.includes(payload.length)) return undefined;
  const numbers = payload.map(numberFrom);
  return numbers.includes(undefined) ? undefined : /** @type {number[]} */ (numbers);
}
