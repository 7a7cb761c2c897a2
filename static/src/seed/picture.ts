import { encodePng, type Rgb } from './png';
import { PAINT, SHAPES, type Layer, type ShapeName } from './shapes';

const SAMPLES_PER_SIDE = 3;
const PAINTS = 5;

export interface Paints {
  ground: Rgb;
  body: Rgb;
  shade: Rgb;
  label: Rgb;
  ink: Rgb;
}

/** The palette's index of two paints in equal parts: the edge between them. */
function mixIndex(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  let index = PAINTS;
  for (let i = 0; i < low; i++) index += PAINTS - 1 - i;
  return index + high - low - 1;
}

function pixelIndex(layers: readonly Layer[], column: number, row: number, size: number): number {
  const share = new Array<number>(PAINTS).fill(0);
  for (let sy = 0; sy < SAMPLES_PER_SIDE; sy++) {
    for (let sx = 0; sx < SAMPLES_PER_SIDE; sx++) {
      const x = (column + (sx + 0.5) / SAMPLES_PER_SIDE) / size;
      const y = (row + (sy + 0.5) / SAMPLES_PER_SIDE) / size;
      const paint = layers.findLast(([, inside]) => inside(x, y))?.[0] ?? PAINT.ground;
      share[paint] = (share[paint] ?? 0) + 1;
    }
  }
  const ranked = share.map((count, paint) => ({ count, paint })).sort((a, b) => b.count - a.count);
  const [first, second] = ranked;
  if (!first || !second || first.count >= SAMPLES_PER_SIDE ** 2 - 2) return first?.paint ?? PAINT.ground;
  return mixIndex(first.paint, second.paint);
}

const rasters = new Map<string, Uint8Array>();

/** A shape is drawn once per size; products differ in their palette. */
function raster(shape: ShapeName, size: number): Uint8Array {
  const name = `${shape} ${size}`;
  let pixels = rasters.get(name);
  if (!pixels) {
    pixels = Uint8Array.from({ length: size * size }, (_, i) => pixelIndex(SHAPES[shape], i % size, Math.floor(i / size), size));
    rasters.set(name, pixels);
  }
  return pixels;
}

function palette(paints: Paints): Rgb[] {
  const base = [paints.ground, paints.body, paints.shade, paints.label, paints.ink];
  const colours = [...base];
  base.forEach((a, i) => {
    for (const b of base.slice(i + 1)) colours.push([(a[0] + b[0]) >> 1, (a[1] + b[1]) >> 1, (a[2] + b[2]) >> 1]);
  });
  return colours;
}

/** A product's picture as PNG bytes. */
export function drawPicture(shape: ShapeName, size: number, paints: Paints): Uint8Array<ArrayBuffer> {
  return encodePng(size, size, raster(shape, size), palette(paints));
}
