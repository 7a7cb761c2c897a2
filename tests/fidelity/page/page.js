// The page of the fidelity suite: `fidelity` holds what is asked of it.
import { fiftyTimesTheSame } from './copies.js';
import { deepest } from './deepest.js';
import { keptRows } from './kept.js';
import { refusedRows } from './refused.js';
import { selfTest } from './self-test.js';

globalThis.fidelity = { deepest, fiftyTimesTheSame, keptRows, refusedRows, selfTest };
