//! One file per job.

mod backup;
mod difference;
mod hashing;
mod inspect;
mod plan;
mod restore;
mod verify;

pub use backup::{BackupAssets, BackupRequest, backup, select};
pub use inspect::inspect;
pub use plan::{Prepared, RestoreRequest, plan_restore, prepare_restore};
pub use restore::{Page, restore};
pub use verify::verify;
