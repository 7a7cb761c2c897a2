// The results as tables for a terminal.

const MB = 1e6;
const MIB = 1024 * 1024;

const ms = (value) => (value === undefined ? '' : value.toFixed(0));
const mib = (bytes) => (bytes === undefined ? '' : (bytes / MIB).toFixed(0));

/** Columns of texts, the first to the left, the others to the right. */
function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')).join('\n');
}

const HEAD = ['', 'ms', 'written', 'from', 'to', 'MB/s', 'output MB', 'longest gap', 'gaps > 50', 'renderers +MiB', 'others +MiB', 'cpu rend.', 'cpu others'];

function caseRow(each, bytes) {
  return [
    each.name, ms(each.ms.median), ms(each.writtenMs?.median), ms(each.ms.min), ms(each.ms.max), (bytes / MB / (each.ms.median / 1000)).toFixed(1),
    each.outputBytes === undefined ? '' : (each.outputBytes.median / MB).toFixed(1),
    ms(each.longestGapMs.median), ms(each.longGapsMs.median), mib(each.renderersPeakBytes.median), mib(each.othersPeakBytes.median),
    ms(each.renderersProcessorMs.median), ms(each.othersProcessorMs.median),
  ];
}

const READING = ['backup, snapshot', 'backup, table', 'backup, batch', 'verify', 'plan'];

/** How much more each MB takes in the largest of these results than in the quickest of the smaller ones. */
function growth(all) {
  const measured = all.flatMap(({ scale, bytes, cases }) => {
    const backup = cases.find(({ name }) => name === 'backup, snapshot');
    return backup ? [{ scale, msPerByte: backup.ms.median / bytes }] : [];
  });
  const largest = measured.toSorted((a, b) => a.scale - b.scale).pop();
  const [quickest] = measured.filter((each) => each !== largest).toSorted((a, b) => a.msPerByte - b.msPerByte);
  return quickest && [`time of a backup per MB, scale ${largest.scale} ÷ scale ${quickest.scale}`, largest.msPerByte / quickest.msPerByte, '≤ 1.1', 1];
}

/**
 * What is to be reached: `[what, value, must, aim]`. Values of what was not measured are left out. `ofScales` are the results of all scales.
 */
export function targets(results, ofScales) {
  const by = new Map(results.cases.map((each) => [each.name, each]));
  const of = (name, key = 'ms') => by.get(name)?.[key]?.median;
  const ratio = (a, b) => (a === undefined || b === undefined ? undefined : a / b);
  const more = (a, b, key) => (of(a, key) === undefined || of(b, key) === undefined ? undefined : (of(a, key) - of(b, key)) / MIB);
  const worstOf = (names) => names.map((name) => of(name, 'longestGapMs')).reduce((worst, gap) => (worst > gap ? worst : (gap ?? worst)), undefined);
  const worst = worstOf([...READING, 'restore, 1 % changed', 'restore, all']);
  const brotli = results.sizes['pos_backup_worker_bg.wasm'].brotli / 1000;
  return [
    ['backup, written ÷ read side by side', ratio(of('backup, snapshot', 'writtenMs'), of('read side by side')), '≤ 1.8', 1.3],
    ['backup, read back ÷ read side by side', ratio(of('backup, snapshot'), of('read side by side')), '≤ 2.2', 1.4],
    // What others write they do not read back: both are told.
    ['zip.js in parallel ÷ backup, written', ratio(of('zip.js, in parallel'), of('backup, snapshot', 'writtenMs')), '≥ 1.6', 2.5],
    ['zip.js in parallel ÷ backup, read back', ratio(of('zip.js, in parallel'), of('backup, snapshot')), '', ''],
    ['dexie-export-import + JSZip ÷ backup, written', ratio(of('dexie-export-import + JSZip'), of('backup, snapshot', 'writtenMs')), '≥ 4.5', 7],
    ['dexie-export-import + JSZip ÷ backup, read back', ratio(of('dexie-export-import + JSZip'), of('backup, snapshot')), '', ''],
    ['longest gap of the main thread, any job (ms)', worst, '≤ 50', 0],
    ['… ÷ the same while only reading', ratio(worst, of('read side by side', 'longestGapMs')), '≤ 1.3', 1],
    ['… of those that only read ÷ the same while only reading', ratio(worstOf(READING), of('read side by side', 'longestGapMs')), '', ''],
    ['… of a full restore ÷ the same while only putting', ratio(of('restore, all', 'longestGapMs'), of('put', 'longestGapMs')), '', ''],
    ['renderer memory over that of reading (MiB)', more('backup, snapshot', 'read side by side', 'renderersPeakBytes'), '≤ 48', 16],
    ['other processes’ memory in a restore (MiB)', of('restore, all', 'othersPeakBytes') === undefined ? undefined : of('restore, all', 'othersPeakBytes') / MIB, '≤ 64', 24],
    ['restore, all ÷ put', ratio(of('restore, all'), of('put')), '≤ 1.15', 1],
    ['restore, 1 % changed ÷ read in turn', ratio(of('restore, 1 % changed'), of('read in turn')), '≤ 2.0', 1.3],
    ['wait of a writer, batch, worst (ms)', results.waits?.batch.max, '≤ 100', 30],
    ['cancel of a backup, worst (ms)', results.cancels?.backup?.ended.max, '≤ 100', 30],
    ['page load to READY (ms)', results.ready?.median, '≤ 300', 100],
    ['WASM, brotli (KB)', brotli, '≤ 400', 250],
    of('backup, snapshot') && growth(ofScales),
  ].filter((target) => target?.[1] !== undefined);
}

/** Everything, as text. */
export function report(results, ofScales) {
  const parts = [`${results.records.toLocaleString('en')} records, ${(results.bytes / MB).toFixed(0)} MB as JSON; Chromium ${results.browser}; medians of ${results.rounds}`];
  if (results.cases.length > 0) parts.push(table([HEAD, ...results.cases.map((each) => caseRow(each, results.bytes))]));
  if (results.waits) parts.push(table([['a sale in another tab waits', 'sales', 'median ms', 'worst'], ...Object.entries(results.waits).map(([name, each]) => [name, String(each.sales), ms(each.median), ms(each.max)])]));
  if (results.cancels) {
    parts.push(table([
      ['cancelled', 'times', 'said after ms', 'worst', 'ended after ms', 'worst'],
      ...Object.entries(results.cancels).map(([name, each]) => [name, String(each.cancelled), ms(each.told.median), ms(each.told.max), ms(each.ended.median), ms(each.ended.max)]),
    ]));
  }
  if (results.ready) parts.push(`page load to READY: ${ms(results.ready.median)} ms (${ms(results.ready.min)} to ${ms(results.ready.max)})`);
  parts.push(table([['bytes', 'raw', 'gzip', 'brotli'], ...Object.entries(results.sizes).map(([name, { raw, gzip, brotli }]) => [name, ...[raw, gzip, brotli].map((bytes) => bytes.toLocaleString('en'))])]));
  parts.push(table([['', 'measured', results.scale === 1 ? 'must' : 'must at scale 1', 'aim'], ...targets(results, ofScales).map(([what, value, must, aim]) => [what, value.toFixed(value < 10 ? 2 : 0), must, String(aim)])]));
  return parts.join('\n\n');
}
