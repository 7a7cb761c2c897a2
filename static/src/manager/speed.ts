import type { BackupStatus } from 'pos-backup';

const WINDOW_MS = 3_000;
const MIN_WINDOW_MS = 300;

export interface Speed {
  recordsPerSecond: number;
  bytesPerSecond: number;
}

/** How fast a job is going, over its last seconds; each phase counts from nothing. */
export class SpeedMeter {
  #samples: Pick<BackupStatus, 'id' | 'phase' | 'timestamp' | 'recordsDone' | 'bytesDone'>[] = [];

  /** Takes a status and answers the speed, or null while there is too little to tell. */
  measure(status: BackupStatus): Speed | null {
    const last = this.#samples.at(-1);
    if (last && (last.id !== status.id || last.phase !== status.phase || last.recordsDone > status.recordsDone)) this.#samples = [];
    if (last !== undefined && last.timestamp === status.timestamp && this.#samples.length > 0) this.#samples.pop();
    this.#samples.push(status);
    while (this.#samples.length > 2 && (this.#samples[1]?.timestamp ?? 0) <= status.timestamp - WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0];
    if (!first || status.timestamp - first.timestamp < MIN_WINDOW_MS) return null;
    const seconds = (status.timestamp - first.timestamp) / 1_000;
    return {
      recordsPerSecond: (status.recordsDone - first.recordsDone) / seconds,
      bytesPerSecond: (status.bytesDone - first.bytesDone) / seconds,
    };
  }
}
