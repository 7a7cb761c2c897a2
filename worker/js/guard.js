// A browser commits a transaction that nobody aborts, also when the WebAssembly that was writing has
// trapped half way. So the transaction of a restore is held here, outside the WebAssembly, and any
// error that nothing has caught aborts it.

// rexie keeps the transactions that it opens private, and its way to abort one throws when several
// requests are pending. The worker has its own IDBDatabase, so nobody else meets this.
const { transaction: openTransaction } = IDBDatabase.prototype;

/** @type {IDBTransaction | undefined} */
let opened;

/** @this {IDBDatabase} @param {Parameters<IDBDatabase['transaction']>} args */
function openAndRemember(...args) {
  // Tables and the note of their restore lie in two databases: neither may be lost when the machine itself stops.
  if (args[1] === 'readwrite') args[2] ??= { durability: 'strict' };
  opened = openTransaction.apply(this, args);
  return opened;
}
IDBDatabase.prototype.transaction = openAndRemember;

/** The transaction that was opened last. */
export function lastTransaction() {
  return opened;
}

const { open: openDatabase } = IDBFactory.prototype;

/** @type {{ isMissing: boolean } | undefined} */
let existingOnly;

/** @this {IDBFactory} @param {Parameters<IDBFactory['open']>} args */
function openAsAsked(...args) {
  const found = args[1] === undefined ? existingOnly : undefined;
  existingOnly = undefined;
  const request = openDatabase.apply(this, args);
  if (found !== undefined) {
    request.addEventListener('upgradeneeded', (event) => {
      found.isMissing = true;
      request.transaction?.abort();
      // There is nothing to be made ready any more.
      event.stopImmediatePropagation();
    });
  }
  return request;
}
IDBFactory.prototype.open = openAsAsked;

/**
 * The next database that is opened, without a version, is not created if it is missing: the opening fails, and what is
 * returned here says why. rexie cannot, and to look for it before would not do: one that is held meanwhile waits for
 * ever behind another tab that waits for it to be closed.
 */
export function openExistingOnly() {
  existingOnly = { isMissing: false };
  return existingOnly;
}

/**
 * Keeps the transaction when a request that reads fails: one record that cannot be read would end it for all others.
 * @param {IDBTransaction | IDBRequest} target a request, or a transaction of nothing but such requests
 */
export function surviveErrors(target) {
  target.addEventListener('error', (event) => event.preventDefault());
}

/** @type {Set<IDBTransaction>} */
const held = new Set();

let listening = false;

/**
 * Aborts the transaction if the worker breaks down before `releaseTransaction`.
 * @param {IDBTransaction} transaction
 */
export function holdTransaction(transaction) {
  if (!listening) {
    listening = true;
    globalThis.addEventListener('error', abortHeld);
    globalThis.addEventListener('unhandledrejection', abortHeld);
  }
  held.add(transaction);
}

/** @param {IDBTransaction} transaction */
export function releaseTransaction(transaction) {
  held.delete(transaction);
}

/** Aborts every held transaction. */
export function abortHeld() {
  for (const transaction of held) {
    try {
      transaction.abort();
    } catch {
      // It is over already.
    }
  }
  held.clear();
}
