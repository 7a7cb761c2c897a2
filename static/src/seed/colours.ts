import type { CategoryId } from '../domain/categories';
import type { Paints } from './picture';
import type { Rgb } from './png';
import type { Random } from './random';
import type { ShapeName } from './shapes';

const GROUNDS: Record<CategoryId, Rgb> = {
  bakery: [247, 232, 207],
  produce: [222, 238, 209],
  dairy: [219, 232, 244],
  deli: [248, 222, 212],
  pantry: [244, 236, 200],
  drinks: [213, 235, 234],
  sweets: [246, 220, 232],
  frozen: [212, 229, 247],
  household: [227, 224, 243],
  garden: [218, 236, 218],
};

const PACKETS: readonly Rgb[] = [
  [196, 66, 52],
  [224, 130, 40],
  [229, 178, 48],
  [92, 138, 70],
  [33, 116, 104],
  [44, 101, 156],
  [84, 72, 148],
  [156, 66, 118],
  [128, 84, 58],
  [72, 84, 92],
];

const BY_SHAPE: Partial<Record<ShapeName, readonly Rgb[]>> = {
  loaf: [
    [190, 126, 62],
    [164, 98, 46],
    [210, 154, 86],
    [122, 76, 44],
  ],
  cheese: [
    [240, 196, 84],
    [232, 168, 62],
    [244, 214, 140],
  ],
  fruit: [
    [196, 48, 44],
    [122, 160, 52],
    [226, 150, 50],
    [150, 46, 88],
    [216, 190, 70],
  ],
};

const INKS: readonly Rgb[] = [
  [38, 50, 56],
  [62, 44, 36],
  [24, 66, 62],
];

const darker = ([r, g, b]: Rgb): Rgb => [(r * 3) >> 2, (g * 3) >> 2, (b * 3) >> 2];

/** The five colours of one product's picture; packets of a category share their ground. */
export function pickPaints(random: Random, category: CategoryId, shape: ShapeName): Paints {
  const body = random.pick(BY_SHAPE[shape] ?? PACKETS);
  const nudge = random.int(-10, 10);
  const nudged: Rgb = [body[0] + nudge, body[1] + (nudge >> 1), body[2] - (nudge >> 1)];
  return { ground: GROUNDS[category], body: nudged, shade: darker(nudged), label: [252, 248, 238], ink: random.pick(INKS) };
}
