// The results as SVG, in the colours that the reader's system has.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const MB = 1e6;
const MIB = 1024 * 1024;

const OURS = '#2f81f7';
const OTHERS = '#8b949e';
/** Of lines that are told apart. */
const HUES = ['#8b949e', '#e3a008', '#8250df', '#d1242f', '#1a7f37', '#bc4c00'];
const WIDTH = 720;

/** A figure as a file of its own, which is dark where its reader is. */
function svg(title, options) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const figure = Plot.plot({ document, width: WIDTH, style: { fontSize: '12px', background: 'none' }, title: undefined, ...options });
  const element = figure.tagName.toLowerCase() === 'svg' ? figure : figure.querySelector('svg:last-of-type');
  element.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', title);
  element.setAttribute('font-family', 'system-ui, sans-serif');
  const style = '<style>svg { color: #1f2328 } @media (prefers-color-scheme: dark) { svg { color: #e6edf3 } }</style>';
  return element.outerHTML.replace('>', `><title>${title}</title>${style}`);
}

const isOurs = ({ name }) => name.startsWith('backup');
const label = (name) => (name.startsWith('backup') ? `pos-backup, ${name.replace('backup, ', '')}` : name);

/** How many MB of JSON a second each way of backing up gets done. */
function throughput({ cases, bytes, records }) {
  const rows = cases
    .filter(({ kind, name }) => kind === 'backup' || name.startsWith('read'))
    .map((each) => ({ ...each, label: label(each.name), speed: bytes / MB / (each.ms.median / 1000) }))
    .toSorted((a, b) => b.speed - a.speed);
  const title = `Backup of ${records.toLocaleString('en')} records, MB of JSON per second`;
  return svg(title, {
    height: 60 + rows.length * 28,
    marginLeft: 210,
    marginRight: 50,
    marginBottom: 40,
    x: { label: 'MB/s', grid: true },
    y: { label: null, domain: rows.map((row) => row.label) },
    marks: [
      Plot.barX(rows, { x: 'speed', y: 'label', fill: (row) => (isOurs(row) ? OURS : row.kind === 'limit' ? 'none' : OTHERS), stroke: (row) => (row.kind === 'limit' ? OTHERS : 'none') }),
      Plot.text(rows, { x: 'speed', y: 'label', text: (row) => row.speed.toFixed(1), dx: 4, textAnchor: 'start' }),
    ],
  });
}

/** The renderers' memory while each way of backing up runs. */
function memory({ cases }) {
  const shown = cases.filter(({ kind, name }) => (kind === 'backup' && !['backup, table', 'backup, batch'].includes(name)) || name === 'read side by side');
  const points = shown.flatMap((each) => each.samples.map(({ ms, renderersBytes }) => ({ name: label(each.name), seconds: ms / 1000, mib: renderersBytes / MIB })));
  const names = shown.map(({ name }) => label(name));
  const colours = names.map((name, i) => (name.startsWith('pos-backup') ? OURS : HUES[i % HUES.length]));
  return svg('The renderers’ memory over time', {
    height: 360,
    marginRight: 190,
    x: { label: 'seconds', grid: true },
    y: { label: 'MiB more than before', grid: true },
    color: { domain: names, range: colours },
    marks: [
      Plot.lineY(points, { x: 'seconds', y: 'mib', stroke: 'name', strokeWidth: (point) => (point.name.startsWith('pos-backup') ? 3 : 1.5) }),
      Plot.text(ends(points), { x: 'seconds', y: 'labelMib', text: 'name', fill: 'name', textAnchor: 'start', dx: 4 }),
    ],
  });
}

/** The last point of each line, and where its name can stand without covering another's. */
function ends(points) {
  const last = [...new Map(points.map((point) => [point.name, point])).values()].toSorted((a, b) => a.mib - b.mib);
  const apart = Math.max(...points.map(({ mib }) => mib)) / 20;
  let below = -Infinity;
  return last.map((point) => {
    below = Math.max(point.mib, below + apart);
    return { ...point, labelMib: below };
  });
}

/** What the growth is shown of. */
const GROWING = ['backup, snapshot', 'read side by side'];

/** The time for each MB, over the size of the data. */
function growth(all) {
  const points = all.toSorted((a, b) => a.bytes - b.bytes).flatMap(({ bytes, cases }) => cases
    .filter(({ name }) => GROWING.includes(name))
    .map(({ name, ms }) => ({ name: label(name), mb: bytes / MB, msPerMb: ms.median / (bytes / MB) })));
  return svg('Time for each MB over the size of the data', {
    height: 300,
    marginRight: 150,
    x: { label: 'MB as JSON', type: 'log', grid: true },
    y: { label: 'ms per MB', grid: true, domain: [0, 1.2 * Math.max(...points.map(({ msPerMb }) => msPerMb))] },
    color: { domain: ['pos-backup, snapshot', 'read side by side'], range: [OURS, OTHERS] },
    marks: [
      Plot.lineY(points, { x: 'mb', y: 'msPerMb', stroke: 'name', marker: true }),
      Plot.text(points, Plot.selectLast({ x: 'mb', y: 'msPerMb', z: 'name', text: 'name', fill: 'name', textAnchor: 'start', dx: 8 })),
    ],
  });
}

/** The plots that can be made of these results, by their files' names. `all` are those of every scale there are results of. */
export function plots(results, all) {
  const backups = results.cases.filter(({ kind }) => kind === 'backup');
  const grown = all.filter(({ cases }) => GROWING.every((name) => cases.some((each) => each.name === name)));
  return {
    ...(backups.length > 1 && { 'throughput.svg': throughput(results), 'memory.svg': memory(results) }),
    ...(grown.length > 1 && { 'growth.svg': growth(grown) }),
  };
}
