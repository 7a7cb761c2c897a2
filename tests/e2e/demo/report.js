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

/** A pulse in one line. */
export function pulseText({ longestGapMs, longTasks }) {
  const tasks = longTasks.length === 0 ? 'no task of 50 ms' : `tasks of ${longTasks.map((duration) => duration.toFixed(0)).join(', ')} ms`;
  return `${longestGapMs.toFixed(1)} ms, ${tasks}`;
}
