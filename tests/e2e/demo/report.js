// Figures for a person.

const MB = 1e6;

export const mb = (bytes) => `${(bytes / MB).toFixed(1)} MB`;
export const ms = (value) => `${value.toFixed(0)} ms`;
export const count = (value) => value.toLocaleString('en');

/** Says what is being done, and how long the driver has been at it. */
export function say(text) {
  console.log(`[${(performance.now() / 1000).toFixed(0).padStart(4)} s] ${text}`);
}

/** Rows of cells in columns: the first to the left, the others to the right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    console.log(`  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('   ')}`);
  }
}

/** A pulse as cells: the gap, when in the job, the long tasks, the time without a processor. */
export function pulseCells({ longestGapMs, gapAt, longTasks, waitedMs }) {
  const tasks = longTasks.length === 0 ? 'none' : longTasks.map((duration) => duration.toFixed(0)).join(', ');
  return [`${longestGapMs.toFixed(1)} ms`, `${(gapAt * 100).toFixed(0)} %`, tasks, ms(waitedMs)];
}
