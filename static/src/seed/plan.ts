/** How many records of each kind a data set of a given size has; stock moves make up the rest. */
export interface SeedPlan {
  records: number;
  products: number;
  customers: number;
  orders: number;
  settings: number;
  actions: number;
}

export const FULL_RECORDS = 250_000;
export const SMALL_RECORDS = 2_500;
export const DEFAULT_SEED = 20_261_123;

const MIN_RECORDS = 500;

export function planSeed(records: number): SeedPlan {
  if (!Number.isInteger(records) || records < MIN_RECORDS) throw new RangeError(`at least ${MIN_RECORDS} records`);
  return {
    records,
    products: Math.max(60, Math.round(records * 0.0168)),
    customers: Math.round(records * 0.05),
    orders: Math.round(records * 0.168),
    settings: Math.max(24, Math.min(Math.round(records * 0.003), 748)),
    actions: Math.max(12, Math.round(records * 0.006)),
  };
}
