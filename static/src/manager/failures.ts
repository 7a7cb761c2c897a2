import type { ErrorDetails } from 'pos-backup';

/**
 * Whatever was thrown, as the details that are shown. The client's errors are known by their
 * fields: its module is loaded only when it is needed, and may not be there.
 */
export function toDetails(thrown: unknown): ErrorDetails {
  const error = thrown as Partial<ErrorDetails> | null;
  if (thrown instanceof Error && typeof error?.code === 'string' && typeof error.hint === 'string') {
    return { code: error.code, message: thrown.message, hint: error.hint, context: error.context ?? {}, retryable: error.retryable === true };
  }
  return {
    code: 'WORKER_FAILED',
    message: thrown instanceof Error ? thrown.message : String(thrown),
    hint: 'Reload the page; check that client.js and worker.js are served beside it.',
    context: {},
    retryable: true,
  };
}

/** Where the client's hint speaks to a developer: what the person at the till can do. */
const TILL_HINT: Partial<Record<ErrorDetails['code'], string>> = {
  UNSUPPORTED_VALUE: 'Back up without such values, or have the record that is named below changed.',
  DATABASE_MISMATCH: 'If you are sure that this is the backup you want here, use it anyway.',
};

/** What the person can do about the error. */
export function hintOf({ code, hint }: ErrorDetails): string {
  return TILL_HINT[code] ?? hint;
}

export function wasCancelled(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown as { code?: unknown }).code === 'CANCELLED';
}

const DAMAGED: ReadonlySet<ErrorDetails['code']> = new Set([
  'NOT_AN_ARCHIVE',
  'ARCHIVE_TRUNCATED',
  'ARCHIVE_DAMAGED',
  'ENTRY_NAME_INVALID',
  'ENTRY_DUPLICATE',
  'ENTRY_MISSING',
  'ENTRY_UNEXPECTED',
  'CHECKSUM_MISMATCH',
  'MANIFEST_INVALID',
  'METADATA_INVALID',
  'SCHEMA_INVALID',
  'RECORD_INVALID',
]);

/** Whether the file is damaged, so that what is whole of it may still be brought back. */
export const saysDamaged = (code: ErrorDetails['code']): boolean => DAMAGED.has(code);
