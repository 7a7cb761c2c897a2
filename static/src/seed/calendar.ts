/**
 * The demo shop's two years of trading. The dates are fixed: data that depended on the day it was
 * made could not be compared with anything.
 */
export const DAY_MS = 86_400_000;
export const HISTORY_DAYS = 730;
export const HISTORY_END = Date.UTC(2026, 10, 23);
export const HISTORY_START = HISTORY_END - HISTORY_DAYS * DAY_MS;

const OPENS_MS = 8 * 3_600_000;
const OPEN_FOR_MS = 11 * 3_600_000;

/** How busy each day of the week is, Sunday first. */
const WEEKDAY_WEIGHT = [0.6, 0.85, 0.9, 0.95, 1.05, 1.3, 1.5] as const;

const cumulative: number[] = [0];
for (let day = 0; day < HISTORY_DAYS; day++) {
  const weekday = new Date(HISTORY_START + day * DAY_MS).getUTCDay();
  cumulative.push((cumulative[day] ?? 0) + (WEEKDAY_WEIGHT[weekday] ?? 1));
}

/** An instant within opening hours; `share` is how much of the two years' trade lies before it. */
export function tradingTime(share: number): number {
  const target = share * (cumulative[HISTORY_DAYS] ?? 0);
  let low = 0;
  let high = HISTORY_DAYS - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((cumulative[middle] ?? 0) <= target) low = middle;
    else high = middle - 1;
  }
  const before = cumulative[low] ?? 0;
  const after = cumulative[low + 1] ?? before + 1;
  const withinDay = Math.min((target - before) / (after - before), 0.999_999);
  return HISTORY_START + low * DAY_MS + OPENS_MS + Math.floor(withinDay * OPEN_FOR_MS);
}
