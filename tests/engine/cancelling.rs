//! How a job hears of a cancel, and what it says at once.

use std::cell::Cell;
use std::future::{pending, ready};
use std::rc::Rc;

use futures::executor::block_on;
use futures::future::join;
use pos_backup::bridge::{Error, ErrorCode, Phase, StatusKind};
use pos_backup::job::{Cancel, Job, Stage, Stop};
use pos_backup::memory::{MemoryHost, Steps};
use pos_backup::storage::ReadAt;

use crate::testkit::world::{BACKUP_ID, World, assets, ok, till};

fn job(cancel: &Cancel) -> (Rc<MemoryHost>, Job) {
    let host = Rc::new(MemoryHost::new(1000.0, &Steps::default()));
    let job = Job::new("j", host.clone(), cancel.clone());
    (host, job)
}

fn stage() -> Stage {
    Stage {
        status: StatusKind::InProgress,
        phase: Phase::Reading,
        message: "Reading the tables.",
        until: 0.5,
        records_total: 10,
        bytes_total: None,
    }
}

#[test]
fn a_cancel_is_said_at_once_and_once() {
    let cancel = Cancel::default();
    let (host, job) = job(&cancel);
    job.enter(stage());
    job.cancel();
    job.cancel();
    assert!(cancel.is_requested());
    let statuses = host.statuses.borrow();
    let phases: Vec<_> = statuses.iter().map(|status| status.phase).collect();
    assert_eq!(phases, [Phase::Starting, Phase::Cancelling]);
    assert_eq!(statuses[1].message, "Cancelling.");
    assert_eq!(statuses[1].eta_ms, None);
    assert!(matches!(job.check_cancel(), Err(Stop::Cancelled)));
}

/// Says when it is dropped.
struct Work(Rc<Cell<bool>>);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

#[test]
fn what_is_waited_for_is_given_up() {
    let (_, job) = job(&Cancel::default());
    let dropped = Rc::new(Cell::new(false));
    let work = Work(Rc::clone(&dropped));
    let waiting = job.or_cancel(async move {
        let _work = work;
        pending::<Result<(), Error>>().await
    });
    let (outcome, ()) = block_on(join(waiting, async { job.cancel() }));
    assert!(matches!(outcome, Err(Stop::Cancelled)));
    assert!(dropped.get());
}

#[test]
fn what_is_done_counts_in_spite_of_a_cancel_at_the_same_time() {
    let (_, job) = job(&Cancel::default());
    let outcome = block_on(job.or_cancel(async {
        job.cancel();
        Ok(7)
    }));
    assert!(matches!(outcome, Ok(7)));
    // But nothing new is begun.
    let begun = Cell::new(false);
    let outcome = block_on(job.or_cancel(async {
        begun.set(true);
        Ok(())
    }));
    assert!(matches!(outcome, Err(Stop::Cancelled)));
    assert!(!begun.get());
}

#[test]
fn a_failure_is_no_cancel() {
    let (_, job) = job(&Cancel::default());
    let failure = Error::new(ErrorCode::DatabaseFailed, "It failed.");
    let outcome = block_on(job.or_cancel(ready(Err::<(), _>(failure.clone()))));
    assert!(matches!(outcome, Err(Stop::Failed(error)) if error == failure));
}

#[test]
fn a_job_gives_way_now_and_then() {
    let steps = Steps::default();
    let host = Rc::new(MemoryHost::new(0.0, &steps));
    let job = Job::new("j", host, steps.cancel());
    for _ in 0..160 {
        assert!(block_on(job.breathe()).is_ok());
    }
    // The clock moves by a millisecond a look; it gives way every 16.
    let pauses = steps.names().len();
    assert!((8..=10).contains(&pauses), "{pauses}");
    job.cancel();
    assert!(matches!(block_on(job.breathe()), Err(Stop::Cancelled)));
}

/// A file that counts how often it is read.
struct Counted<'a>(&'a [u8], Cell<usize>);

impl ReadAt for &Counted<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), Error> {
        self.1.set(self.1.get() + 1);
        self.0.read_at(offset, buffer)
    }
}

#[test]
fn opening_an_archive_of_very_many_entries_gives_way_and_reads_seldom() {
    let world = World::new(till());
    let mut many = assets();
    let files = (0..1000)
        .map(|number| {
            let content: Box<dyn ReadAt> = Box::new(b"content".to_vec());
            (format!("file {number}"), content)
        })
        .collect();
    many.files = Some(files);
    ok(world.backup(Default::default(), many));
    let archive = world.storage.archive(BACKUP_ID).expect("the archive");

    let world = World::new(till());
    let file = Counted(&archive, Cell::new(0));
    ok(world.inspect(&file));
    // A look at the clock for each entry, and a pause after every 16.
    let pauses = world.steps.names().len();
    assert!(pauses > 1000 / 20, "{pauses} pauses");
    assert!(file.1.get() < 100, "{} reads", file.1.get());
}
