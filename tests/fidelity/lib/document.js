// docs/fidelity.md: the table as the last written run found it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shownDepth, tableRows } from './table.js';

const FILE = join(import.meta.dirname, '../../../docs/fidelity.md');
const RENEW = '`cargo xtask test fidelity -- --write` renews it';

const INTRODUCTION = `# What comes back

Each value was stored in IndexedDB, backed up, deleted, restored, and compared with what IndexedDB had given before:
class, content, own properties with their order and attributes, and which objects are the same object. \`cargo xtask test
fidelity\` does it again in both browsers and fails when anything is lost; ${RENEW.replace('renews it', 'writes this file')}.

- ✓: it comes back. What the platform itself changes when it stores the value, before any backup, is in brackets.
- ✓, but for …: it comes back without what is named, which no script can set.
- platform: the browser has no such value, or does not store it.
- refused: the format has no place for it, mostly because no script can make it again. A backup fails and names the
  table, the key and the path; with \`onUnsupported: 'omit'\` it leaves the value out, lists it, and keeps everything else.
- refused: \`DATABASE_FAILED\`: the browser itself fails where a worker reads the record, and the backup with it.
- lost: what has to be mended.
`;

export function writeDocument(runs) {
  const faulty = runs.some(({ rows }) => rows.some(({ ok }) => !ok));
  if (faulty) console.error('docs/fidelity.md is written with what is wrong');
  writeFileSync(FILE, `${INTRODUCTION}\n${figures(runs)}\n${tables(runs)}`);
}

/** The table's part is compared; figures that a browser's version changes are only told of. */
export function checkDocument(runs) {
  const name = 'docs/fidelity.md says what was found';
  const text = readOr(FILE, '');
  if (text.endsWith(tables(runs))) return { name, ok: true, outcome: '✓' };
  const other = runs.filter(({ browser, version }) => !text.includes(`| ${browser} ${version} |`));
  if (text !== '' && other.length > 0) {
    console.error(`docs/fidelity.md is of another ${other.map(({ browser }) => browser).join(' and ')}, and differs: ${RENEW}`);
    return { name, ok: true, outcome: 'of another version' };
  }
  const wanted = new Set(text.split('\n'));
  const first = tables(runs).split('\n').find((line) => !wanted.has(line));
  return { name, ok: false, outcome: `it does not; found was ${first ?? 'less'}; ${RENEW}` };
}

function figures(runs) {
  const lines = runs.map(({ browser, version, depths }) => `| ${browser} ${version} | ${shownDepth(depths.inPage, depths)} | ${shownDepth(depths.inWorker, depths)} |`);
  return ['| browser | objects in one another, as IndexedDB takes them in a page | in a worker |', '|---|---|---|', ...lines, ''].join('\n');
}

function tables(runs) {
  const parts = [];
  let kind;
  for (const row of tableRows(runs)) {
    if (row.kind !== kind) {
      kind = row.kind;
      parts.push('', `## ${kind}`, '', `| value | ${runs.map(({ browser }) => browser).join(' | ')} |`, `|---|${'---|'.repeat(runs.length)}`);
    }
    parts.push(`| ${[row.name, ...row.outcomes].map(cell).join(' | ')} |`);
  }
  return `${parts.join('\n').trim()}\n`;
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('_', '\\_').replaceAll('`', '\\`').replaceAll('\n', ' ');

function readOr(file, otherwise) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
