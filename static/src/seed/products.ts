import type { Product } from '../db/types';
import { wordsOf } from '../domain/words';
import { tradingTime } from './calendar';
import { NUTRIENTS, RANGES, SUPPLIERS, TAGS, type Range, type Stem } from './catalogue';
import { pickPaints } from './colours';
import { drawPicture } from './picture';
import { Random } from './random';

const IMAGE_SIZE = 64;
const THUMB_SIZE = 48;

interface Variant {
  range: Range;
  stem: Stem;
  variety: string;
  size: string;
  brand: string;
}

function everyVariant(): Variant[] {
  return RANGES.flatMap((range) =>
    range.stems.flatMap((stem) =>
      stem.varieties.flatMap((variety) =>
        stem.sizes.flatMap((size) => range.brands.map((brand) => ({ range, stem, variety, size, brand }))),
      ),
    ),
  );
}

function shuffled<T>(items: T[], random: Random): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.int(0, i);
    const [a, b] = [items[i], items[j]];
    if (a !== undefined && b !== undefined) {
      items[i] = b;
      items[j] = a;
    }
  }
  return items;
}

/** An EAN-13 of the Irish range, with its check digit. */
function barcode(serial: number): string {
  const digits = `539${String(serial).padStart(9, '0')}`;
  const sum = [...digits].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0);
  return digits + String((10 - (sum % 10)) % 10);
}

function nutritionOf(random: Random): Map<string, number> {
  return new Map(NUTRIENTS.map((nutrient) => [nutrient, nutrient === 'energyKj' ? random.int(80, 2_300) : random.int(0, 600) / 10]));
}

function makeProduct(id: number, variant: Variant, random: Random): Product {
  const { range, stem, variety, size, brand } = variant;
  const name = `${variety} ${stem.name} ${size}`;
  const price = Math.round(random.int(stem.price[0], stem.price[1]) / 5) * 5;
  const supplier = random.pick(SUPPLIERS);
  const paints = pickPaints(random, range.category, stem.shape);
  const product: Product = {
    id,
    sku: `${range.prefix}-${String(id).padStart(5, '0')}`,
    name,
    words: wordsOf(`${name} ${brand}`),
    barcode: barcode(100_000 + id * 7),
    category: range.category,
    brand,
    unit: size,
    price,
    cost: Math.round(price * (0.48 + random.unit() * 0.22)),
    tax: range.tax,
    active: random.chance(0.96) ? 1 : 0,
    tags: TAGS.filter(() => random.chance(0.14)),
    supplier: { code: supplier.code, name: supplier.name, leadDays: supplier.leadDays, caseSize: random.pick([4, 6, 8, 10, 12, 24]) },
    allergens: new Set(stem.allergens ?? []),
    updatedAt: new Date(tradingTime(0.6 + 0.4 * random.unit())),
  };
  if (stem.nutrition) product.nutrition = nutritionOf(random);
  const pictured = random.unit();
  if (pictured < 0.42) product.image = new Blob([drawPicture(stem.shape, IMAGE_SIZE, paints)], { type: 'image/png' });
  else if (pictured < 0.72) product.thumb = drawPicture(stem.shape, THUMB_SIZE, paints);
  return product;
}

/** The shop's range: at most as many products as there are variants. */
export function* makeProducts(count: number, seed: number): Generator<Product> {
  const random = new Random(seed, 'products');
  const variants = shuffled(everyVariant(), random).slice(0, count);
  for (const [i, variant] of variants.entries()) yield makeProduct(i + 1, variant, random);
}

