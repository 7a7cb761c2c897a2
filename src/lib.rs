//! The engine of pos-backup: backup, restore, plan, verify and inspect as jobs over traits.
//!
//! It names no browser type. The worker gives it an IndexedDB ([`database`]), a place for archives
//! ([`storage`]) and a page ([`job::Host`]); the tests give it doubles in memory
//! (feature `memory`).

#![allow(
    async_fn_in_trait,
    reason = "everything here runs on the worker's one thread"
)]

pub mod archive;
pub mod codec;
pub mod database;
pub mod job;
pub mod jobs;
pub mod journal;
pub mod limits;
#[cfg(any(test, feature = "memory"))]
pub mod memory;
pub mod page;
pub mod part_worker;
pub mod storage;

pub use pos_backup_bridge as bridge;
pub use pos_backup_record as record;
