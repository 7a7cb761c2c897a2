export { BackupClient, type BackupClientEventMap } from './backup-client.js';
export type { ProtocolMessage } from './connection.js';
export { BackupError, type BackupErrorCode, type BackupErrorInit } from './errors.js';
export type { Job, JobEventMap } from './job.js';
export type {
  ApplyAssets,
  AssetOptions,
  ConnectOptions,
  CreateBackupOptions,
  GatherAssets,
  PageAssets,
  PlanRestoreOptions,
  PreviousPageAssets,
  RestoreOptions,
  SignalOption,
} from './options.js';
export type { Persisted } from './persistence.js';
export {
  type AssetsPlan,
  type BackupManifest,
  type BackupMetadata,
  type BackupResult,
  type BackupStatus,
  type Capabilities,
  type Command,
  type Config,
  type Consistency,
  type DatabaseSchema,
  type EntryType,
  type ErrorCode,
  type ErrorContext,
  type ErrorDetails,
  type IndexSchema,
  type Inspection,
  type KeyPath,
  type ManifestEntry,
  type Omission,
  type OnUnsupported,
  type Phase,
  PROTOCOL_VERSION,
  type Recovered,
  type RestoredTable,
  type RecoveredRestore,
  type RestoreOutcome,
  type RestorePlan,
  type RestoreResult,
  type Schema,
  type Source,
  type StatusKind,
  type StoreSchema,
  type PlanExamples,
  type RestoreMode,
  type TablePlan,
  type VerifyReport,
  type Warning,
  type WorkerEvent,
} from './protocol.js';
export type { JobInProgress, JobKind } from './session.js';
export { BACKUP_IN_PROGRESS_KEY, BACKUP_METADATA_KEY, type KeySelection } from './web-storage.js';
