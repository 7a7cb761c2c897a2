//! The figures behind a [`BackupStatus`].

use pos_backup_bridge::{BackupMetadata, BackupStatus, Phase, StatusKind};

use super::{Outcome, Stage, Stop};
use crate::limits::STATUS_EVERY_MS;

/// No estimate before this much is done, 0 to 1: it would jump about.
const ESTIMATE_FROM: f64 = 0.02;

#[derive(Debug)]
pub(super) struct Progress {
    status: BackupStatus,
    /// The progress at which the present stage began.
    from: f64,
    until: f64,
    started_at_ms: f64,
    said_at_ms: f64,
}

impl Progress {
    pub(super) fn new(id: &str, now_ms: f64) -> Self {
        Self {
            status: BackupStatus::pending(id, now_ms),
            from: 0.0,
            until: 0.0,
            started_at_ms: now_ms,
            said_at_ms: now_ms,
        }
    }

    pub(super) fn id(&self) -> &str {
        &self.status.id
    }

    pub(super) fn enter(&mut self, stage: Stage) {
        let status = &mut self.status;
        // The last stage may have ended early.
        self.from = status.progress;
        self.until = stage.until.max(self.from);
        status.status = stage.status;
        status.phase = stage.phase;
        stage.message.clone_into(&mut status.message);
        status.table = None;
        status.records_done = 0;
        status.records_total = stage.records_total;
        status.bytes_done = 0;
        status.bytes_total = stage.bytes_total;
    }

    pub(super) fn expect_records(&mut self, total: u64) {
        self.status.records_total = total;
    }

    pub(super) fn advance(&mut self, table: Option<&str>, records: u64, bytes: u64) {
        let status = &mut self.status;
        if table.is_some() && status.table.as_deref() != table {
            status.table = table.map(str::to_owned);
        }
        status.records_done += records;
        status.bytes_done += bytes;
        let (done, total) = match status.bytes_total {
            Some(total) => (status.bytes_done, total),
            None => (status.records_done, status.records_total),
        };
        if total > 0 {
            let share = (done as f64 / total as f64).min(1.0);
            let progress = self.from + (self.until - self.from) * share;
            status.progress = status.progress.max(progress);
        }
    }

    pub(super) fn announce(&mut self, status: StatusKind, phase: Phase, message: &str) {
        self.status.status = status;
        self.status.phase = phase;
        message.clone_into(&mut self.status.message);
    }

    pub(super) fn cancelling(&mut self) {
        self.status.phase = Phase::Cancelling;
        "Cancelling.".clone_into(&mut self.status.message);
    }

    pub(super) fn end(&mut self, end: &Outcome<Option<BackupMetadata>>) {
        let status = &mut self.status;
        status.phase = Phase::Ended;
        status.table = None;
        match end {
            Ok(metadata) => {
                status.status = StatusKind::Completed;
                status.progress = 1.0;
                status.metadata = metadata.clone().map(Box::new);
                "Done.".clone_into(&mut status.message);
            }
            Err(Stop::Cancelled) => {
                status.status = StatusKind::Cancelled;
                "Cancelled. Everything is as it was.".clone_into(&mut status.message);
            }
            Err(Stop::Failed(error)) => {
                status.status = StatusKind::Failed;
                status.message.clone_from(&error.message);
                status.error = Some(Box::new(error.clone()));
            }
        }
    }

    pub(super) fn is_due(&self, now_ms: f64) -> bool {
        now_ms - self.said_at_ms >= STATUS_EVERY_MS
    }

    pub(super) fn said(&mut self, now_ms: f64) {
        self.said_at_ms = now_ms;
    }

    pub(super) fn status(&self, now_ms: f64) -> BackupStatus {
        let mut status = self.status.clone();
        status.timestamp = now_ms;
        // A table that turned out to have to be written whole has counted in part; or more have come than were expected.
        status.records_done = status.records_done.min(status.records_total);
        let running = !matches!(
            status.phase,
            Phase::Ended | Phase::Cancelling | Phase::RollingBack
        );
        status.eta_ms = (running && status.progress >= ESTIMATE_FROM).then(|| {
            let elapsed_ms = now_ms - self.started_at_ms;
            (elapsed_ms * (1.0 - status.progress) / status.progress).round()
        });
        status
    }
}
