import type { BackupClient, Consistency, ErrorDetails, Job, JobKind, OnUnsupported, PlanRestoreOptions } from 'pos-backup';
import { archiveName } from '../domain/archiveName';
import { refreshEverything } from '../state/dataEpoch';
import { shopState } from '../state/shop';
import { resumeUnsavedSales } from '../till/saleWriter';
import { announce } from '../ui/announce';
import { connectedClient, currentAssets } from './connect';
import { saysDamaged, toDetails, wasCancelled } from './failures';
import { readLastBackup } from './lastBackup';
import { cancelledTitle, DONE_TITLE } from './texts';
import { changeManager, managerState, statusState, type ChosenArchive } from './managerState';

let running: { cancel: () => void } | null = null;

interface JobPlan<Result> {
  kind: JobKind;
  start: (client: BackupClient) => Job<Result> | Promise<Job<Result>>;
  done: (result: Result) => void;
  /** After the job, however it ended. */
  always?: () => void;
  retry: () => void;
  acceptOtherDatabase?: () => void;
  /** The same without the values that cannot be kept. */
  leaveOut?: () => void;
  /** The same with what is whole of a damaged file. */
  salvage?: () => void;
}

/** Runs one job and keeps what the views show of it; what goes wrong ends in the state, not here. */
async function run<Result>({ kind, start, done, always, retry, acceptOtherDatabase, leaveOut, salvage }: JobPlan<Result>): Promise<void> {
  if (managerState.get().job) return;
  statusState.set(null);
  changeManager({ job: { kind, startedAt: Date.now(), cancelAsked: false }, outcome: null, failure: null });
  const listening = new AbortController();
  try {
    const client = await connectedClient();
    const job = await start(client);
    running = job;
    if (managerState.get().job?.cancelAsked) job.cancel();
    statusState.set(job.status);
    job.addEventListener('status', (event) => statusState.set(event.detail), { signal: listening.signal });
    const result = await job.result;
    changeManager({ job: null });
    done(result);
    if (kind !== 'inspect' && kind !== 'plan') announce(DONE_TITLE[kind]);
  } catch (error) {
    if (wasCancelled(error)) {
      changeManager({ job: null, outcome: { kind: 'cancelled', job: kind } });
      announce(cancelledTitle(kind));
    } else {
      const details = toDetails(error);
      const onlyFor = (code: ErrorDetails['code'], wayOut?: () => void) => (details.code === code && wayOut ? wayOut : null);
      const waysOut = {
        acceptOtherDatabase: onlyFor('DATABASE_MISMATCH', acceptOtherDatabase),
        leaveOut: onlyFor('UNSUPPORTED_VALUE', leaveOut),
        salvage: saysDamaged(details.code) && salvage ? salvage : null,
      };
      changeManager({ job: null, failure: { during: kind, error: details, retry, ...waysOut } });
    }
  } finally {
    listening.abort();
    running = null;
    statusState.set(null);
    always?.();
  }
}

export function cancelJob(): void {
  managerState.update((state) => (state.job ? { ...state, job: { ...state.job, cancelAsked: true } } : state));
  running?.cancel();
}

export function backUp(consistency: Consistency, onUnsupported: OnUnsupported = 'fail'): Promise<void> {
  return run({
    kind: 'backup',
    start: async (client) => client.createBackup({ consistency, onUnsupported, ...(await currentAssets()) }),
    done: (result) => {
      const { file, metadata, archiveBytes, stored } = result;
      const name = archiveName(shopState.get().config.name, metadata);
      const kept = { file, name, metadata, archiveBytes, stored };
      changeManager({ outcome: { kind: 'backup', result, name }, backups: [kept, ...managerState.get().backups] });
    },
    always: readLastBackup,
    retry: () => void backUp(consistency, onUnsupported),
    leaveOut: () => void backUp(consistency, 'omit'),
  });
}

/** Takes a file to look at, and reads what it says of itself. */
export function chooseArchive(file: File, name = file.name): Promise<void> {
  if (managerState.get().job) return Promise.resolve();
  changeManager({ archive: newlyChosen(file, name) });
  return run({
    kind: 'inspect',
    start: (client) => client.inspect(file),
    done: (inspection) => changeArchive(file, { inspection }),
    retry: () => void chooseArchive(file, name),
    salvage: () => void planArchive({ ...archiveOf(file, name), salvage: true }),
  });
}

export function verifyArchive({ file, name }: ChosenArchive): Promise<void> {
  return run({
    kind: 'verify',
    start: (client) => client.verify(file),
    done: (report) => {
      changeArchive(file, { whole: true });
      changeManager({ outcome: { kind: 'verify', report, name } });
    },
    retry: () => void verifyArchive(archiveOf(file, name)),
    salvage: () => void planArchive({ ...archiveOf(file, name), salvage: true }),
  });
}

/** Checks the file and works out what restoring it would do; asking comes next. */
export function planArchive(archive: ChosenArchive, anyDatabase = archive.anyDatabase): Promise<void> {
  const { file } = archive;
  return run({
    kind: 'plan',
    start: (client) => client.planRestore(file, optionsOf(archive, anyDatabase)),
    done: (plan) => changeArchive(file, { plan, anyDatabase, salvage: archive.salvage, whole: plan.salvage === undefined }),
    retry: () => void planArchive(archive, anyDatabase),
    acceptOtherDatabase: () => void planArchive(archive, true),
    ...(!archive.salvage && { salvage: () => void planArchive({ ...archive, salvage: true }, anyDatabase) }),
  });
}

export function restoreArchive(archive: ChosenArchive): Promise<void> {
  const { file, name, anyDatabase } = archive;
  changeArchive(file, { plan: null });
  return run({
    kind: 'restore',
    start: (client) => client.restore(file, optionsOf(archive, anyDatabase)),
    done: (result) => changeManager({ outcome: { kind: 'restore', result, name } }),
    always: refreshAll,
    // What is there may have changed since: the plan is made anew, and asked about again.
    retry: () => void planArchive(archiveOf(file, name), anyDatabase),
  });
}

/** Works out what undoing the last restore would do; asking comes next. */
export function planUndo(): Promise<void> {
  const { undoable } = managerState.get();
  if (!undoable) return Promise.resolve();
  return run({
    kind: 'plan',
    start: (client) => client.planRestore({ backupId: undoable.backupId }),
    done: (undoPlan) => changeManager({ undoPlan }),
    retry: () => void planUndo(),
  });
}

export function undoRestore(): Promise<void> {
  changeManager({ undoPlan: null });
  return run({
    kind: 'undo',
    start: (client) => client.undoRestore(),
    done: (result) => changeManager({ outcome: { kind: 'undo', result } }),
    always: refreshAll,
    retry: () => void planUndo(),
  });
}

/** After a restore, however it ended. */
function refreshAll(): void {
  refreshEverything();
  resumeUnsavedSales();
  // A failure is shown by the connection's state.
  connectedClient().then(({ undoable }) => changeManager({ undoable }), () => {});
}

export function changeRestoreOptions(archive: ChosenArchive, change: Partial<Pick<ChosenArchive, 'mode' | 'keepsCopy'>>): void {
  changeArchive(archive.file, change);
}

function optionsOf({ mode, keepsCopy, salvage }: ChosenArchive, anyDatabase: boolean): PlanRestoreOptions {
  return { mode, safetyBackup: keepsCopy, salvage, ...(anyDatabase && { anyDatabase }) };
}

export function forgetPlan(): void {
  changeManager({ undoPlan: null });
  const { archive } = managerState.get();
  if (archive) changeArchive(archive.file, { plan: null });
}

export function forgetArchive(): void {
  changeManager({ archive: null, failure: null, outcome: null });
}

export function dismiss(): void {
  changeManager({ failure: null, outcome: null });
}

function archiveOf(file: File, name: string): ChosenArchive {
  const { archive } = managerState.get();
  return archive?.file === file ? archive : newlyChosen(file, name);
}

function newlyChosen(file: File, name: string): ChosenArchive {
  return { file, name, inspection: null, whole: false, plan: null, anyDatabase: false, salvage: false, mode: 'replace', keepsCopy: true };
}

function changeArchive(file: File, change: Partial<ChosenArchive>): void {
  managerState.update((state) => (state.archive?.file === file ? { ...state, archive: { ...state.archive, ...change } } : state));
}
