//! A second thread that is none: what it is given it does a little later.

use std::cell::Cell;
use std::future::ready;
use std::rc::Rc;
use std::task::Poll;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, poll_fn};

use crate::archive::{Packed, PartInZip};
use crate::part_worker::PartWorker;

/// Works on parts, and counts them. Every third time it says that it has no room.
#[derive(Default)]
pub struct MemoryPartWorker {
    asked: Cell<u32>,
    breaks: bool,
    /// Parts that it has packed.
    pub packed: Rc<Cell<u32>>,
    /// Parts that it has found sound.
    pub sound: Rc<Cell<u32>>,
}

/// Is waited for once.
async fn later() {
    let mut has_waited = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl MemoryPartWorker {
    /// One that breaks down with the first part.
    pub fn breaking() -> Self {
        Self {
            breaks: true,
            ..Self::default()
        }
    }
}

impl PartWorker for MemoryPartWorker {
    fn is_for(&self, _bytes: u64) -> bool {
        true
    }

    fn begin(&self) {}

    fn has_room(&self) -> bool {
        self.asked.set(self.asked.get() + 1);
        !self.asked.get().is_multiple_of(3)
    }

    fn pack(&self, lines: &[u8], level: i32) -> LocalBoxFuture<'static, Option<Packed>> {
        let (lines, breaks, packed) = (lines.to_vec(), self.breaks, Rc::clone(&self.packed));
        async move {
            later().await;
            if breaks {
                return None;
            }
            packed.set(packed.get() + 1);
            Packed::pack_with(&lines, level, ready(None)).await.ok()
        }
        .boxed_local()
    }

    fn is_sound(&self, part: PartInZip) -> LocalBoxFuture<'static, bool> {
        let (breaks, sound) = (self.breaks, Rc::clone(&self.sound));
        async move {
            later().await;
            // As it comes to another thread.
            let said = part.says_json();
            let part = PartInZip::of_json(part.data, &said);
            let lines = part.as_ref().and_then(PartInZip::lines);
            let is_sound = part
                .zip(lines)
                .is_some_and(|(part, lines)| !breaks && part.is_sound(&lines, None));
            sound.set(sound.get() + u32::from(is_sound));
            is_sound
        }
        .boxed_local()
    }
}
