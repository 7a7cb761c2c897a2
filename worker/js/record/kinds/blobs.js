/** Blob, File and FileList. */

import { FILES } from '../pack-place.js';
import { NO_PAYLOAD, hasFields, prototypesOf } from '../payload.js';
import { Unkept } from '../unkept.js';

/** @typedef {import('../kinds.js').Kind} Kind */

/** @type {Kind[]} */
export const blobKinds = [
  {
    tag: 'blob',
    prototypes: [Blob.prototype],
    pack: (/** @type {Blob} */ blob, place, packer) => {
      const { type } = blob;
      if (!canBeMade(type)) throw new Unkept('', `a Blob of type ${JSON.stringify(type)}`);
      return packer.leaf(place, 'blob', { type, data: packer.bytes(blob, place) });
    },
    unpack: (place, unpacking) => {
      const { payload } = place;
      if (!hasFields(payload, ['type', 'data']) || !canBeMade(payload.type)) return NO_PAYLOAD;
      return unpacking.withContent(place, payload.data, (content) => new Blob([content], { type: payload.type }));
    },
  },
  {
    tag: 'file',
    prototypes: prototypesOf('File'),
    pack: (/** @type {File} */ file, place, packer) => {
      const fault = fileFault(file);
      if (fault !== undefined) throw new Unkept('', fault);
      const { name, type, lastModified } = file;
      return packer.leaf(place, 'file', { name, type, lastModified, data: packer.bytes(file, place) });
    },
    unpack: (place, unpacking) => {
      const { payload } = place;
      if (!hasFields(payload, ['name', 'type', 'lastModified', 'data'])) return NO_PAYLOAD;
      if (typeof payload.name !== 'string' || !canBeMade(payload.type) || !isTime(payload.lastModified)) return NO_PAYLOAD;
      return unpacking.withContent(place, payload.data, (content) => makeFile(payload, content));
    },
  },
  {
    tag: 'filelist',
    prototypes: prototypesOf('FileList'),
    pack: (/** @type {FileList} */ list, place, packer) => {
      const files = Array.from(list);
      for (const file of files) {
        const fault = fileFault(file) ?? packer.unreadable(file);
        if (fault !== undefined) throw new Unkept('', `FileList with ${fault}`);
      }
      return packer.enter(place, 'filelist', files, undefined, FILES);
    },
    unpack: (place, unpacking) => {
      if (!Array.isArray(place.payload)) return NO_PAYLOAD;
      unpacking.wantFileList(place);
      return undefined;
    },
  },
];

/**
 * Whether a Blob can be made that has this type: the constructor lowers its case and takes printable
 * ASCII only. Some Blobs that browsers make themselves, of a form's files for one, have other types.
 * @param {unknown} type
 */
function canBeMade(type) {
  return typeof type === 'string' && /^[ -@[-~]*$/.test(type);
}

/**
 * What lies between the times that a File may have, in milliseconds since the Unix epoch: before 1601 and at the
 * end of the times of Dates Chromium crashes, and it takes the very beginning of 1601 for now.
 */
const TIMES = { after: -11_644_473_600_000, before: 8.64e15 };

/** @param {unknown} time */
function isTime(time) {
  const number = /** @type {number} */ (time);
  return Number.isInteger(time) && TIMES.after < number && number < TIMES.before;
}

/**
 * @param {File} file
 * @returns {string | undefined} why it cannot be kept
 */
function fileFault({ type, lastModified, webkitRelativePath }) {
  if (!isTime(lastModified)) return `a File of the time ${lastModified}`;
  if (!canBeMade(type)) return `a File of type ${JSON.stringify(type)}`;
  return webkitRelativePath === undefined || webkitRelativePath === '' ? undefined : 'a File with a relative path';
}

/**
 * @param {Record<string, any>} payload
 * @param {Blob | ArrayBuffer} content
 */
function makeFile({ name, type, lastModified }, content) {
  const file = new File([content], name, { type, lastModified });
  // A lone surrogate cannot be in a file's name: another character would stand for it. Dates end before whole numbers do.
  return file.name === name && file.lastModified === lastModified ? file : NO_PAYLOAD;
}
