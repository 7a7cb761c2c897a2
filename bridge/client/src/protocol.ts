// Generated from the Rust types in bridge/src by `cargo xtask build`. Do not edit.

/**
 * What the page asks of the worker. Read one with [`Command::from_json`].
 */
export type Command = { "type": "INIT" } & Init | { "type": "CREATE_BACKUP" } & CreateBackup | { "type": "PLAN_RESTORE" } & PlanRestore | { "type": "RESTORE" } & Restore | { "type": "UNDO_RESTORE" } & UndoRestore | { "type": "VERIFY" } & Verify | { "type": "INSPECT" } & Inspect | { "type": "CANCEL" } & Cancel | { "type": "ASSETS_APPLIED" } & AssetsApplied | { "type": "FILE_LIST_MADE" } & FileListMade | { "type": "NULLS_CHECKED" } & NullsChecked;

/**
 * Says which database; the first message.
 */
export type Init = { 
/**
 * What to back up.
 */
config: Config, };

/**
 * What to back up.
 */
export type Config = { 
/**
 * The IndexedDB database of the app.
 */
database: string, 
/**
 * The store in it that holds the queue of pending actions.
 */
actionQueue?: string, 
/**
 * The app's version, kept in every backup.
 */
appVersion: string, 
/**
 * The version of the app's schema; the database's own by default.
 */
schemaVersion?: number, 
/**
 * How archives of older schema versions become ones of this: they are gone through one after another, from the
 * archive's version to the app's.
 */
migrations?: Array<Migration>, };

/**
 * The way from one schema version to a later one. An archive goes it before it is compared with the database; the
 * database itself is never migrated. Its steps come first, in order, then its function.
 */
export type Migration = { 
/**
 * The schema version that it begins with: as `metadata.schemaVersion` says it, and so by default as IndexedDB counts
 * (Dexie's times ten).
 */
from: number, 
/**
 * The one that it leads to.
 */
to: number, 
/**
 * What is done, in this order; nothing by default, as when only indexes differ.
 */
steps?: Array<MigrationStep>, 
/**
 * The URL of a module that the worker imports. Its `migrate({ table, key, value, from, to })` is called for each record
 * after the steps, `table` being the table's name then and `key` the record's key in the archive, and gives the new
 * value, or a promise of it; a record for which it gives `undefined` is left out, and counted.
 */
module?: string, };

/**
 * A step of a migration. `field` is a JSON Pointer into the record (RFC 6901); `*` in it stands for every element of an
 * array, or every property of an object. Records that do not have the field are left as they are.
 */
export type MigrationStep = { "type": "rename-table", 
/**
 * The table.
 */
table: string, 
/**
 * Its new name.
 */
to: string, } | { "type": "drop-table", 
/**
 * The table.
 */
table: string, } | { "type": "add-table", 
/**
 * The table.
 */
table: string, } | { "type": "rename-field", 
/**
 * The table.
 */
table: string, 
/**
 * The field.
 */
field: string, 
/**
 * Its new name: a property's, not a pointer.
 */
to: string, } | { "type": "drop-field", 
/**
 * The table.
 */
table: string, 
/**
 * The field.
 */
field: string, } | { "type": "add-field", 
/**
 * The table.
 */
table: string, 
/**
 * The field.
 */
field: string, 
/**
 * Its value: any JSON value.
 */
default: unknown, } | { "type": "map-values", 
/**
 * The table.
 */
table: string, 
/**
 * The field.
 */
field: string, 
/**
 * Pairs of an old value (a string, number, boolean or null) and the new one, which may be any JSON value. A value
 * that is in none of them stays.
 */
values: [string | number | boolean | null, unknown][], };

/**
 * Backs everything up.
 */
export type CreateBackup = { 
/**
 * The job, chosen by the page.
 */
jobId: string, 
/**
 * How.
 */
options?: BackupOptions, 
/**
 * What lies outside IndexedDB.
 */
assets?: Assets, };

/**
 * How to back up.
 */
export type BackupOptions = { 
/**
 * Only these tables; what lies outside IndexedDB all the same. All tables by default.
 */
tables?: Array<string>, 
/**
 * What the tables are consistent with.
 */
consistency?: Consistency, 
/**
 * What becomes of a value that cannot be kept.
 */
onUnsupported?: OnUnsupported, };

/**
 * What the tables of a backup are consistent with, and so how long a writer may have to wait.
 *
 * - `"snapshot"`: All tables show the same moment; writers wait until all are read.
 * - `"table"`: Each table shows one moment; a writer waits until its table is read.
 * - `"batch"`: Each batch of records shows one moment; a writer waits for one batch at most.
 */
export type Consistency = "snapshot" | "table" | "batch";

/**
 * What becomes of records that the archive does not hold, and of those that it holds otherwise.
 *
 * - `"replace"`: The tables become what the archive holds.
 * - `"merge"`: What the archive holds is put; other records stay.
 * - `"fill"`: What is missing is put; records that are there stay as they are.
 */
export type RestoreMode = "replace" | "merge" | "fill";

/**
 * What of the written tables is checked before they are committed.
 *
 * - `"counts"`: That each has as many records as it is to have.
 * - `"full"`: That each record is what it is to be, or with mode `fill` that it is there: all are read once more.
 */
export type Validate = "counts" | "full";

/**
 * Says what a restore would do.
 */
export type PlanRestore = { 
/**
 * The job, chosen by the page.
 */
jobId: string, 
/**
 * The archive.
 */
source: Source, 
/**
 * How.
 */
options?: RestoreOptions, };

/**
 * Puts an archive's content in place of what is there.
 */
export type Restore = { 
/**
 * The job, chosen by the page.
 */
jobId: string, 
/**
 * The archive.
 */
source: Source, 
/**
 * How.
 */
options?: RestoreOptions, 
/**
 * What lies outside IndexedDB now: put back when the restore is cut off before its commit.
 */
assets?: Assets, };

/**
 * How to restore.
 */
export type RestoreOptions = { 
/**
 * Only these tables, and nothing outside IndexedDB; everything in the archive by default.
 */
tables?: Array<string>, 
/**
 * Accepts an archive made from a database of another name, and restores it into this one.
 */
anyDatabase?: boolean, 
/**
 * What becomes of records that the archive does not hold, and of those that it holds otherwise.
 */
mode?: RestoreMode, 
/**
 * Whether what is replaced is kept for `UNDO_RESTORE`; true by default.
 */
safetyBackup?: boolean, 
/**
 * What of the written tables is checked before they are committed.
 */
validate?: Validate, 
/**
 * Brings back what is whole of a damaged archive, which is refused otherwise. What is missing is listed.
 */
salvage?: boolean, };

/**
 * Brings back what the last restore has replaced, as that restore kept it.
 */
export type UndoRestore = { 
/**
 * The job, chosen by the page.
 */
jobId: string, 
/**
 * How.
 */
options?: UndoOptions, 
/**
 * As for `RESTORE`.
 */
assets?: Assets, };

/**
 * How to undo a restore.
 */
export type UndoOptions = { 
/**
 * Whether what is replaced is kept in its turn, so that the undo can be undone; true by default.
 */
safetyBackup?: boolean, };

/**
 * Checks an archive.
 */
export type Verify = { 
/**
 * The job, chosen by the page.
 */
jobId: string, 
/**
 * The archive.
 */
source: Source, 
/**
 * How.
 */
options?: VerifyOptions, };

/**
 * How to check an archive.
 */
export type VerifyOptions = { 
/**
 * Compares it with the database too: whether the backup is current.
 */
live?: boolean, 
/**
 * Restores it into a scratch database, compares what is there then, and removes that again.
 */
rehearse?: boolean, };

/**
 * Says what an archive holds.
 */
export type Inspect = { 
/**
 * The job, chosen by the page.
 */
jobId: string, 
/**
 * The archive.
 */
source: Source, };

/**
 * Ends a job, at any moment.
 */
export type Cancel = { 
/**
 * The job.
 */
jobId: string, };

/**
 * Answers `APPLY_ASSETS`.
 */
export type AssetsApplied = { 
/**
 * The job.
 */
jobId: string, 
/**
 * What was there before, so that it can be put back.
 */
previous?: Assets, 
/**
 * Why they could not be taken over; nothing must then have been changed.
 */
error?: string, };

/**
 * Answers `MAKE_FILE_LIST`.
 */
export type FileListMade = { 
/**
 * The job.
 */
jobId: string, 
/**
 * A FileList of the files; absent when it could not be made.
 */
list?: FileList, 
/**
 * Why it could not be made.
 */
error?: string, };

/**
 * Answers `CHECK_NULLS`.
 */
export type NullsChecked = { 
/**
 * The job.
 */
jobId: string, 
/**
 * The indexes of the keys, among those asked for, whose records are not null; absent when they
 * could not be read.
 */
notNull?: Array<number>, };

/**
 * An archive: a file, or the id of a backup that the browser keeps.
 */
export type Source = { 
/**
 * Its id.
 */
backupId: string, } | Blob;

/**
 * What the page gives to be backed up.
 *
 * The JSON of localStorage, sessionStorage and config is kept as it came, undecoded, so that
 * strings which are no valid Unicode come back exactly.
 */
export type Assets = { 
/**
 * All of localStorage, key to value.
 */
localStorage?: Record<string, string>, 
/**
 * All of sessionStorage, key to value.
 */
sessionStorage?: Record<string, string>, 
/**
 * Files by name.
 */
files?: Record<string, Blob>, 
/**
 * The app's config: any JSON value.
 */
config?: unknown, };

/**
 * What the worker says to the page.
 */
export type WorkerEvent = { "type": "LOADED", 
/**
 * [`crate::PROTOCOL_VERSION`].
 */
protocolVersion: number, } | { "type": "READY", 
/**
 * [`crate::PROTOCOL_VERSION`].
 */
protocolVersion: number, 
/**
 * What this browser offers.
 */
capabilities: Capabilities, 
/**
 * What was found and mended from a run that did not end.
 */
recovered: Recovered, 
/**
 * The restore that `UNDO_RESTORE` undoes, if there is one.
 */
undoable?: UndoableRestore, } | { "type": "STATUS", 
/**
 * The job.
 */
jobId: string, 
/**
 * How it stands.
 */
status: BackupStatus, } | { "type": "APPLY_ASSETS", 
/**
 * The job.
 */
jobId: string, 
/**
 * What to take over.
 */
assets: RestoredAssets, 
/**
 * Whether these were there before, as the restore is undone.
 */
undo?: boolean, 
/**
 * At a later start, which does not know what the page has taken over: what its storages hold if not `assets`.
 */
instead?: RestoredAssets, } | { "type": "MAKE_FILE_LIST", 
/**
 * The job.
 */
jobId: string, 
/**
 * The files, in order.
 */
files: File[], } | { "type": "CHECK_NULLS", 
/**
 * The job.
 */
jobId: string, 
/**
 * The database.
 */
database: string, 
/**
 * The table.
 */
table: string, 
/**
 * The records' keys, as IndexedDB has them.
 */
keys: IDBValidKey[], } | { "type": "DONE", 
/**
 * The job.
 */
jobId: string, 
/**
 * What it ended with.
 */
result: JobResult, } | { "type": "FAILED", 
/**
 * The job; null for a message that has none.
 */
jobId: string | null, 
/**
 * Why.
 */
error: ErrorDetails, } | { "type": "CANCELLED", 
/**
 * The job.
 */
jobId: string, };

/**
 * What this browser offers.
 */
export type Capabilities = { 
/**
 * Archives are written to and kept on disk (the origin private file system).
 */
opfs: boolean, 
/**
 * One job at a time across all tabs (Web Locks); without it, across this worker only.
 */
locks: boolean, };

/**
 * What was found and mended from a run that did not end.
 */
export type Recovered = { 
/**
 * The `.part` files of unfinished backups that were removed.
 */
removedPartFiles: Array<string>, 
/**
 * The restore that did not end, if there was one.
 */
restore?: RecoveredRestore, };

/**
 * A restore that was cut off: by a crash, or by the page being closed. The tables hold all of the old data or all of the
 * new; what lies outside IndexedDB was brought in line with them.
 */
export type RecoveredRestore = { 
/**
 * Its job.
 */
jobId: string, 
/**
 * When the job began (milliseconds since the Unix epoch).
 */
since: number, 
/**
 * Of the archive that was being restored.
 */
metadata: BackupMetadata, 
/**
 * What became of it.
 */
outcome: RestoreOutcome, 
/**
 * Why the page could not do its part; it is tried again at the next start, and before the next job that writes.
 */
error?: ErrorDetails, };

/**
 * What became of a restore that was cut off.
 *
 * - `"finished"`: All is as the archive has it.
 * - `"undone"`: All is as it was before.
 */
export type RestoreOutcome = "finished" | "undone";

/**
 * A restore that can be undone.
 */
export type UndoableRestore = { 
/**
 * Its job.
 */
jobId: string, 
/**
 * When it was complete (milliseconds since the Unix epoch).
 */
at: number, 
/**
 * Of the archive that was restored.
 */
metadata: BackupMetadata, 
/**
 * The backup of what it replaced.
 */
backupId: string, };

/**
 * What the worker gives back to the page, with the same fields; absent ones stay as they are.
 */
export type RestoredAssets = { 
/**
 * All of localStorage, key to value.
 */
localStorage?: Record<string, string>, 
/**
 * All of sessionStorage, key to value.
 */
sessionStorage?: Record<string, string>, 
/**
 * Files by name.
 */
files?: Record<string, Blob>, 
/**
 * The app's config.
 */
config?: unknown, };

/**
 * How a job stands. `progress` never goes down; the last one of a job says how it ended.
 */
export type BackupStatus = { 
/**
 * The job's id.
 */
id: string, 
/**
 * Where the job stands as a whole.
 */
status: StatusKind, 
/**
 * 0 to 1.
 */
progress: number, 
/**
 * One short sentence for a person.
 */
message: string, 
/**
 * When this was said (milliseconds since the Unix epoch).
 */
timestamp: number, 
/**
 * What the job is doing.
 */
phase: Phase, 
/**
 * The table being worked on.
 */
table?: string, 
/**
 * Records done in this phase.
 */
recordsDone: number, 
/**
 * Records to do in this phase; while tables are read for a backup, about so many.
 */
recordsTotal: number, 
/**
 * Bytes done in this phase, uncompressed.
 */
bytesDone: number, 
/**
 * Bytes to do in this phase, uncompressed, when known.
 */
bytesTotal?: number, 
/**
 * Estimated time left of the whole job, in milliseconds.
 */
etaMs?: number, 
/**
 * The backup's metadata, once they are known.
 */
metadata?: BackupMetadata, 
/**
 * Why it failed.
 */
error?: ErrorDetails, };

/**
 * Where a job stands as a whole.
 *
 * - `"pending"`: Accepted, not begun.
 * - `"in-progress"`: Reading and writing a backup.
 * - `"validating"`: Checking an archive.
 * - `"restoring"`: Writing to the database.
 * - `"completed"`: Ended well.
 * - `"failed"`: Ended with an error.
 * - `"cancelled"`: Ended by `CANCEL`: whatever was begun is, or is being, undone.
 */
export type StatusKind = "pending" | "in-progress" | "validating" | "restoring" | "completed" | "failed" | "cancelled";

/**
 * What a job is doing.
 *
 * - `"starting"`: Waiting for the lock, opening the database and the storage.
 * - `"reading"`: Reading tables and writing them to the archive.
 * - `"checking"`: Reading the finished archive back and checking it.
 * - `"migrating"`: Bringing an archive of an older schema to the app's.
 * - `"planning"`: Comparing the archive with the database.
 * - `"writing"`: Comparing tables with the archive and writing what differs.
 * - `"validating"`: Reading what was written and comparing it with the archive.
 * - `"checking-copy"`: Reading the copy of what is replaced back and checking it.
 * - `"applying-assets"`: Handing localStorage, sessionStorage, config and files to the page.
 * - `"finishing"`: Making the result final: renaming the file, committing the transaction.
 * - `"cancelling"`: `CANCEL` has arrived.
 * - `"rolling-back"`: The browser is undoing what was written.
 * - `"ended"`: Nothing more will happen.
 */
export type Phase = "starting" | "reading" | "checking" | "migrating" | "planning" | "writing" | "validating" | "checking-copy" | "applying-assets" | "finishing" | "cancelling" | "rolling-back" | "ended";

/**
 * What a job ends with; which one it is follows from the command.
 */
export type JobResult = BackupResult | RestorePlan | RestoreResult | VerifyReport | Inspection;

/**
 * Of `CREATE_BACKUP`: a checked archive.
 */
export type BackupResult = { 
/**
 * The backup's id; where the browser has OPFS, a `source` for later commands.
 */
backupId: string, 
/**
 * The archive; disk-backed where the browser has OPFS.
 */
file: File, 
/**
 * The archive's size in bytes, compressed.
 */
archiveBytes: number, 
/**
 * Whether the browser keeps the archive (in OPFS); if not, `file` is the only copy.
 */
stored: boolean, 
/**
 * What the archive holds.
 */
metadata: BackupMetadata, 
/**
 * What the person should know.
 */
warnings: Array<Warning>, 
/**
 * How long the job took, in milliseconds.
 */
durationMs: number, };

/**
 * What restoring an archive would do. Made from a checked archive; nothing is written.
 */
export type RestorePlan = { 
/**
 * The archive's metadata.
 */
metadata: BackupMetadata, 
/**
 * The app's versions: the one that made the archive, and this one.
 */
appVersion: AppVersions, 
/**
 * The database does not exist; it would be created as the archive's was, version and indexes included.
 */
createsDatabase: boolean, 
/**
 * What a damaged archive does not bring back, with `salvage`; absent for one that is whole.
 */
salvage?: SalvageReport, 
/**
 * What migrations make of the archive first, where its schema is an older one. `tables` is about what they make.
 */
migration?: MigrationReport, 
/**
 * What would happen to each table, in the archive's order; the action queue is one of them.
 */
tables: Array<TablePlan>, 
/**
 * What would happen outside IndexedDB.
 */
assets: AssetsPlan, 
/**
 * What keeping the replaced data takes, unless that is declined or there is no database.
 */
safetyBackup?: SafetyPlan, 
/**
 * What the person should know before going on.
 */
warnings: Array<Warning>, };

/**
 * The app's versions.
 */
export type AppVersions = { 
/**
 * The one that made the archive.
 */
archive: string, 
/**
 * The one that restores it, as it said at `INIT`.
 */
app: string, 
/**
 * What the archive's is, beside the app's.
 */
archiveIs: VersionOrder, };

/**
 * What one version is beside another, as far as both are numbers with dots between them (<https://semver.org>).
 *
 * - `"older"`: An earlier one.
 * - `"same"`: The same.
 * - `"newer"`: A later one.
 * - `"other"`: Another one; which is later, they do not say.
 */
export type VersionOrder = "older" | "same" | "newer" | "other";

/**
 * What a restore with `salvage: true` does not bring back, because the archive is damaged. What the database, or the page,
 * has in its place stays: in a table that lacks a part, records between the part before it and the part after it are not
 * deleted.
 */
export type SalvageReport = { 
/**
 * Whether this is known to be all: not where the archive's manifest is lost and it does not say how many records a
 * table had.
 */
complete: boolean, 
/**
 * What is missing, in the archive's order; at most 10,000 of it.
 */
missing: Array<Missing>, 
/**
 * How much more is missing than is listed.
 */
unlisted: number, };

/**
 * Something that is missing: an entry of the archive, or one record of it.
 */
export type Missing = { 
/**
 * The entry; of several at the end of a table of which only the number of records is known, the first.
 */
entry: string, 
/**
 * The table that it is of.
 */
table?: string, 
/**
 * How many records are missing, where that is known.
 */
records?: number, 
/**
 * Key of the first record of a part that is missing, as `docs/format.md` writes keys.
 */
firstKey?: unknown, 
/**
 * Key of the last one.
 */
lastKey?: unknown, 
/**
 * Key of a record that is missing by itself, where it is known.
 */
key?: unknown, 
/**
 * What is wrong with it.
 */
error: ErrorDetails, };

/**
 * What migrations make of an archive on its way into the database.
 */
export type MigrationReport = { 
/**
 * The schema versions by which it goes, from the archive's to the app's.
 */
versions: Array<number>, 
/**
 * What becomes of each table: those of the archive in its order, then those that are added.
 */
tables: Array<MigratedTable>, };

/**
 * What migrations make of a table.
 */
export type MigratedTable = { 
/**
 * Its name in the archive; absent when it is added.
 */
archived?: string, 
/**
 * Its name in the database; absent when it is left out.
 */
table?: string, 
/**
 * Records that the archive holds of it.
 */
records: number, 
/**
 * Records that are others afterwards.
 */
changed: number, 
/**
 * Records that a function leaves out.
 */
removed: number, 
/**
 * Keys of some of them.
 */
examples: MigrationExamples, };

/**
 * The first few keys of each kind, as the archive has them. Very long ones are not shown.
 */
export type MigrationExamples = { 
/**
 * Of records that are others afterwards.
 */
changed: unknown[], 
/**
 * Of records that are left out.
 */
removed: unknown[], };

/**
 * What the backup of the replaced data takes.
 */
export type SafetyPlan = { 
/**
 * About so many bytes, compressed.
 */
bytes: number, 
/**
 * Whether the browser has room for them; if not, a warning says so too.
 */
fits: boolean, };

/**
 * The first few keys of each kind of change, as `docs/format.md` writes keys. Very long ones are not shown.
 */
export type PlanExamples = { 
/**
 * Of records that would be written and are not there.
 */
add: unknown[], 
/**
 * Of records that would be overwritten.
 */
change: unknown[], 
/**
 * Of records that would be removed.
 */
delete: unknown[], };

/**
 * What would happen to one table. The database then holds `unchanged + add + change` records.
 */
export type TablePlan = { 
/**
 * The table.
 */
table: string, 
/**
 * Records left as they are.
 */
unchanged: number, 
/**
 * Records written that are not there, or that are cleared first.
 */
add: number, 
/**
 * Records overwritten in place.
 */
change: number, 
/**
 * Records removed.
 */
delete: number, 
/**
 * Keys of some of them.
 */
examples: PlanExamples, };

/**
 * What would happen outside IndexedDB.
 */
export type AssetsPlan = { 
/**
 * localStorage would be replaced.
 */
localStorage: boolean, 
/**
 * sessionStorage would be replaced.
 */
sessionStorage: boolean, 
/**
 * The config would be handed to the page.
 */
config: boolean, 
/**
 * These files would be handed to the page.
 */
files: Array<string>, };

/**
 * Of `RESTORE` and `UNDO_RESTORE`.
 */
export type RestoreResult = { 
/**
 * The archive's metadata.
 */
metadata: BackupMetadata, 
/**
 * The app's versions: the one that made the archive, and this one.
 */
appVersion: AppVersions, 
/**
 * What a damaged archive did not bring back, with `salvage`; absent for one that is whole.
 */
salvage?: SalvageReport, 
/**
 * What migrations made of the archive first, where its schema was an older one.
 */
migration?: MigrationReport, 
/**
 * What was written, table by table.
 */
tables: Array<RestoredTable>, 
/**
 * What was there before, unless that was declined or there was no database.
 */
safetyBackup?: SafetyBackup, 
/**
 * What the person should know.
 */
warnings: Array<Warning>, 
/**
 * How long the job took, in milliseconds.
 */
durationMs: number, };

/**
 * A backup of what a restore has replaced: the tables concerned and, where they were replaced, what lies outside
 * IndexedDB. `UNDO_RESTORE` brings it back; the next restore's takes its place.
 */
export type SafetyBackup = { 
/**
 * Its id; where the browser has OPFS, a `source` for later commands.
 */
backupId: string, 
/**
 * The archive; disk-backed where the browser has OPFS.
 */
file: File, 
/**
 * The archive's size in bytes, compressed.
 */
archiveBytes: number, 
/**
 * Whether the browser keeps the archive (in OPFS); if not, `file` is the only copy, and `UNDO_RESTORE` knows none.
 */
stored: boolean, };

/**
 * What was written to one table.
 */
export type RestoredTable = { 
/**
 * The table.
 */
table: string, 
/**
 * Records that it now holds.
 */
records: number, 
/**
 * Bytes of their lines in the archive.
 */
bytes: number, 
/**
 * How long writing it took, in milliseconds.
 */
durationMs: number, 
/**
 * Records that were left as they were.
 */
unchanged: number, 
/**
 * Records written that were not there.
 */
add: number, 
/**
 * Records overwritten.
 */
change: number, 
/**
 * Records removed.
 */
delete: number, };

/**
 * Of `VERIFY`: the archive is whole; a damaged one ends with `FAILED`, and so does one that did not pass its rehearsal.
 */
export type VerifyReport = { 
/**
 * The archive's metadata.
 */
metadata: BackupMetadata, 
/**
 * Entries checked.
 */
entries: number, 
/**
 * Records decoded.
 */
records: number, 
/**
 * Bytes checked, uncompressed.
 */
bytes: number, 
/**
 * Whether the file as a whole, container included, is what was written (the archive's seal);
 * false for an archive that another tool has packed anew.
 */
sealed: boolean, 
/**
 * What the database holds otherwise, if that was asked for.
 */
live?: LiveComparison, 
/**
 * When this backup was last proven restorable by a rehearsal in this browser (milliseconds since the Unix epoch).
 */
rehearsedAt?: number, 
/**
 * How long the job took, in milliseconds.
 */
durationMs: number, };

/**
 * An archive beside the database.
 */
export type LiveComparison = { 
/**
 * Whether the archive's tables hold exactly what the database's do.
 */
current: boolean, 
/**
 * What a restore would do to each table, in the archive's order.
 */
tables: Array<TablePlan>, };

/**
 * Of `INSPECT`: what an archive says of itself. Its contents are not checked.
 */
export type Inspection = { 
/**
 * The archive's metadata.
 */
metadata: BackupMetadata, 
/**
 * The database's shape.
 */
schema: Schema, 
/**
 * The archive's size in bytes, compressed.
 */
archiveBytes: number, 
/**
 * The number of entries.
 */
entries: number, 
/**
 * As in the report of `VERIFY`.
 */
rehearsedAt?: number, };

/**
 * Something the person should know although the job succeeded.
 */
export type Warning = { 
/**
 * The code of the error that it would have been, if any.
 */
code?: ErrorCode, 
/**
 * What there is to know.
 */
message: string, 
/**
 * The table concerned.
 */
table?: string, };

/**
 * What a backup holds (`metadata.json`).
 */
export type BackupMetadata = { 
/**
 * The archive format's version, `major.minor`.
 */
version: string, 
/**
 * The backup's id.
 */
id: string, 
/**
 * When the backup began (milliseconds since the Unix epoch).
 */
timestamp: number, 
/**
 * The app's version, as `INIT` gave it.
 */
appVersion: string, 
/**
 * The version of the app's schema: `INIT`'s, or else the database's.
 */
schemaVersion: number, 
/**
 * The database's name.
 */
database: string, 
/**
 * What the tables are consistent with.
 */
consistency: Consistency, 
/**
 * SHA-256 over the entries, without this one and the manifest (see the format's description).
 */
checksum: string, 
/**
 * The sum of those entries' sizes in bytes, uncompressed.
 */
size: number, 
/**
 * Records per table, the action queue not among them.
 */
tables: { [key in string]: number }, 
/**
 * Records in the action queue.
 */
actionQueueCount: number, 
/**
 * The files kept: `localStorage.json`, `sessionStorage.json` and the names the page gave.
 */
fileAssets: Array<string>, 
/**
 * Whether the app's config is kept.
 */
config: boolean, 
/**
 * Values left out because they cannot be kept.
 */
omissions: Array<Omission>, };

/**
 * A value left out of a backup because it cannot be kept.
 */
export type Omission = { 
/**
 * The table.
 */
table: string, 
/**
 * The record's key, as it is written in an archive.
 */
key: unknown, 
/**
 * JSON Pointer (RFC 6901) to the value.
 */
path: string, 
/**
 * What was found there.
 */
found: string, };

/**
 * What becomes of a value that an archive cannot keep.
 *
 * - `"fail"`: The backup fails with `UNSUPPORTED_VALUE`.
 * - `"omit"`: It is left out and listed in the metadata's `omissions`.
 */
export type OnUnsupported = "fail" | "omit";

/**
 * The list of an archive's entries with their checksums (`manifest.json`).
 */
export type BackupManifest = { 
/**
 * The archive format's version, `major.minor`.
 */
version: string, 
/**
 * When the backup began (milliseconds since the Unix epoch).
 */
timestamp: number, 
/**
 * SHA-256 over all entries (see the format's description).
 */
checksum: string, 
/**
 * Every entry but `manifest.json`, in the archive's order.
 */
entries: Array<ManifestEntry>, };

/**
 * One entry of an archive.
 */
export type ManifestEntry = { 
/**
 * The entry's name in the ZIP.
 */
path: string, 
/**
 * SHA-256 of the uncompressed content, in lower-case hexadecimal.
 */
checksum: string, 
/**
 * Uncompressed size in bytes.
 */
size: number, 
/**
 * What the entry is.
 */
type: EntryType, 
/**
 * The table of a part.
 */
table?: string, 
/**
 * The number of records in a part.
 */
records?: number, 
/**
 * The first key of a part.
 */
firstKey?: unknown, 
/**
 * The last key of a part.
 */
lastKey?: unknown, };

/**
 * What an entry is.
 *
 * - `"database"`: A part of a table, or a large value of one.
 * - `"file"`: localStorage, sessionStorage or a user's file.
 * - `"config"`: The config, the schema and the metadata.
 * - `"action-queue"`: A part of the action queue.
 */
export type EntryType = "database" | "file" | "config" | "action-queue";

/**
 * The database's shape (`schema.json`).
 */
export type Schema = { 
/**
 * The database.
 */
database: DatabaseSchema, 
/**
 * The store that holds the queue of pending actions.
 */
actionQueue?: string, 
/**
 * The stores in the archive, in the database's order.
 */
stores: Array<StoreSchema>, 
/**
 * Whether the database has stores that the archive lacks.
 */
partial?: boolean, };

/**
 * The database's name and version.
 */
export type DatabaseSchema = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its version, as IndexedDB counts (Dexie's times ten): at most 2⁵³ − 1.
 */
version: number, };

/**
 * One object store.
 */
export type StoreSchema = { 
/**
 * Its name.
 */
name: string, 
/**
 * Where in the record the key is; null when keys are out of line.
 */
keyPath: KeyPath | null, 
/**
 * Whether it generates keys.
 */
autoIncrement: boolean, 
/**
 * The next key it will generate, where it generates any.
 */
nextKey?: number, 
/**
 * Its indexes.
 */
indexes: Array<IndexSchema>, };

/**
 * A key path: one path, or the several of a compound key.
 */
export type KeyPath = string | Array<string>;

/**
 * One index of a store.
 */
export type IndexSchema = { 
/**
 * Its name.
 */
name: string, 
/**
 * What it indexes.
 */
keyPath: KeyPath, 
/**
 * Whether two records may not share a key.
 */
unique: boolean, 
/**
 * Whether an array adds an entry per element.
 */
multiEntry: boolean, };

/**
 * A failure with a stable code, its context and a way out.
 */
export type ErrorDetails = { 
/**
 * What kind of failure this is; stable across versions.
 */
code: ErrorCode, 
/**
 * What happened, for a person.
 */
message: string, 
/**
 * What can be done about it.
 */
hint: string, 
/**
 * Where it happened, and what was expected and found.
 */
context: ErrorContext, 
/**
 * Whether the same call may succeed later with nothing changed.
 */
retryable: boolean, };

/**
 * What kind of failure; stable across versions.
 *
 * - `"INVALID_MESSAGE"`: The message has no known `type`, or a field of it is missing, unknown or of the wrong type.
 * - `"NOT_INITIALIZED"`: A command came before `INIT`.
 * - `"MIGRATION_FAILED"`: A migration that the app registered did not come to its end, or makes records that the database cannot take.
 * - `"TABLE_NOT_FOUND"`: `options.tables` names a table that is not there.
 * - `"NOT_AN_ARCHIVE"`: The file is no ZIP archive at all.
 * - `"ARCHIVE_TRUNCATED"`: The archive ends too early.
 * - `"ARCHIVE_DAMAGED"`: The archive's structure is broken or was changed.
 * - `"ENTRY_NAME_INVALID"`: An entry's name is not one an archive may hold.
 * - `"ENTRY_DUPLICATE"`: Two entries have the same name.
 * - `"ENTRY_MISSING"`: The manifest lists an entry that is not in the archive.
 * - `"ENTRY_UNEXPECTED"`: The archive holds an entry that the manifest does not list.
 * - `"CHECKSUM_MISMATCH"`: An entry's content is not what the manifest says.
 * - `"MANIFEST_INVALID"`: `manifest.json` is missing or cannot be understood.
 * - `"METADATA_INVALID"`: `metadata.json` is missing or cannot be understood.
 * - `"SCHEMA_INVALID"`: `schema.json` is missing or cannot be understood.
 * - `"RECORD_INVALID"`: A record's line cannot be decoded.
 * - `"FORMAT_TOO_NEW"`: The archive's format is newer than this version can read.
 * - `"SCHEMA_TOO_NEW"`: The archive was made by a newer version of the app's database.
 * - `"MIGRATION_MISSING"`: The archive is older than the app's database, and no migration leads from it.
 * - `"SCHEMA_MISMATCH"`: The archive's tables do not fit the database's.
 * - `"DATABASE_MISMATCH"`: The archive was made from a database of another name.
 * - `"UNSUPPORTED_VALUE"`: A value cannot be kept in an archive.
 * - `"VALUE_TOO_LARGE"`: A value or record is larger than the limit.
 * - `"BACKUP_NOT_FOUND"`: The stored backup is not there.
 * - `"DATABASE_NOT_FOUND"`: The database does not exist.
 * - `"BACKUP_IN_PROGRESS"`: Another backup or restore of this database is running, perhaps in another tab.
 * - `"QUOTA_EXCEEDED"`: The browser's storage is full.
 * - `"DATABASE_FAILED"`: The browser refused or failed a database operation.
 * - `"DATABASE_BLOCKED"`: Another tab holds the database so that it cannot be opened.
 * - `"STORAGE_FAILED"`: The browser refused or failed a storage operation.
 * - `"VALIDATION_FAILED"`: After writing, the database did not hold what the archive holds.
 * - `"ASSETS_NOT_APPLIED"`: The page did not take over the restored localStorage, sessionStorage, config or files.
 * - `"WORKER_FAILED"`: The worker could not be started, or stopped answering, or the client was closed.
 * - `"INTERNAL"`: A defect of this software.
 */
export type ErrorCode = "INVALID_MESSAGE" | "NOT_INITIALIZED" | "MIGRATION_FAILED" | "TABLE_NOT_FOUND" | "NOT_AN_ARCHIVE" | "ARCHIVE_TRUNCATED" | "ARCHIVE_DAMAGED" | "ENTRY_NAME_INVALID" | "ENTRY_DUPLICATE" | "ENTRY_MISSING" | "ENTRY_UNEXPECTED" | "CHECKSUM_MISMATCH" | "MANIFEST_INVALID" | "METADATA_INVALID" | "SCHEMA_INVALID" | "RECORD_INVALID" | "FORMAT_TOO_NEW" | "SCHEMA_TOO_NEW" | "MIGRATION_MISSING" | "SCHEMA_MISMATCH" | "DATABASE_MISMATCH" | "UNSUPPORTED_VALUE" | "VALUE_TOO_LARGE" | "BACKUP_NOT_FOUND" | "DATABASE_NOT_FOUND" | "BACKUP_IN_PROGRESS" | "QUOTA_EXCEEDED" | "DATABASE_FAILED" | "DATABASE_BLOCKED" | "STORAGE_FAILED" | "VALIDATION_FAILED" | "ASSETS_NOT_APPLIED" | "WORKER_FAILED" | "INTERNAL";

/**
 * Where a failure happened, and what was expected and found. Every field is optional.
 */
export type ErrorContext = { 
/**
 * The database.
 */
database?: string, 
/**
 * The table (object store).
 */
table?: string, 
/**
 * The record's key, as it is written in an archive.
 */
key?: unknown, 
/**
 * JSON Pointer (RFC 6901) to the value in its record, message or document.
 */
path?: string, 
/**
 * The archive's entry, or the storage's file.
 */
entry?: string, 
/**
 * The line of the entry, counted from 1.
 */
line?: number, 
/**
 * The migration that was under way.
 */
migration?: SchemaVersions, 
/**
 * What was expected.
 */
expected?: unknown, 
/**
 * What was found instead.
 */
found?: unknown, 
/**
 * The browser's own error behind this one: the name of the DOMException.
 */
cause?: string, 
/**
 * When the job that stands in the way began (milliseconds since the Unix epoch).
 */
since?: number, };

/**
 * A migration, by its schema versions.
 */
export type SchemaVersions = { 
/**
 * The one that it begins with.
 */
from: number, 
/**
 * The one that it leads to.
 */
to: number, };

/** The version of this protocol. */
export const PROTOCOL_VERSION = 1;
