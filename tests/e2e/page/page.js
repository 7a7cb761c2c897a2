// The bare page of the suites: `e2e` holds what a test needs in the page.
import { Dexie } from './dexie.js';
import * as client from '../client.js';
import * as cancelling from './cancelling.js';
import * as jobs from './jobs.js';
import * as shop from './shop.js';
import * as state from './state.js';
import * as writer from './writer.js';
import * as zip from './zip.js';

globalThis.e2e = { Dexie, ...client, ...cancelling, ...jobs, ...shop, ...state, ...writer, ...zip };
