// The page of the fidelity suite: `fidelity` holds what is asked of it.
import { deepest } from './deepest.js';
import { keptRows } from './kept.js';
import { refusedRows } from './refused.js';
import { fiftyTimesTheSame } from './copies.js';

globalThis.fidelity = { deepest, keptRows, refusedRows, fiftyTimesTheSame };
