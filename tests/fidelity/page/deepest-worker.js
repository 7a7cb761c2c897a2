import { deepestHere } from './deepest.js';

postMessage(await deepestHere('depth-in-worker'));
