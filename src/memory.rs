//! Doubles of database, codec, storage, page and host in memory, for tests. Each step they take can be made to
//! fail, or to be where a cancel arrives; and they notice what they were promised and did not get.

mod codec;
mod database;
mod journal;
mod page;
mod part_worker;
mod steps;
mod storage;

pub use codec::{MemoryCodec, MigrateLine};
pub use database::{MemoryDatabase, MemoryTable};
pub use journal::MemoryJournal;
pub use page::{MemoryHost, MemoryPage};
pub use part_worker::MemoryPartWorker;
pub use steps::{Steps, Strike};
pub use storage::{MemoryFile, MemoryStorage};
