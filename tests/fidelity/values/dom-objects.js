/** DOM's points, rectangles and matrices. */
export function domObjects() {
  const odd = [-0, NaN, Infinity, 0.1];
  return {
    'DOMPoint': () => [new DOMPoint(1, 2, 3, 4), new DOMPoint(...odd)],
    'DOMPointReadOnly': () => new DOMPointReadOnly(1, -0, 3, NaN),
    'DOMRect': () => [new DOMRect(1, 2, 3, 4), new DOMRect(...odd), new DOMRect(1, 2, -3, -4)],
    'DOMRectReadOnly': () => new DOMRectReadOnly(...odd),
    'DOMQuad': () => [DOMQuad.fromRect(new DOMRect(1, 2, 3, 4)), new DOMQuad(new DOMPoint(...odd), { x: 1 }, { y: 2, w: 3 })],
    'DOMMatrix, 2D': () => [new DOMMatrix(), new DOMMatrix([1, 2, 3, 4, -0, NaN])],
    'DOMMatrix, 3D': () => [new DOMMatrix(Array.from({ length: 16 }, (_, i) => i / 3)), new DOMMatrix().translate(1, 2, 3)],
    'DOMMatrix, 3D by its making alone': () => new DOMMatrix(new DOMMatrix().toFloat64Array()),
    'DOMMatrixReadOnly': () => [new DOMMatrixReadOnly([1, 0, 0, 1, 5, 6]), DOMMatrixReadOnly.fromMatrix({ m33: 2 })],
    'a DOMRect twice': () => ((rect) => [rect, { rect }])(new DOMRect(1, 2, 3, 4)),
  };
}
