//! One file per job.

mod backup;
mod chunks;
mod difference;
mod hashing;
mod inspect;
mod migrate;
mod plan;
mod prepare;
mod recover;
mod rehearse;
mod restore;
mod verify;
mod waiting;

pub use backup::{BackupAssets, BackupRequest, backup, select};
pub use hashing::Hashing;
pub use inspect::inspect;
pub use plan::plan_restore;
pub use prepare::{Prepared, RestoreRequest, prepare_restore};
pub use recover::recover;
pub use restore::restore;
pub use verify::{VerifyRequest, verify};
