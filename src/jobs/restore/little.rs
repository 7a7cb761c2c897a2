//! A restore of an archive whose parts are not checked yet, into a database that differs in little: one reading of the
//! parts checks them and compares them. What differs waits in memory until all are checked.

use std::collections::VecDeque;

use pos_backup_bridge::{Error, ErrorCode, Phase, Result, StatusKind};

use super::safety::Safety;
use super::table::{Finding, Found, Kept, TableToWrite, Written};
use super::{Ended, Restoring, WRITING_UNTIL};
use crate::codec::Codec;
use crate::database::{BlobSource, Transaction};
use crate::job::{Outcome, Stage, Stop};
use crate::jobs::difference::Changes;
use crate::jobs::waiting::meanwhile;
use crate::journal::Journal;
use crate::limits::{
    LITTLE_BYTES, LITTLE_FIRST_RECORDS, LITTLE_SHARE, PARTS_SIDE_BY_SIDE_BYTES, TABLES_SIDE_BY_SIDE,
};
use crate::page::Page;
use crate::record::KeyIn;
use crate::storage::{ReadAt, Storage};

/// The progress when all is compared.
pub(super) const COMPARED_UNTIL: f64 = 0.7;

/// What is still to be checked then.
const CHECKED_UNTIL: f64 = 0.75;

/// How much may wait.
#[derive(Default)]
pub(super) struct Room {
    bytes: usize,
    changed: u64,
    compared: u64,
}

impl Room {
    /// Makes room for changes that wait.
    ///
    /// # Errors
    ///
    /// `Ended::Unchecked` when it is not little that differs.
    pub(super) fn take(&mut self, changes: &Changes) -> Result<(), Ended> {
        let keys = changes
            .delete
            .iter()
            .flat_map(|keys| [&keys.first, &keys.last]);
        let key_bytes: usize = keys.map(|key| key.to_json().get().len()).sum();
        self.bytes += changes.put.len() + key_bytes;
        self.changed += (changes.puts + changes.delete.len()) as u64;
        self.compared += changes.compared;
        let is_most = self.changed > LITTLE_FIRST_RECORDS + self.compared / LITTLE_SHARE;
        match self.bytes > LITTLE_BYTES || is_most {
            true => Err(Ended::Unchecked),
            false => Ok(()),
        }
    }
}

/// A table that is being compared, and its index.
type Going<'a, B> = (usize, &'a TableToWrite<'a, B>, Finding<'a>);

/// Whether another table may be compared beside these: each holds a part.
fn has_room<B: BlobSource>(going: &VecDeque<Going<'_, B>>, next: &TableToWrite<'_, B>) -> bool {
    let parts = going.iter().map(|(_, table, _)| table.table.largest_part());
    let bytes = parts.sum::<u64>() + next.table.largest_part();
    going.is_empty() || going.len() < TABLES_SIDE_BY_SIDE && bytes <= PARTS_SIDE_BY_SIDE_BYTES
}

impl<F: ReadAt, S: Storage, J: Journal, P: Page, C: Codec> Restoring<'_, F, S, J, P, C> {
    /// Compares all tables, checks of the archive what is left, and writes what differs.
    ///
    /// # Errors
    ///
    /// `Ended::Unchecked`, with nothing written, when the archive is to be checked first: for a table that has to be
    /// written whole, for much that differs, and to name what is wrong with the archive.
    pub(super) async fn write_little(
        &self,
        transaction: &mut impl Transaction,
        safety: &mut Option<Safety<'_, S>>,
    ) -> Result<Vec<Written>, Ended> {
        let Self { job, prepared, .. } = *self;
        let blobs = prepared.blobs();
        let tables: Vec<_> = prepared.to_write(job, &blobs).collect();
        let found = self.find(&tables, transaction, safety).await?;
        // Others wait for the transaction.
        if prepared.archive.unsound_bytes() > LITTLE_BYTES as u64 {
            return Err(Ended::Unchecked);
        }
        let mut turn = async || transaction.keep_open().await;
        match meanwhile(self.check_found(&found), &mut turn).await? {
            Ok(()) => {}
            Err(Stop::Cancelled) => return Err(Stop::Cancelled.into()),
            Err(Stop::Failed(_)) => return Err(Ended::Unchecked),
        }
        let changes = found.iter().flat_map(Found::changes);
        job.enter(Stage {
            status: StatusKind::Restoring,
            phase: Phase::Writing,
            message: "Writing what differs.",
            until: WRITING_UNTIL,
            records_total: changes.map(|changes| changes.puts as u64).sum(),
            bytes_total: None,
        });
        self.is_writing.set(true);
        let mut written = Vec::with_capacity(found.len());
        for (table, found) in tables.iter().zip(found) {
            written.push(table.write_found(transaction, found).await?);
        }
        Ok(written)
    }

    /// Compares the tables, some side by side: while one's records are looked at, the browser reads those of others.
    async fn find<B: BlobSource>(
        &self,
        tables: &[TableToWrite<'_, B>],
        transaction: &mut impl Transaction,
        safety: &mut Option<Safety<'_, S>>,
    ) -> Result<Vec<Found>, Ended> {
        let mut room = Room::default();
        let mut waiting = tables.iter().enumerate().peekable();
        let mut going: VecDeque<Going<'_, B>> = VecDeque::new();
        let mut all: Vec<_> = tables.iter().map(|_| None).collect();
        loop {
            while let Some((index, table)) = waiting.next_if(|(_, table)| has_room(&going, table)) {
                going.push_back((index, table, table.finding()));
            }
            let Some((index, table, mut finding)) = going.pop_front() else {
                let lost = || Error::new(ErrorCode::Internal, "A table was not compared.");
                let all = all.into_iter().map(|found| found.ok_or_else(lost));
                return Ok(all.collect::<Result<_>>()?);
            };
            let kept = safety.as_mut().map(|safety| safety as &mut dyn Kept);
            let more = table.find_more(&mut finding, transaction, kept, &mut room);
            match more.await? {
                None => going.push_back((index, table, finding)),
                found => {
                    if let Some(place) = all.get_mut(index) {
                        *place = found;
                    }
                }
            }
        }
    }

    /// Checks the parts that no comparison has found sound, and what is to be written of the others.
    async fn check_found(&self, found: &[Found]) -> Outcome<()> {
        let Self {
            job,
            codec,
            prepared,
            ..
        } = *self;
        let archive = &prepared.archive;
        archive.check_unsound(job, codec, CHECKED_UNTIL).await?;
        for (schema, found) in self.schemas.iter().zip(found) {
            let key_in = KeyIn::of(schema.key_path.as_ref());
            for changes in found.changes() {
                archive
                    .check_lines(job, codec, &changes.put, key_in)
                    .await?;
                job.breathe().await?;
            }
        }
        Ok(())
    }
}
