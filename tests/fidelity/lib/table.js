// The outcomes as a table: one row per value, one column per browser.

/**
 * @param {import('../run.js').Run[]} runs
 * @returns {{ kind: string, name: string, outcomes: string[] }[]}
 */
export function tableRows(runs) {
  return runs[0].rows.map(({ kind, name }) => ({
    kind,
    name,
    outcomes: runs.map(({ rows }) => rows.find((row) => row.kind === kind && row.name === name)?.outcome ?? '(not run)'),
  }));
}

export function printTable(runs) {
  const rows = tableRows(runs);
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2;
  const column = Math.min(70, Math.max(...rows.map(({ outcomes }) => outcomes[0].length)) + 2);
  const line = (name, cells) => console.log(`${name.padEnd(width)}${cells.map((cell) => cell.padEnd(column)).join('  ').trimEnd()}`);
  let kind;
  for (const row of rows) {
    if (row.kind !== kind) console.log(`\n${(kind = row.kind)}`);
    line(`  ${row.name}`.slice(0, width), row.outcomes);
  }
  console.log();
  line('', runs.map(({ browser, version }) => `${browser} ${version}`));
  line('deepest nesting in a page', runs.map(({ depths }) => shownDepth(depths.inPage, depths)));
  line('deepest nesting in a worker', runs.map(({ depths }) => shownDepth(depths.inWorker, depths)));
}

export function shownDepth(depth, { tried }) {
  return `${depth}${depth === tried ? ' or more' : ''}`;
}

/** Lists what is wrong. @returns {number} how many */
export function printFaults(runs, checks) {
  const faults = [
    ...runs.flatMap(({ browser, rows }) => rows.filter(({ ok }) => !ok).map(({ name, outcome }) => `${browser}: ${name}: ${outcome}`)),
    ...checks.filter(({ ok }) => !ok).map(({ name, outcome }) => `${name}: ${outcome}`),
  ];
  console.log(faults.length === 0 ? '\nnothing of ours is lost' : `\nwrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  return faults.length;
}
