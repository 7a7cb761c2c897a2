import type { ErrorCode, ErrorContext, ErrorDetails } from './protocol.js';

/**
 * What kind of failure: a code of the worker, `CANCELLED` (of this client only), or one that a
 * newer worker knows and this client does not.
 */
export type BackupErrorCode = ErrorCode | 'CANCELLED' | (string & {});

/** What a {@link BackupError} is made from. */
export interface BackupErrorInit {
  /** What kind of failure this is. */
  code: BackupErrorCode;
  /** What happened, in one sentence. */
  message: string;
  /** What can be done about it. */
  hint: string;
  /** Where it happened, and what was expected and found; nothing by default. */
  context?: ErrorContext;
  /** Whether the same call may succeed later with nothing changed; `false` by default. */
  retryable?: boolean;
}

/**
 * Every failure of a backup, restore, check or connection. Decide by {@link BackupError.code},
 * show {@link Error.message} and {@link BackupError.hint}; docs/errors.md lists the codes.
 */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  /** What kind of failure this is; stable across versions. */
  readonly code: BackupErrorCode;
  /** What can be done about it. */
  readonly hint: string;
  /** Where it happened, and what was expected and found. */
  readonly context: ErrorContext;
  /** Whether the same call may succeed later with nothing changed. */
  readonly retryable: boolean;

  constructor(init: BackupErrorInit, options?: ErrorOptions) {
    super(init.message, options);
    this.code = init.code;
    this.hint = init.hint;
    this.context = init.context ?? {};
    this.retryable = init.retryable ?? false;
  }

  /** The same as a plain object, as the worker writes it. */
  toDetails(): ErrorDetails {
    return {
      // A newer worker's code is passed on as it came.
      code: this.code as ErrorCode,
      message: this.message,
      hint: this.hint,
      context: this.context,
      retryable: this.retryable,
    };
  }
}

/** The worker could not be started, or is no longer there. */
export function workerFailed(message: string, context?: ErrorContext, cause?: unknown): BackupError {
  return new BackupError(
    {
      code: 'WORKER_FAILED',
      message,
      hint:
        "Reload the page; check that the worker's files are served from the same origin and that the " +
        "Content-Security-Policy allows WebAssembly ('wasm-unsafe-eval').",
      context: context ?? {},
      retryable: true,
    },
    withCause(cause),
  );
}

/** The client was closed, and its worker ended. */
export function clientClosed(): BackupError {
  return new BackupError({
    code: 'WORKER_FAILED',
    message: 'The client is closed.',
    hint: 'Call `BackupClient.connect` again.',
  });
}

/** The job was ended by its `cancel()`, by its AbortSignal or by `close()`. */
export function cancelled(reason?: unknown): BackupError {
  return new BackupError(
    {
      code: 'CANCELLED',
      message: 'The job was cancelled.',
      hint: 'Everything is as it was before. Start it again when you like.',
      retryable: true,
    },
    withCause(reason),
  );
}

/** A value of the page that a backup cannot keep as it is. */
export function unsupportedValue(path: string, expected: string, found: unknown): BackupError {
  return new BackupError({
    code: 'UNSUPPORTED_VALUE',
    message: 'A value that the page gave cannot be kept as it is.',
    hint: 'Change the value that `context.path` names, or leave it out of the backup.',
    context: { path, expected, found },
  });
}

/** Whatever was thrown, as a {@link BackupError}; `code` and `hint` are for what is not one yet. */
export function asBackupError(thrown: unknown, code: ErrorCode, hint: string): BackupError {
  if (thrown instanceof BackupError) {
    return thrown;
  }
  const context: ErrorContext = thrown instanceof Error ? { cause: thrown.name } : {};
  return new BackupError({ code, message: messageOf(thrown), hint, context }, withCause(thrown));
}

/** What a thrown value says of itself. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.message !== '' ? thrown.message : String(thrown);
}

function withCause(cause: unknown): ErrorOptions {
  return cause === undefined ? {} : { cause };
}
