export const median = (list) => {
  const sorted = list.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

/** Median, least and greatest. */
export const summary = (list) => ({ median: median(list), min: Math.min(...list), max: Math.max(...list) });
