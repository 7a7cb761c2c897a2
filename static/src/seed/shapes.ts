/** The five paints of a pictogram; a palette gives them their colours. */
export const PAINT = { ground: 0, body: 1, shade: 2, label: 3, ink: 4 } as const;
type Paint = (typeof PAINT)[keyof typeof PAINT];

/** Whether a point of the unit square lies in a layer; y grows downwards. */
type Inside = (x: number, y: number) => boolean;
export type Layer = readonly [Paint, Inside];

const box = (left: number, top: number, right: number, bottom: number, radius = 0): Inside => (x, y) => {
  if (x < left || x > right || y < top || y > bottom) return false;
  const dx = Math.max(left + radius - x, x - (right - radius), 0);
  const dy = Math.max(top + radius - y, y - (bottom - radius), 0);
  return dx * dx + dy * dy <= radius * radius || radius === 0;
};
const disc = (cx: number, cy: number, rx: number, ry = rx): Inside => (x, y) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;
const polygon = (...points: readonly (readonly [number, number])[]): Inside => (x, y) => {
  let inside = false;
  points.forEach(([ax, ay], i) => {
    const [bx, by] = points[(i + 1) % points.length] ?? [ax, ay];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside;
};
const both = (a: Inside, b: Inside): Inside => (x, y) => a(x, y) && b(x, y);

const jarBody = box(0.28, 0.3, 0.72, 0.86, 0.09);
const bottleBody = box(0.36, 0.4, 0.64, 0.88, 0.06);
const canBody = box(0.3, 0.22, 0.7, 0.84, 0.05);
const bagBody = polygon([0.3, 0.2], [0.7, 0.2], [0.76, 0.86], [0.24, 0.86]);
const tubBody = polygon([0.24, 0.36], [0.76, 0.36], [0.69, 0.84], [0.31, 0.84]);
const fruitBody = disc(0.5, 0.57, 0.29, 0.28);
const loafBody: Inside = (x, y) => disc(0.5, 0.46, 0.33, 0.22)(x, y) || box(0.2, 0.46, 0.8, 0.8, 0.08)(x, y);

export const SHAPES = {
  jar: [
    [PAINT.body, jarBody],
    [PAINT.shade, both(jarBody, (x) => x > 0.62)],
    [PAINT.ink, box(0.3, 0.16, 0.7, 0.28, 0.04)],
    [PAINT.label, box(0.28, 0.46, 0.72, 0.7)],
    [PAINT.ink, box(0.37, 0.55, 0.63, 0.6)],
  ],
  bottle: [
    [PAINT.body, (x, y) => bottleBody(x, y) || box(0.44, 0.18, 0.56, 0.44)(x, y) || polygon([0.44, 0.3], [0.56, 0.3], [0.64, 0.46], [0.36, 0.46])(x, y)],
    [PAINT.shade, both(bottleBody, (x) => x > 0.57)],
    [PAINT.ink, box(0.425, 0.1, 0.575, 0.2, 0.02)],
    [PAINT.label, box(0.36, 0.53, 0.64, 0.76)],
    [PAINT.ink, box(0.42, 0.62, 0.58, 0.66)],
  ],
  can: [
    [PAINT.body, canBody],
    [PAINT.label, both(canBody, (_x, y) => y > 0.36 && y < 0.7)],
    [PAINT.shade, both(canBody, (x) => x > 0.61)],
    [PAINT.ink, disc(0.46, 0.53, 0.09)],
    [PAINT.ink, box(0.3, 0.2, 0.7, 0.25, 0.02)],
  ],
  box: [
    [PAINT.body, box(0.22, 0.28, 0.78, 0.82, 0.03)],
    [PAINT.shade, polygon([0.22, 0.28], [0.3, 0.18], [0.86, 0.18], [0.78, 0.28])],
    [PAINT.shade, polygon([0.78, 0.28], [0.86, 0.18], [0.86, 0.72], [0.78, 0.82])],
    [PAINT.label, box(0.3, 0.44, 0.7, 0.7, 0.02)],
    [PAINT.ink, box(0.37, 0.54, 0.63, 0.59)],
  ],
  bag: [
    [PAINT.body, bagBody],
    [PAINT.shade, both(bagBody, (_x, y) => y < 0.3)],
    [PAINT.label, disc(0.5, 0.58, 0.17, 0.15)],
    [PAINT.ink, box(0.41, 0.56, 0.59, 0.61)],
    [PAINT.ink, box(0.29, 0.16, 0.71, 0.21, 0.02)],
  ],
  tub: [
    [PAINT.body, tubBody],
    [PAINT.label, both(tubBody, (_x, y) => y > 0.48 && y < 0.72)],
    [PAINT.shade, both(tubBody, (x) => x > 0.63)],
    [PAINT.ink, box(0.2, 0.27, 0.8, 0.37, 0.03)],
  ],
  carton: [
    [PAINT.body, box(0.32, 0.38, 0.7, 0.88, 0.01)],
    [PAINT.shade, polygon([0.32, 0.38], [0.4, 0.22], [0.62, 0.22], [0.7, 0.38])],
    [PAINT.ink, box(0.4, 0.13, 0.62, 0.23)],
    [PAINT.label, box(0.32, 0.54, 0.7, 0.74)],
    [PAINT.ink, disc(0.51, 0.64, 0.06)],
  ],
  loaf: [
    [PAINT.body, loafBody],
    [PAINT.shade, both(loafBody, (_x, y) => y > 0.7)],
    [PAINT.label, polygon([0.33, 0.4], [0.38, 0.34], [0.46, 0.54], [0.41, 0.58])],
    [PAINT.label, polygon([0.49, 0.36], [0.54, 0.31], [0.62, 0.51], [0.57, 0.56])],
    [PAINT.label, polygon([0.64, 0.38], [0.69, 0.34], [0.75, 0.5], [0.7, 0.54])],
  ],
  cheese: [
    [PAINT.body, polygon([0.16, 0.6], [0.72, 0.26], [0.86, 0.5], [0.86, 0.6])],
    [PAINT.shade, box(0.16, 0.58, 0.86, 0.8, 0.01)],
    [PAINT.ink, disc(0.4, 0.69, 0.05)],
    [PAINT.ink, disc(0.66, 0.66, 0.035)],
    [PAINT.label, disc(0.66, 0.45, 0.045)],
  ],
  fruit: [
    [PAINT.body, fruitBody],
    [PAINT.shade, both(fruitBody, (x, y) => !disc(0.44, 0.52, 0.29, 0.28)(x, y))],
    [PAINT.ink, polygon([0.48, 0.32], [0.51, 0.16], [0.55, 0.17], [0.53, 0.32])],
    [PAINT.label, disc(0.64, 0.23, 0.11, 0.055)],
  ],
  bar: [
    [PAINT.body, box(0.32, 0.12, 0.68, 0.88, 0.02)],
    [PAINT.label, box(0.32, 0.34, 0.68, 0.88, 0.02)],
    [PAINT.shade, box(0.49, 0.12, 0.51, 0.34)],
    [PAINT.shade, box(0.32, 0.225, 0.68, 0.245)],
    [PAINT.ink, box(0.4, 0.55, 0.6, 0.6)],
    [PAINT.ink, box(0.44, 0.64, 0.56, 0.67)],
  ],
  packet: [
    [PAINT.body, box(0.28, 0.14, 0.72, 0.86, 0.02)],
    [PAINT.shade, box(0.28, 0.14, 0.72, 0.24, 0.02)],
    [PAINT.label, disc(0.5, 0.55, 0.16)],
    [PAINT.ink, disc(0.46, 0.52, 0.055, 0.1)],
    [PAINT.ink, disc(0.55, 0.55, 0.055, 0.09)],
  ],
  boat: [
    [PAINT.label, polygon([0.47, 0.14], [0.47, 0.62], [0.18, 0.62])],
    [PAINT.body, polygon([0.53, 0.24], [0.8, 0.62], [0.53, 0.62])],
    [PAINT.label, polygon([0.14, 0.68], [0.86, 0.68], [0.74, 0.84], [0.26, 0.84])],
  ],
  spool: [
    [PAINT.body, box(0.3, 0.28, 0.7, 0.74, 0.05)],
    [PAINT.shade, box(0.3, 0.38, 0.7, 0.41)],
    [PAINT.shade, box(0.3, 0.5, 0.7, 0.53)],
    [PAINT.shade, box(0.3, 0.62, 0.7, 0.65)],
    [PAINT.ink, box(0.22, 0.18, 0.78, 0.28, 0.03)],
    [PAINT.ink, box(0.22, 0.74, 0.78, 0.84, 0.03)],
  ],
} as const satisfies Record<string, readonly Layer[]>;

export type ShapeName = keyof typeof SHAPES;
