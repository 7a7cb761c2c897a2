//! Somebody who works on whole parts of tables, beside the thread that reads and writes them.

use futures::future::LocalBoxFuture;

use crate::archive::{Packed, PartInZip};

/// A thread of its own, where there is one. What it is given it does in that order. Should it break down, whoever asks does the
/// work.
pub trait PartWorker {
    /// Whether it is worth asking for a job of so many bytes.
    fn is_for(&self, bytes: u64) -> bool;

    /// Begins, if it has not: that takes it some time.
    fn begin(&self);

    /// Whether another part is welcome now. If not, whoever has it had better do the work. To ask for the first time is to begin.
    fn has_room(&self) -> bool;

    /// Begins at once to compress lines, of [`WHOLE_PART_MAX_BYTES`](crate::limits::WHOLE_PART_MAX_BYTES) at most, with this deflate level. `None` when it breaks down.
    fn pack(&self, lines: &[u8], level: i32) -> LocalBoxFuture<'static, Option<Packed>>;

    /// Begins at once to check a part, and says whether it is sound. If not, or if it has records that cannot be judged
    /// by themselves, or when this breaks down, whoever asks has to look at it.
    fn is_sound(&self, part: PartInZip) -> LocalBoxFuture<'static, bool>;
}
