// The bare page of the suites: `e2e` holds what a test needs in the page.
import { Dexie } from './dexie.js';
import * as client from '../client.js';
import * as badArchives from './bad-archives.js';
import * as cancelling from './cancelling.js';
import * as databases from './databases.js';
import * as jobs from './jobs.js';
import * as keys from './keys.js';
import * as large from './large.js';
import * as rawWorker from './raw-worker.js';
import * as shop from './shop.js';
import * as state from './state.js';
import * as versions from './versions.js';
import * as whole from './whole.js';
import * as writer from './writer.js';
import * as writes from './writes.js';
import * as zip from './zip.js';

globalThis.e2e = { Dexie, ...client, ...badArchives, ...cancelling, ...databases, ...jobs, ...keys, ...large, ...rawWorker, ...shop, ...state, ...versions, ...whole, ...writer, ...writes, ...zip };
