//! Single records, as they are read to be compared.

use idb::{Database, TransactionMode};
use pos_backup::database::{BlobSink, Pause};
use pos_backup::jobs::Hashing;
use pos_backup::journal::RecordAt;
use pos_backup_bridge::{Result, SortedSet};

use super::encoding::Encoding;
use super::open;
use super::reading::{DOING, Range, Readable, Surviving, batch};
use super::records::{RecordEncoder, key_from_json};
use super::schema::key_path;
use crate::dom::idb_error;

/// The lines of records of a database that exists; `None` for one that is not there, or that nothing can be kept of.
pub(super) async fn read(name: &str, records: &[RecordAt]) -> Result<Vec<Option<Vec<u8>>>> {
    let database = Database::from(open::existing(name, None).await?);
    let lines = read_all(&database, records).await;
    database.close();
    lines
}

async fn read_all(database: &Database, records: &[RecordAt]) -> Result<Vec<Option<Vec<u8>>>> {
    let there = database.store_names();
    let tables: SortedSet<_> = records.iter().map(|record| &record.table).collect();
    let tables: Vec<_> = tables
        .iter()
        .copied()
        .filter(|table| there.contains(table))
        .collect();
    if tables.is_empty() {
        return Ok(vec![None; records.len()]);
    }
    let failed = |error: idb::Error| idb_error(&error, DOING);
    let transaction = database
        .transaction(&tables, TransactionMode::ReadOnly)
        .map_err(failed)?;
    let mut lines = Vec::with_capacity(records.len());
    for record in records {
        if !tables.contains(&&record.table) {
            lines.push(None);
            continue;
        }
        let store = || transaction.object_store(&record.table).map_err(failed);
        let key_path = store()?.key_path().map_err(failed)?.map(key_path);
        let key = record.key.as_deref().map(key_from_json);
        let range = key.as_ref().map_or(Range::All, Range::Only);
        let found = batch(Surviving(store()?), range, 1, key_path.is_none())?.await?;
        let encoder = RecordEncoder::of(&found, key_path.as_ref(), true);
        let turns = Surviving(store()?);
        let mut turn = async || turns.get_all_keys(None, 1).await.map(drop);
        let line = line(encoder, &record.table, &mut Hashing::default(), &mut turn).await?;
        lines.push((!line.is_empty()).then_some(line));
    }
    Ok(lines)
}

/// The line of the only record.
async fn line(
    encoder: RecordEncoder,
    table: &str,
    blobs: &mut dyn BlobSink,
    turn: &mut dyn Pause,
) -> Result<Vec<u8>> {
    let mut encoding = Encoding::begin(encoder, 1);
    let mut line = Vec::new();
    loop {
        let (batch, end) = encoding.next(table, blobs, turn).await?;
        line.extend(batch.lines);
        if end {
            return Ok(line);
        }
    }
}
