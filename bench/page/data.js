// The bench's data: a shop of plausible size and shape. Each record comes of its number alone, so that any part of them can be made
// anywhere, and every run makes the same. The values are such as JSON keeps, which spares the tools that know nothing else.

/** The tables of scale 1: 250,000 records, 100 MB as JSON. Key paths, indexes as a till has them, and how many records. */
export const TABLES = [
  { name: 'products', keyPath: 'id', records: 5_000, indexes: [['sku', true], ['category'], ['tags', false, true]], make: product },
  { name: 'customers', keyPath: 'id', records: 15_000, indexes: [['email', true], ['name']], make: customer },
  { name: 'orders', keyPath: 'id', autoIncrement: true, records: 80_000, indexes: [['number', true], ['openedAt'], ['customerId'], ['status']], make: order },
  { name: 'payments', keyPath: 'id', autoIncrement: true, records: 80_000, indexes: [['orderId'], ['at']], make: payment },
  { name: 'stockMovements', keyPath: 'id', autoIncrement: true, records: 65_000, indexes: [['productId'], ['at']], make: stockMovement },
  { name: 'settings', keyPath: null, records: 200, indexes: [], make: setting, key: (i) => `setting.${i}` },
  { name: 'actionQueue', keyPath: 'id', autoIncrement: true, records: 4_800, indexes: [['at']], make: action },
];

/** How many records a table has at a scale. */
export const recordsAt = ({ records }, scale) => Math.max(1, Math.round(records * scale));

/** What the bench keeps of a database's content, whatever the order that it was read in. */
export class Digest {
  records = 0;
  bytes = 0;
  sum = 0;

  /** Adds a record's JSON: FNV-1a over its UTF-16 code units. */
  add(json) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < json.length; i += 1) hash = Math.imul(hash ^ json.charCodeAt(i), 0x01000193);
    this.records += 1;
    this.bytes += json.length;
    this.sum = (this.sum + (hash >>> 0)) % Number.MAX_SAFE_INTEGER;
  }
}

/** The digest of each table as it is made. */
export function expectedDigests(scale) {
  return Object.fromEntries(TABLES.map((table) => {
    const digest = new Digest();
    for (let i = 0; i < recordsAt(table, scale); i += 1) digest.add(JSON.stringify(table.make(i)));
    return [table.name, { ...digest }];
  }));
}

/** Creates the tables in an upgrade. */
export function createTables(database) {
  for (const { name, keyPath, autoIncrement = false, indexes } of TABLES) {
    const store = database.createObjectStore(name, { keyPath, autoIncrement });
    for (const [index, unique = false, multiEntry = false] of indexes) store.createIndex(index, index, { unique, multiEntry });
  }
}

/** The tables as Dexie declares them. */
export const dexieSchema = () => Object.fromEntries(TABLES.map(({ name, keyPath, autoIncrement, indexes }) => {
  const primary = keyPath === null ? '' : `${autoIncrement ? '++' : ''}${keyPath}`;
  const others = indexes.map(([index, unique, multiEntry]) => `${unique ? '&' : ''}${multiEntry ? '*' : ''}${index}`);
  return [name, [primary, ...others].join(',')];
}));

const START_MS = Date.UTC(2025, 0, 2, 8);
const WORDS = 'oat milk flat white espresso cold brew rye sourdough butter croissant almond seeded loaf ginger lemon tart cheddar olive smoked paprika honey walnut fig apple crumble hazelnut dark roast decaf filter'.split(' ');
const STREETS = ['Harbour Road', 'Mill Lane', 'Königstraße', 'Rue des Écoles', 'Station Square', 'Østergade'];

/** The `salt`th random number of a table's record, below `below` (splitmix32). */
function random(i, salt, below) {
  let z = (Math.imul(i + 1, 0x9e3779b9) ^ Math.imul(salt + 1, 0x85ebca6b)) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) % below;
}

const word = (i, salt) => WORDS[random(i, salt, WORDS.length)];
const words = (i, salt, count) => Array.from({ length: count }, (_, n) => word(i, salt + n)).join(' ');
const hex = (i, salt) => random(i, salt, 0x100000000).toString(16).padStart(8, '0');
const uuid = (i, salt) => `${hex(i, salt)}-${hex(i, salt + 1).slice(0, 4)}-4${hex(i, salt + 2).slice(0, 3)}-a${hex(i, salt + 3).slice(0, 3)}-${hex(i, salt + 4)}${hex(i, salt + 5).slice(0, 4)}`;
/** A product's price in cents, net of nothing. */
const priceOf = (productId) => 95 + random(productId, 3, 2400);

function product(i) {
  return {
    id: i + 1, sku: `SKU-${String(i).padStart(6, '0')}`, name: `${words(i, 10, 3)} ${i}`, category: `category ${random(i, 1, 24)}`,
    tags: [word(i, 20), `shelf ${random(i, 2, 40)}`], priceCents: priceOf(i), taxRate: random(i, 4, 5) === 0 ? 0.19 : 0.07,
    barcode: `40${String(random(i, 5, 1e9)).padStart(11, '0')}`, description: words(i, 30, 18), active: random(i, 6, 20) !== 0,
    supplier: { id: random(i, 7, 60), name: `${words(i, 60, 2)} Ltd`, leadDays: random(i, 8, 21) },
  };
}

function customer(i) {
  return {
    id: uuid(i, 100), name: `${words(i, 40, 2)} ${hex(i, 41)}`, email: `customer.${i}@example.org`, phone: `+44 20 ${random(i, 42, 1e7)}`,
    address: { street: `${1 + random(i, 43, 200)} ${STREETS[random(i, 44, STREETS.length)]}`, city: word(i, 45), zip: String(10000 + random(i, 46, 89999)), country: 'GB' },
    points: random(i, 47, 5000), joinedAt: START_MS - random(i, 48, 1e9), notes: random(i, 49, 4) === 0 ? words(i, 50, 12) : null, newsletter: random(i, 51, 2) === 0,
  };
}

export function order(i) {
  const lines = Array.from({ length: 1 + random(i, 200, 5) }, (_, n) => {
    const productId = random(i, 210 + n, 5000);
    const quantity = 1 + random(i, 220 + n, 3);
    return { productId: productId + 1, name: `${words(productId, 10, 3)} ${productId}`, quantity, unitCents: priceOf(productId), totalCents: quantity * priceOf(productId), note: random(i, 230 + n, 8) === 0 ? words(i, 240 + n, 4) : null };
  });
  const totalCents = lines.reduce((sum, line) => sum + line.totalCents, 0);
  return {
    id: i + 1, number: `HL-${String(i).padStart(8, '0')}`, openedAt: START_MS + i * 61_000, closedAt: START_MS + i * 61_000 + 40_000 + random(i, 201, 9e5),
    customerId: uuid(random(i, 202, 15_000), 100), status: ['paid', 'paid', 'paid', 'paid', 'refunded', 'open'][random(i, 203, 6)], till: `till-${random(i, 204, 4)}`,
    cashier: { id: random(i, 205, 12), name: word(i, 206) }, lines, discountCents: random(i, 207, 10) === 0 ? 100 : 0, totalCents, taxCents: Math.round(totalCents * 0.07), currency: 'GBP', receipt: uuid(i, 208),
  };
}

export function payment(i) {
  return {
    id: i + 1, orderId: i + 1, at: START_MS + i * 61_000 + 45_000, method: ['card', 'cash', 'voucher'][random(i, 300, 3)], amountCents: 95 + random(i, 301, 9000),
    tipCents: random(i, 302, 5) === 0 ? 50 : 0, currency: 'GBP', reference: uuid(i, 303), terminal: { id: `T-${random(i, 310, 4)}`, batch: random(i, 311, 1000), model: 'reader 3', serial: `${hex(i, 312)}${hex(i, 313)}`, approved: true },
  };
}

function stockMovement(i) {
  return {
    id: i + 1, productId: 1 + random(i, 400, 5000), at: START_MS + i * 73_000, kind: ['sale', 'delivery', 'loss', 'count'][random(i, 401, 4)], quantity: random(i, 402, 40) - 20,
    before: random(i, 403, 500), location: `shelf ${random(i, 404, 40)}`, reference: uuid(i, 405), by: { id: random(i, 406, 12), name: word(i, 407) }, note: random(i, 408, 6) === 0 ? words(i, 409, 8) : '',
  };
}

function setting(i) {
  return { name: `setting.${i}`, value: { enabled: random(i, 500, 2) === 0, threshold: random(i, 501, 100) / 10, labels: [word(i, 502), word(i, 503)] }, changedAt: START_MS + i };
}

function action(i) {
  return {
    id: i + 1, at: START_MS + i * 5000, type: ['order.created', 'payment.captured', 'stock.adjusted'][random(i, 600, 3)], attempts: random(i, 601, 4), endpoint: '/api/v2/sync',
    payload: { id: uuid(i, 602), order: order(random(i, 610, 80_000)) },
  };
}
