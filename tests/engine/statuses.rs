//! What a job says of itself while it runs.

use std::rc::Rc;

use pos_backup::bridge::{
    BackupOptions, BackupStatus, ErrorCode, Phase, RestoreOptions, StatusKind,
};
use pos_backup::job::{Cancel, Job, Stage, Stop};
use pos_backup::limits::STATUS_EVERY_MS;
use pos_backup::memory::{MemoryHost, MemoryTable, Steps, Strike};

use crate::testkit::world::{BEGIN_MS, World, assets, changed_till, failed, ok, till};

fn long_table() -> Vec<MemoryTable> {
    let lines = (1..=9_000).map(|id| format!("{{\"v\":{{\"id\":{id}}}}}\n"));
    vec![
        MemoryTable::new("long", true, lines.collect()),
        MemoryTable::new("short", true, vec!["{\"v\":{\"id\":1}}\n".to_owned()]),
    ]
}

/// What holds for the statuses of every job.
fn check(statuses: &[BackupStatus], end: StatusKind) {
    let first = &statuses[0];
    assert_eq!(
        (first.status, first.phase),
        (StatusKind::Pending, Phase::Starting)
    );
    assert_eq!(first.progress, 0.0);
    assert!(first.timestamp >= BEGIN_MS);
    for [before, after] in statuses.array_windows() {
        assert_eq!(before.id, after.id);
        assert!(after.progress >= before.progress, "{before:?}\n{after:?}");
        assert!(after.timestamp > before.timestamp);
        assert!((0.0..=1.0).contains(&after.progress));
        assert!(!after.message.is_empty());
        assert!(
            after.timestamp - before.timestamp >= STATUS_EVERY_MS || is_announced(after),
            "{after:?}"
        );
        if let Some(total) = after.bytes_total {
            assert!(after.bytes_done <= total);
        }
        assert!(
            before.status != end || before.phase != Phase::Ended,
            "said to have ended twice"
        );
    }
    let within_a_second = |from: &BackupStatus| {
        let until = from.timestamp + 1000.0;
        statuses
            .iter()
            .filter(|status| (from.timestamp..until).contains(&status.timestamp))
            .count()
    };
    let most = statuses.iter().map(within_a_second).max();
    assert!(most <= Some(20), "{most:?} within a second");
    let last = statuses.last().unwrap();
    assert_eq!((last.status, last.phase), (end, Phase::Ended));
    assert_eq!((last.eta_ms, last.table.as_deref()), (None, None));
    assert_eq!(last.progress == 1.0, end == StatusKind::Completed);
    assert_eq!(last.error.is_some(), end == StatusKind::Failed);
}

/// Said at once, however soon after the last: a turn of the job that a person waits for.
fn is_announced(status: &BackupStatus) -> bool {
    matches!(
        status.phase,
        Phase::Planning
            | Phase::ApplyingAssets
            | Phase::Finishing
            | Phase::Cancelling
            | Phase::RollingBack
            | Phase::Ended
    )
}

fn phases(statuses: &[BackupStatus]) -> Vec<(StatusKind, Phase)> {
    let mut phases: Vec<_> = statuses.iter().map(|s| (s.status, s.phase)).collect();
    phases.dedup();
    phases
}

#[test]
fn a_backup_reads_and_checks() {
    let world = World::new(long_table());
    let backup = ok(world.backup(BackupOptions::default(), assets()));
    let statuses = world.statuses();
    check(&statuses, StatusKind::Completed);
    assert_eq!(
        phases(&statuses),
        [
            (StatusKind::Pending, Phase::Starting),
            (StatusKind::InProgress, Phase::Reading),
            (StatusKind::Validating, Phase::Finishing),
            (StatusKind::Completed, Phase::Ended),
        ]
    );
    let reading: Vec<_> = statuses
        .iter()
        .filter(|s| s.phase == Phase::Reading)
        .collect();
    assert!(reading.len() > 5);
    for status in &reading {
        assert_eq!(status.records_total, 9_001);
        assert!(status.records_done > 0 && status.bytes_done > status.records_done);
        assert_eq!(
            status.table.as_deref(),
            Some("long"),
            "the short one is soon read"
        );
        assert!(status.progress <= 0.85);
        let elapsed_ms = status.timestamp - statuses[0].timestamp;
        let left_ms = elapsed_ms * (1.0 - status.progress) / status.progress;
        let eta_ms = status.eta_ms.expect("an estimate");
        assert!(
            (eta_ms - left_ms).abs() <= 1.0 + left_ms * 0.05,
            "{eta_ms} of {left_ms}"
        );
    }
    let last = statuses.last().unwrap();
    assert_eq!(last.metadata.as_deref(), Some(&backup.metadata));
    assert_eq!(last.message, "Done.");
}

#[test]
fn a_restore_checks_plans_writes_and_hands_over() {
    let archive = World::new(long_table()).archive();
    let world = World::new(long_table());
    let result = ok(world.restore(&archive, RestoreOptions::default()));
    let statuses = world.statuses();
    check(&statuses, StatusKind::Completed);
    let phases = phases(&statuses);
    let expected = [
        (StatusKind::Pending, Phase::Starting),
        (StatusKind::Restoring, Phase::ApplyingAssets),
        (StatusKind::Restoring, Phase::Finishing),
        (StatusKind::Completed, Phase::Ended),
    ];
    let turns: Vec<_> = phases
        .iter()
        .filter(|phase| expected.contains(phase))
        .collect();
    assert_eq!(turns, expected.iter().collect::<Vec<_>>());
    assert_eq!(
        statuses.last().unwrap().metadata.as_deref(),
        Some(&result.metadata)
    );
}

#[test]
fn checking_measures_bytes() {
    let archive = World::new(long_table()).archive();
    let world = World::new(Vec::new());
    ok(world.verify(&archive));
    let statuses = world.statuses();
    check(&statuses, StatusKind::Completed);
    let checking = statuses.iter().filter(|s| s.phase == Phase::Checking);
    for status in checking {
        assert_eq!(status.status, StatusKind::Validating);
        assert!(status.bytes_total > Some(9_000));
    }
}

#[test]
fn a_failure_is_said_with_its_error() {
    let mut world = World::new(till());
    world.storage.quota_bytes = Some(1000);
    let error = failed(world.backup(BackupOptions::default(), assets()));
    assert_eq!(error.code, ErrorCode::QuotaExceeded);
    let statuses = world.statuses();
    check(&statuses, StatusKind::Failed);
    let last = statuses.last().unwrap();
    assert_eq!(last.error.as_deref(), Some(&error));
    assert_eq!(last.message, error.message);
}

#[test]
fn a_restore_that_fails_says_that_it_undoes() {
    let archive = World::new(till()).archive();
    let mut world = World::new(till());
    world.page.refuses = Some("localStorage is full".to_owned());
    let error = failed(world.restore(&archive, RestoreOptions::default()));
    assert_eq!(error.code, ErrorCode::AssetsNotApplied);
    assert_eq!(error.context.found, Some("localStorage is full".into()));
    let statuses = world.statuses();
    check(&statuses, StatusKind::Failed);
    assert!(phases(&statuses).contains(&(StatusKind::Restoring, Phase::RollingBack)));
}

#[test]
fn a_page_that_puts_nothing_back_is_no_clean_end() {
    let archive = World::new(till()).archive();
    let steps = World::new(till());
    ok(steps.restore(&archive, RestoreOptions::default()));
    let commit = steps
        .steps
        .names()
        .iter()
        .position(|name| *name == "commit")
        .unwrap();
    let mut world = World::with_steps(till(), &Steps::strike_at(commit, Strike::Fail));
    world.page.keeps = Some("localStorage is full".to_owned());
    let error = failed(world.restore(&archive, RestoreOptions::default()));
    assert_eq!(error.code, ErrorCode::AssetsNotApplied);
    assert_eq!(error.context.found, Some("localStorage is full".into()));
    assert!(error.hint.contains("may be those of the archive"));
    check(&world.statuses(), StatusKind::Failed);
}

#[test]
fn a_cancel_is_said_while_it_is_undone() {
    let archive = World::new(till()).archive();
    let steps = World::new(changed_till());
    ok(steps.restore(&archive, RestoreOptions::default()));
    let put = steps
        .steps
        .names()
        .iter()
        .position(|name| *name == "put")
        .unwrap();
    let world = World::with_steps(changed_till(), &Steps::strike_at(put, Strike::Cancel));
    let outcome = world.restore(&archive, RestoreOptions::default());
    assert!(matches!(outcome, Err(Stop::Cancelled)));
    let statuses = world.statuses();
    check(&statuses, StatusKind::Cancelled);
    assert!(phases(&statuses).contains(&(StatusKind::Cancelled, Phase::RollingBack)));
    assert_eq!(
        statuses.last().unwrap().message,
        "Cancelled. Everything is as it was."
    );
}

/// A job that expects so many records.
fn reading(records_total: u64) -> (Rc<MemoryHost>, Job) {
    let host = Rc::new(MemoryHost::new(BEGIN_MS, &Steps::default()));
    let job = Job::new("j", host.clone(), Cancel::default());
    job.enter(Stage {
        status: StatusKind::InProgress,
        phase: Phase::Reading,
        message: "Reading the tables.",
        until: 0.8,
        records_total,
        bytes_total: None,
    });
    (host, job)
}

#[test]
fn more_records_than_expected_are_all_told_of() {
    let (host, job) = reading(5);
    job.advance(Some("orders"), 500, 100);
    job.expect_records(1000);
    job.advance(Some("orders"), 250, 100);
    job.announce(StatusKind::InProgress, Phase::Reading, "Still reading.");
    let status = host.statuses.borrow().last().cloned().unwrap();
    assert_eq!((status.records_done, status.records_total), (750, 1000));
}

#[test]
fn fewer_records_than_expected_are_all_of_them() {
    let (host, job) = reading(1_000_000);
    job.advance(Some("queue"), 5, 100);
    job.expect_records(10);
    job.advance(Some("queue"), 5, 100);
    job.announce(StatusKind::InProgress, Phase::Reading, "Still reading.");
    let status = host.statuses.borrow().last().cloned().unwrap();
    assert_eq!((status.records_done, status.records_total), (10, 10));
    assert!((status.progress - 0.8).abs() < 1e-9, "{}", status.progress);
}
