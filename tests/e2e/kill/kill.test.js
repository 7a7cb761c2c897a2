// Restores that are cut off: the browser is killed, the page closed or reloaded, the worker broken. At the next start the
// till holds all of the old data or all of the new, and says which.
// POS_BACKUP_ROUNDS: how often the browser is killed; the other ways take a third of it each.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch, scratch } from '../lib/browser.js';
import { serve } from '../lib/site.js';

const ROUNDS = Number(process.env.POS_BACKUP_ROUNDS ?? 30);
const ROWS = 4000;

/** Moments of a restore that the page hears of, in their order. */
const HEARD = ['writing', 'APPLY_ASSETS', 'ASSETS_APPLIED', 'finishing', 'DONE'];

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe(`restores that are cut off`, () => {
  let site;
  /** A profile with the old data and, in the origin's file system, the archive of the new. */
  let template;
  let states;
  let backupId;
  let restoreMs;

  before(async () => {
    site = await serve();
    const browser = await launch();
    template = browser.profile;
    const page = await openPage(browser);
    ({ states, backupId, restoreMs } = await page.evaluate(prepare, ROWS));
    await browser.context.close();
    assert.notDeepEqual(states.old, states.new);
  });
  after(async () => {
    if (template) rmSync(template, { recursive: true, force: true, maxRetries: 5 });
    await site?.close();
  });

  async function openPage(browser) {
    const page = await browser.context.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(`${site.url}e2e/`);
    await page.waitForFunction('globalThis.e2e !== undefined');
    return page;
  }

  /** A browser on a copy of the prepared profile. */
  async function begin() {
    const profile = scratch('killed');
    cpSync(template, profile, { recursive: true });
    return launch({ profile });
  }

  /**
   * Starts the restore, and cuts it off at a moment: so many milliseconds after its start, or after the page heard of
   * something. Says what the page had heard by then.
   */
  async function cutOff(page, { after, ms }, cut) {
    const heard = [];
    let isCut;
    const done = new Promise((resolve) => { isCut = resolve; });
    await page.exposeFunction('hear', (what) => {
      // A phase is heard of with each of its statuses; a second cut would meet what comes after the first.
      if (what === after && !heard.includes(what)) setTimeout(() => cut().then(isCut, isCut), ms);
      heard.push(what);
    });
    // The page may be gone before it answers.
    await page.evaluate(startRestore, { backupId, after }).catch(() => {});
    if (after === 'start') setTimeout(() => cut().then(isCut, isCut), ms);
    await Promise.race([done, sleep(30_000)]);
    return heard;
  }

  /** What a start finds, and whether it is one thing or the other as a whole. */
  async function judge(page, heard, options = {}) {
    const { recovered, state, again } = await page.evaluate(connectAndLook, options);
    const is = ['old', 'new'].find((name) => isSame(state, states[name], options));
    assert.ok(is, `a mixture: ${JSON.stringify(mixture(state, states))}; it says ${recovered?.outcome}`);
    assert.equal(recovered?.error, undefined);
    const said = { finished: 'new', undone: 'old' }[recovered?.outcome];
    // What never began, and what the page has seen the end of, need no word.
    if (said === undefined) assert.ok(is === 'old' || heard.includes('DONE'), `it is ${is}, and nothing is said of it`);
    else assert.equal(is, said);
    assert.equal(again, undefined, 'it is said once');
    return { is, says: recovered?.outcome ?? 'nothing' };
  }

  for (let round = 1; round <= ROUNDS; round += 1) {
    test(`the browser is killed, round ${round} of ${ROUNDS}`, async () => {
      const browser = await begin();
      try {
        const moment = momentOf(round, restoreMs);
        const heard = await cutOff(await openPage(browser), moment, () => kill(browser.profile));
        await browser.context.close().catch(() => {});
        await browser.restart();
        report(`killed ${describeMoment(moment)}`, await judge(await openPage(browser), heard));
      } finally {
        await browser.close();
      }
    });
  }

  for (let round = 1; round <= Math.ceil(ROUNDS / 3); round += 1) {
    test(`the page is closed, round ${round}`, async () => {
      const browser = await begin();
      try {
        const moment = momentOf(round, restoreMs);
        const other = await openPage(browser);
        const page = await openPage(browser);
        const heard = await cutOff(page, moment, () => page.close());
        report(`closed ${describeMoment(moment)}`, await judge(other, heard));
      } finally {
        await browser.close();
      }
    });

    test(`the page is reloaded, round ${round}`, async () => {
      const browser = await begin();
      try {
        const moment = momentOf(round, restoreMs);
        const page = await openPage(browser);
        const heard = await cutOff(page, moment, () => page.reload());
        await page.waitForFunction('globalThis.e2e !== undefined');
        report(`reloaded ${describeMoment(moment)}`, await judge(page, heard, { sessionStorage: true }));
      } finally {
        await browser.close();
      }
    });

    test(`the worker breaks down, round ${round}`, async () => {
      const browser = await begin();
      try {
        const page = await openPage(browser);
        const how = ['throws', 'uncaught', 'rejected', 'trap'][round % 4];
        const at = 1 + Math.floor(Math.random() * 2 * ROWS);
        const worker = `/e2e/crashing-worker.js?how=${how}&at=${at}`;
        const heard = await page.evaluate(breakDown, { backupId, worker });
        report(`${how} at put ${at}`, await judge(page, heard, { sessionStorage: true }));
      } finally {
        await browser.close();
      }
    });
  }
});

/** Half of the moments are anywhere, the others about what the page hears of. */
function momentOf(round, restoreMs) {
  if (round % 2 === 1) return { after: 'start', ms: Math.random() * restoreMs * 1.2 };
  const after = HEARD[(round / 2) % HEARD.length];
  return { after, ms: Math.random() * (after === 'DONE' ? 1500 : 60) };
}

const describeMoment = ({ after, ms }) => `${Math.round(ms)} ms after ${after === 'start' ? 'the start' : after}`;

function report(moment, { is, says }) {
  console.log(`  ${moment}: all of the ${is} data, told: ${says}`);
}

/** Kills every process of the browser, the browser's own first, and waits until they are gone. */
async function kill(profile) {
  let pids = processes(profile);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has gone with its parent.
    }
  }
  while (pids.length > 0) {
    await sleep(20);
    pids = processes(profile);
  }
  // A browser that finds them takes the killed one for alive, and leaves.
  for (const file of ['SingletonLock', 'SingletonCookie', 'SingletonSocket']) rmSync(join(profile, file), { force: true });
}

function processes(profile) {
  const { stdout } = spawnSync('pgrep', ['-f', '--', `--user-data-dir=${profile}`], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '').map(Number).sort((a, b) => a - b);
}

const PARTS = ['tables', 'localStorage', 'config'];

function isSame(state, expected, { sessionStorage = false }) {
  const parts = sessionStorage ? [...PARTS, 'sessionStorage'] : PARTS;
  return parts.every((part) => JSON.stringify(state[part]) === JSON.stringify(expected[part]));
}

function mixture(state, states) {
  const of = (part) => Object.keys(states).filter((name) => JSON.stringify(state[part]) === JSON.stringify(states[name][part]));
  return Object.fromEntries([...PARTS, 'sessionStorage'].map((part) => [part, of(part)]));
}

// What follows runs in the page.

async function prepare(rows) {
  await e2e.createOrders({ rows });
  await e2e.setAll('new');
  await e2e.connectShop();
  const { backupId } = await client.createBackup().result;
  const states = { new: await e2e.shopState() };
  await shop.orders.toCollection().modify({ note: 'old' });
  await shop.payments.toCollection().modify({ method: 'cheque' });
  await shop.actionQueue.add({ type: 'old' });
  await shop.settings.put('old', 'key');
  await shop.payments.delete('p-0000007');
  await e2e.setAll('old');
  states.old = await e2e.shopState();
  const begun = performance.now();
  await client.restore({ backupId }).result;
  const restoreMs = performance.now() - begun;
  await shop.orders.toCollection().modify({ note: 'old' });
  await shop.payments.toCollection().modify({ method: 'cheque' });
  await shop.actionQueue.add({ type: 'old', id: 2 });
  await shop.settings.put('old', 'key');
  await shop.payments.delete('p-0000007');
  await e2e.setAll('old');
  const again = await e2e.shopState();
  if (JSON.stringify(again) !== JSON.stringify(states.old)) throw new Error('the old data is not what it was');
  localStorage.removeItem('backup_restored');
  await client.close();
  await new Promise((resolve) => { indexedDB.deleteDatabase('pos-backup:pos').onsuccess = resolve; });
  // Until the browser has written localStorage down.
  await e2e.sleep(7000);
  return { states, backupId, restoreMs };
}

async function startRestore({ backupId }) {
  await e2e.setSession('old');
  await e2e.connectShop();
  client.addEventListener('message', ({ detail: { message } }) => {
    if (message.type === 'STATUS') hear(message.status.phase);
    else hear(message.type);
  });
  client.restore({ backupId }).result.catch(() => {});
}

async function connectAndLook() {
  await e2e.connectShop();
  const recovered = client.recovered.restore;
  const state = await e2e.shopState();
  await client.close();
  await e2e.connectShop();
  return { recovered: recovered && { outcome: recovered.outcome, error: recovered.error }, state, again: client.recovered.restore?.outcome };
}

async function breakDown({ backupId, worker }) {
  await e2e.setSession('old');
  await e2e.connectShop({ worker });
  const heard = [];
  client.addEventListener('message', ({ detail: { message } }) => heard.push(message.type));
  await client.restore({ backupId }).result.catch(() => {});
  await client.close();
  return heard;
}
