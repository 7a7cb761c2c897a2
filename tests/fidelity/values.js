// The values whose way through a backup is shown: by kind, each as a name and what makes it in the page.
// A maker throws where the browser lacks the class.
import { binaries } from './values/binaries.js';
import { buffers } from './values/buffers.js';
import { collections } from './values/collections.js';
import { cryptoKeys } from './values/crypto-keys.js';
import { depths } from './values/depths.js';
import { domObjects } from './values/dom-objects.js';
import { errors } from './values/errors.js';
import { images } from './values/images.js';
import { notOurs } from './values/not-ours.js';
import { objects } from './values/objects.js';
import { primitives } from './values/primitives.js';
import { references } from './values/references.js';

export { refused } from './values/refused.js';

/**
 * The values that must be kept, by kind; the values of one kind go into one backup.
 *
 * @returns {Promise<Record<string, Record<string, () => unknown>>>}
 */
export async function kept() {
  return {
    'Primitive values': primitives(),
    'Objects': objects(),
    'Arrays, Maps and Sets': collections(),
    'References': references(),
    'Buffers and views': buffers(),
    'Blobs, files and large values': binaries(),
    'Errors': errors(),
    'Geometry': domObjects(),
    'Images': images(),
    'Cryptographic keys': cryptoKeys(),
    'Depth': await depths(),
    'What the platform itself changes': notOurs(),
  };
}
