/** A key that JSON cannot say, as it is written in an archive. */
interface WrittenKey {
  v: unknown;
  /** JSON Pointers into `v`, to what stands there. */
  t?: Record<string, unknown>;
}

/** A record's key as a person reads it, out of the form that archives and errors have. */
export function keyText(key: unknown): string {
  if (typeof key === 'string') return key;
  return isWritten(key) ? textAt(key.v, '', key.t ?? {}) : textAt(key, '', {});
}

const isWritten = (key: unknown): key is WrittenKey => typeof key === 'object' && key !== null && 'v' in key;

function textAt(value: unknown, pointer: string, tags: Record<string, unknown>): string {
  if (Array.isArray(value)) {
    return `[${value.map((member, index) => textAt(member, `${pointer}/${index}`, tags)).join(', ')}]`;
  }
  switch (tags[pointer]) {
    case 'date':
      return dateText(value);
    case 'arraybuffer':
      return `bytes ${String(value)}`;
    case 'number':
      return String(value);
    default:
      return JSON.stringify(value) ?? String(value);
  }
}

/** Exact, for it is a key. A file that nobody has checked may call anything a date. */
function dateText(value: unknown): string {
  const date = new Date(typeof value === 'number' ? value : NaN);
  return Number.isNaN(date.getTime()) ? JSON.stringify(value) : date.toISOString();
}
