//! What a restore notes before it changes anything, so that the next start knows what became of it.
//!
//! The tables are changed by one transaction, all or nothing. What the page keeps is not in it: it is taken over just
//! before the commit. Whoever dies in between leaves new assets beside old tables. So before the page is asked, a note
//! is made of what it has, of what it gets, and of a few records by which to tell whether the commit came about.
//!
//! The note outlives the restore for a while: a browser that is killed forgets what was written to localStorage in its
//! last seconds (Chromium 156: up to five, or a minute where much is written).

use pos_backup_bridge::{BackupMetadata, RestoreOutcome, Result, UndoableRestore};
use serde::{Deserialize, Serialize};

use crate::archive::Sha256Hex;
use crate::page::Assets;

/// Where the note is kept: one at most, as one restore of a database runs at a time.
pub trait Journal {
    /// The note of a restore that has not come to its end.
    async fn read(&self) -> Result<Option<Note>>;

    /// Keeps a note in place of the one before. It is on the disk when this returns.
    async fn write(&self, note: &Note) -> Result<()>;

    /// Removes the note.
    async fn clear(&self) -> Result<()>;

    /// The restore that can be undone.
    async fn undoable(&self) -> Result<Option<UndoableRestore>>;

    /// Keeps it, or that there is none, in place of the one before.
    async fn keep_undoable(&self, restore: Option<&UndoableRestore>) -> Result<()>;

    /// When the archive of this checksum was last proven restorable (milliseconds since the Unix epoch).
    async fn rehearsed_at(&self, checksum: &str) -> Result<Option<f64>>;

    /// Notes that it was.
    async fn note_rehearsed(&self, checksum: &str, at_ms: f64) -> Result<()>;

    /// Notes, if the note is still this job's, that the page knows how it ended: see [`Note::once_told`].
    async fn told(&self, job_id: &str) -> Result<()>;
}

/// A restore, and how far it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Its job.
    pub job_id: String,
    /// When the job began (milliseconds since the Unix epoch).
    pub started_at_ms: f64,
    /// Of the archive.
    pub metadata: BackupMetadata,
    /// The id of the backup of what it replaces, if one is kept.
    pub safety_backup: Option<String>,
    /// How far it came.
    pub reached: Reached,
}

/// How far a restore came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Reached {
    /// Nothing can have been committed yet.
    Writing,
    /// It may have been committed.
    Committing(Committing),
    /// It has come to its end, or a start has settled it.
    Settled(Settled),
}

/// A restore that has come to its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    /// How.
    pub outcome: RestoreOutcome,
    /// When (milliseconds since the Unix epoch).
    pub at_ms: f64,
    /// Whether the page has been told.
    pub is_told: bool,
    /// What the page's storages hold, as far as they have to do with it.
    pub storages: Assets,
    /// What they hold if the browser has lost that.
    pub instead: Assets,
}

/// A restore that may have been committed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Committing {
    /// Records that are others before and after.
    pub evidence: Vec<Evidence>,
    /// Whether anything in the tables is another before and after.
    pub has_work: bool,
    /// What the page is to have if it was committed.
    pub next: Assets,
    /// What the page is to have if it was not.
    pub previous: Assets,
}

/// Where a record is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordAt {
    /// The table.
    pub table: String,
    /// Its key, as `docs/format.md` writes keys; `None` for the table's first record.
    pub key: Option<String>,
}

/// A record that is another one before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Which.
    pub record: RecordAt,
    /// SHA-256 of its line before; `None` when there is none.
    pub before: Option<String>,
    /// SHA-256 of its line after.
    pub after: Option<String>,
}

impl Note {
    /// What there is still to remember once the page knows how the restore ended: nothing, if no storage had to do with
    /// it.
    pub fn once_told(mut self) -> Option<Self> {
        match &mut self.reached {
            Reached::Settled(settled) if settled.storages.is_empty() => return None,
            Reached::Settled(settled) => settled.is_told = true,
            Reached::Writing | Reached::Committing(_) => {}
        }
        Some(self)
    }
}

impl Evidence {
    /// `None` for lines that are the same.
    pub(crate) fn new(
        record: RecordAt,
        before: Option<&[u8]>,
        after: Option<&[u8]>,
    ) -> Option<Self> {
        (before != after).then(|| Self {
            record,
            before: before.map(sha256),
            after: after.map(sha256),
        })
    }
}

impl Committing {
    /// What the page is to have, and what it is not to have.
    pub(crate) fn sides(&self, outcome: RestoreOutcome) -> (Assets, Assets) {
        let (next, previous) = (self.next.clone(), self.previous.clone());
        match outcome {
            RestoreOutcome::Finished => (next, previous),
            RestoreOutcome::Undone => (previous, next),
        }
    }

    /// Whether the commit has come about, by the lines that the records of the evidence have now. The app may have
    /// written some of them since: most decide. Where none is what it was to be, that it is not what it was does.
    pub fn is_committed(&self, now: &[Option<Vec<u8>>]) -> bool {
        let (mut after, mut before, mut other) = (0, 0, 0);
        for (evidence, line) in self.evidence.iter().zip(now) {
            let sum = line.as_deref().map(sha256);
            match sum {
                sum if sum == evidence.after => after += 1,
                sum if sum == evidence.before => before += 1,
                _ => other += 1,
            }
        }
        match (after, before) {
            // Where nothing in the tables was to be changed, what is left is to be done. Where something was, and none of
            // it can be told, it is not taken for done.
            (0, 0) => other > 0 || !self.has_work,
            _ => after > before,
        }
    }
}

fn sha256(line: &[u8]) -> String {
    let mut sum = Sha256Hex::default();
    sum.update(line);
    sum.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(before: Option<&[u8]>, after: Option<&[u8]>) -> Option<Evidence> {
        let record = RecordAt {
            table: "t".to_owned(),
            key: Some("1".to_owned()),
        };
        Evidence::new(record, before, after)
    }

    fn is_committed(now: &[Option<&[u8]>]) -> bool {
        let committing = Committing {
            evidence: [
                evidence(None, Some(b"new")),
                evidence(Some(b"old"), Some(b"new")),
                evidence(Some(b"old"), None),
            ]
            .into_iter()
            .flatten()
            .collect(),
            has_work: true,
            ..Committing::default()
        };
        let now: Vec<_> = now.iter().map(|line| line.map(<[u8]>::to_vec)).collect();
        committing.is_committed(&now)
    }

    #[test]
    fn the_records_tell() {
        assert!(is_committed(&[Some(b"new"), Some(b"new"), None]));
        assert!(!is_committed(&[None, Some(b"old"), Some(b"old")]));
    }

    #[test]
    fn what_the_app_has_written_since_decides_nothing() {
        assert!(is_committed(&[Some(b"app"), Some(b"app"), None]));
        assert!(!is_committed(&[Some(b"app"), Some(b"old"), Some(b"app")]));
        assert!(is_committed(&[Some(b"app"), Some(b"app"), Some(b"app")]));
    }

    #[test]
    fn without_evidence_nothing_was_to_be_changed() {
        assert!(Committing::default().is_committed(&[]));
        let untold = Committing {
            has_work: true,
            ..Committing::default()
        };
        assert!(!untold.is_committed(&[]));
    }

    #[test]
    fn the_same_line_is_no_evidence() {
        assert_eq!(evidence(Some(b"x"), Some(b"x")), None);
    }
}
