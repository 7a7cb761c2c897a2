//! Databases that give what they please: batches of every kind, and not what was promised.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use futures::executor::block_on;
use pos_backup::bridge::{
    BackupMetadata, BackupOptions, Consistency, DatabaseSchema, Error, ErrorCode, KeyPath,
    Omission, Result, Schema, StoreSchema, Warning,
};
use pos_backup::database::{
    Batch, BlobSink, BlobSource, Database, KeyRange, LiveBatch, ReadOptions, Snapshot, Transaction,
};
use pos_backup::job::{Cancel, Job, Stop};
use pos_backup::jobs::{BackupAssets, BackupRequest, backup};
use pos_backup::journal::RecordAt;
use pos_backup::limits::OMISSIONS_MAX;
use pos_backup::memory::{MemoryHost, MemoryStorage, Steps};
use serde_json::value::RawValue;

use crate::testkit::archive::Archive;
use crate::testkit::world::{BACKUP_ID, config};

/// Two tables, whose batches come as the script has them.
struct Scripted {
    counts: Vec<u64>,
    batches: RefCell<VecDeque<Batch>>,
    closed: Rc<RefCell<bool>>,
}

struct ScriptedSnapshot(Vec<u64>, VecDeque<Batch>, Rc<RefCell<bool>>);

enum Never {}

impl Transaction for Never {
    async fn advance_generator(&mut self, _: usize) -> Result<()> {
        match *self {}
    }
    async fn read(&mut self, _: usize, _: &mut dyn BlobSink) -> Result<LiveBatch> {
        match *self {}
    }
    async fn delete(&mut self, _: usize, _: &KeyRange) -> Result<()> {
        match *self {}
    }
    async fn clear(&mut self, _: usize) -> Result<()> {
        match *self {}
    }
    async fn put(&mut self, _: usize, _: &[u8], _: &impl BlobSource) -> Result<()> {
        match *self {}
    }
    async fn flush(&mut self) -> Result<()> {
        match *self {}
    }
    async fn count(&mut self, _: usize) -> Result<u64> {
        match *self {}
    }
    async fn keep_open(&mut self) -> Result<()> {
        match *self {}
    }
    async fn commit(self) -> Result<()> {
        match self {}
    }
    async fn abort(self) {
        match self {}
    }
}

impl Database for Scripted {
    type Snapshot = ScriptedSnapshot;
    type Transaction = Never;

    async fn schema(&self, _: bool) -> Result<Schema> {
        let store = |name: &str| StoreSchema {
            name: name.to_owned(),
            key_path: Some(KeyPath::Single("id".to_owned())),
            auto_increment: false,
            next_key: None,
            indexes: Vec::new(),
        };
        Ok(Schema {
            database: DatabaseSchema {
                name: "pos".to_owned(),
                version: 10,
            },
            action_queue: None,
            stores: vec![store("a"), store("b")],
            partial: false,
        })
    }

    async fn remove(&self) -> Result<()> {
        Ok(())
    }

    async fn lines(&self, _: &[RecordAt]) -> Result<Vec<Option<Vec<u8>>>> {
        Ok(Vec::new())
    }

    async fn read(&self, _: &[StoreSchema], _: ReadOptions) -> Result<ScriptedSnapshot> {
        let batches = self.batches.take();
        Ok(ScriptedSnapshot(
            self.counts.clone(),
            batches,
            Rc::clone(&self.closed),
        ))
    }

    async fn write(&self, _: &[StoreSchema]) -> Result<Never> {
        Err(Error::new(ErrorCode::Internal, "A backup does not write."))
    }

    async fn create(&self, _: &Schema, tables: &[StoreSchema]) -> Result<Never> {
        self.write(tables).await
    }
}

impl Snapshot for ScriptedSnapshot {
    async fn about(&mut self) -> Result<Vec<u64>> {
        Ok(self.0.clone())
    }

    async fn next(&mut self, _: &mut dyn BlobSink) -> Result<Option<Batch>> {
        Ok(self.1.pop_front())
    }

    async fn keep_open(&mut self) -> Result<()> {
        Ok(())
    }
    async fn counts(&mut self) -> Result<Vec<u64>> {
        Ok(self.0.clone())
    }
    async fn close(self) {
        self.2.replace(true);
    }
}

fn batch(table: usize, ids: std::ops::Range<u64>, last: bool) -> Batch {
    let key = |id: u64| RawValue::from_string(id.to_string()).unwrap();
    let records = ids.end - ids.start;
    let lines: String = ids
        .clone()
        .map(|id| format!("{{\"v\":{{\"id\":{id}}}}}\n"))
        .collect();
    Batch {
        table,
        lines: lines.into_bytes(),
        records,
        keys: (records > 0).then(|| (key(ids.start), key(ids.end - 1))),
        unusual: false,
        omissions: Vec::new(),
        records_omitted: 0,
        warnings: Vec::new(),
        last,
    }
}

/// A batch of a full part.
fn full(table: usize, id: u64, last: bool) -> Batch {
    let mut batch = batch(table, id..id + 1, last);
    batch.lines = format!(
        "{{\"v\":{{\"id\":{id},\"x\":\"{}\"}}}}\n",
        "x".repeat(1 << 20)
    )
    .into_bytes();
    batch
}

struct Run {
    outcome: std::result::Result<BackupMetadata, Stop>,
    archive: Option<Archive>,
    names: Vec<String>,
    warnings: Vec<Warning>,
}

fn run(counts: [u64; 2], consistency: Consistency, batches: Vec<Batch>) -> Run {
    let database = Scripted {
        counts: counts.to_vec(),
        batches: RefCell::new(batches.into()),
        closed: Rc::default(),
    };
    let storage = MemoryStorage::new(&Steps::default());
    let job = Job::new("job", Rc::new(MemoryHost::default()), Cancel::default());
    let request = BackupRequest {
        id: BACKUP_ID.to_owned(),
        config: config(),
        options: BackupOptions {
            consistency,
            ..BackupOptions::default()
        },
        assets: BackupAssets::default(),
    };
    let outcome = block_on(backup(&job, &database, &storage, request));
    assert!(*database.closed.borrow(), "the snapshot was not closed");
    let warnings = outcome.as_ref().map(|result| result.warnings.clone());
    Run {
        warnings: warnings.unwrap_or_default(),
        outcome: outcome.map(|result| result.metadata),
        archive: storage.archive(BACKUP_ID).map(|file| Archive::read(&file)),
        names: storage.names(),
    }
}

fn parts(run: &Run, table: &str) -> Vec<(u64, u64, Option<u64>)> {
    let manifest = run
        .archive
        .as_ref()
        .expect("an archive")
        .json("manifest.json");
    let entries = manifest["entries"].as_array().unwrap();
    let of_table = entries.iter().filter(|entry| entry["table"] == table);
    of_table
        .enumerate()
        .map(|(number, entry)| {
            assert_eq!(
                entry["path"],
                format!("database/{table}/{number:06}.ndjson")
            );
            let number = |field: &str| entry[field].as_u64();
            (
                number("records").unwrap(),
                number("firstKey").unwrap_or(0),
                number("lastKey"),
            )
        })
        .collect()
}

#[test]
fn batches_become_parts() {
    let run = run(
        [7, 0],
        Consistency::Snapshot,
        vec![
            batch(0, 1..3, false),
            batch(1, 0..0, true),
            batch(0, 3..5, false),
            full(0, 5, false),
            full(0, 6, false),
            batch(0, 7..8, true),
        ],
    );
    assert!(run.outcome.is_ok());
    assert_eq!(
        parts(&run, "a"),
        [(5, 1, Some(5)), (1, 6, Some(6)), (1, 7, Some(7))]
    );
    assert_eq!(parts(&run, "b"), [(0, 0, None)]);
}

#[test]
fn a_table_that_ends_on_a_full_part_has_no_empty_one_after_it() {
    for batches in [
        vec![full(0, 1, true)],
        vec![full(0, 1, false), batch(0, 2..2, true)],
    ] {
        let mut batches = batches;
        batches.push(batch(1, 0..0, true));
        let run = run([1, 0], Consistency::Snapshot, batches);
        assert_eq!(parts(&run, "a"), [(1, 1, Some(1))]);
    }
}

#[test]
fn empty_batches_in_between_do_no_harm() {
    let batches = vec![
        batch(0, 0..0, false),
        batch(1, 0..0, false),
        batch(0, 1..2, false),
        batch(1, 0..0, true),
        batch(0, 2..2, true),
    ];
    let run = run([1, 0], Consistency::Snapshot, batches);
    assert_eq!(parts(&run, "a"), [(1, 1, Some(1))]);
    assert_eq!(parts(&run, "b"), [(0, 0, None)]);
}

#[track_caller]
fn failed(run: Run) -> Error {
    assert!(run.names.is_empty(), "{:?}", run.names);
    match run.outcome {
        Err(Stop::Failed(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_transaction_gives_as_many_records_as_it_counted() {
    let batches = || vec![batch(0, 1..4, true), batch(1, 0..0, true)];
    for count in [2, 4] {
        for consistency in [Consistency::Snapshot, Consistency::Table] {
            let error = failed(run([count, 0], consistency, batches()));
            assert_eq!(error.code, ErrorCode::DatabaseFailed);
            assert_eq!(error.context.table.as_deref(), Some("a"));
            assert_eq!(error.context.expected, Some(count.into()));
            assert_eq!(error.context.found, Some(3.into()));
        }
        // Others may write between the batches.
        let run = run([count, 0], Consistency::Batch, batches());
        assert_eq!(run.outcome.unwrap().tables["a"], 3);
    }
}

#[test]
fn a_table_that_does_not_end_is_noticed() {
    let error = failed(run([1, 0], Consistency::Batch, vec![batch(0, 1..2, true)]));
    assert_eq!(error.code, ErrorCode::DatabaseFailed);
    assert_eq!(error.context.table.as_deref(), Some("b"));
    let batches = vec![batch(0, 1..2, false), batch(1, 0..0, true)];
    let error = failed(run([1, 0], Consistency::Snapshot, batches));
    assert_eq!(error.context.table.as_deref(), Some("a"));
}

#[test]
fn a_batch_of_a_table_that_nobody_asked_for_is_a_defect() {
    let error = failed(run(
        [1, 0],
        Consistency::Snapshot,
        vec![batch(2, 1..2, true)],
    ));
    assert_eq!(error.code, ErrorCode::Internal);
}

#[test]
fn records_read_together_may_be_too_large() {
    let mut large = batch(1, 1..2, true);
    large.lines = vec![b' '; (512 << 20) + 1];
    let error = failed(run(
        [0, 1],
        Consistency::Snapshot,
        vec![batch(0, 0..0, true), large],
    ));
    assert_eq!(error.code, ErrorCode::ValueTooLarge);
    assert_eq!(error.context.table.as_deref(), Some("b"));
}

#[test]
fn what_was_left_out_is_listed_and_counted() {
    let omission = |id: u64, path: &str| Omission {
        table: "a".to_owned(),
        key: id.into(),
        path: path.to_owned(),
        found: "a CryptoKey".to_owned(),
    };
    let mut first = batch(0, 1..3, true);
    first.omissions = vec![omission(1, "/key"), omission(3, "")];
    first.records_omitted = 1;
    let batches = vec![first, batch(1, 0..0, true)];
    let run = run([3, 0], Consistency::Snapshot, batches);
    let Ok(metadata) = run.outcome else {
        panic!("it failed")
    };
    assert_eq!(metadata.tables["a"], 2);
    assert_eq!(metadata.omissions, [omission(1, "/key"), omission(3, "")]);
    let archive = run.archive.expect("an archive");
    assert_eq!(archive.json("metadata.json")["omissions"][1]["path"], "");
}

#[test]
fn too_much_left_out_is_a_failure() {
    let mut first = batch(0, 1..2, true);
    let omission = Omission {
        table: "a".to_owned(),
        key: 1.into(),
        path: "/key".to_owned(),
        found: "a CryptoKey".to_owned(),
    };
    first.omissions = vec![omission; OMISSIONS_MAX + 1];
    let run = run([1, 0], Consistency::Snapshot, vec![first]);
    assert!(
        matches!(run.outcome, Err(Stop::Failed(error)) if error.code == ErrorCode::UnsupportedValue)
    );
    assert!(run.names.is_empty());
}

#[test]
fn a_document_that_no_reader_takes_is_not_written() {
    let mut first = batch(0, 1..2, true);
    let omission = Omission {
        table: "a".to_owned(),
        key: "k".repeat(1 << 20).into(),
        path: String::new(),
        found: "a CryptoKey".to_owned(),
    };
    first.omissions = vec![omission; 65];
    let run = run(
        [1, 0],
        Consistency::Snapshot,
        vec![first, batch(1, 0..0, true)],
    );
    let Err(Stop::Failed(error)) = run.outcome else {
        panic!("it was written")
    };
    assert_eq!(error.code, ErrorCode::ValueTooLarge);
    assert_eq!(error.context.entry.as_deref(), Some("metadata.json"));
    assert!(run.names.is_empty());
}

#[test]
fn unusual_lines_are_checked_before_they_count() {
    let unusual = |line: &str| {
        let mut first = batch(0, 1..2, true);
        first.lines = format!("{line}\n").into_bytes();
        first.unusual = true;
        run(
            [1, 0],
            Consistency::Snapshot,
            vec![first, batch(1, 0..0, true)],
        )
    };
    let kept = unusual(r#"{"v":{"id":1,"at":0},"t":{"/at":"date"}}"#);
    assert!(kept.outcome.is_ok());
    // As a fault of the encoder would be: it must not wait for the restore to be noticed.
    let sha256 = "0".repeat(64);
    let too_large = format!(
        r#"{{"v":{{"id":1,"a":{{"blob":"{sha256}","size":4294967295}},"b":{{"blob":"{sha256}","size":1}}}},"t":{{"/a":"arraybuffer","/b":"arraybuffer"}}}}"#
    );
    for (line, path) in [
        (r#"{"v":{"id":1,"at":"x"},"t":{"/at":"date"}}"#, "/at"),
        (too_large.as_str(), ""),
        (r#"{"v":{"at":0},"t":{"/at":"date"}}"#, "/id"),
    ] {
        let run = unusual(line);
        let Err(Stop::Failed(error)) = run.outcome else {
            panic!("it was kept: {line}")
        };
        assert_eq!(error.code, ErrorCode::UnsupportedValue);
        assert_eq!(error.context.table.as_deref(), Some("a"));
        assert_eq!(error.context.path.as_deref(), Some(path));
        assert!(run.names.is_empty());
    }
}

#[test]
fn what_the_snapshot_warns_of_is_in_the_result() {
    let warning = Warning {
        code: Some(ErrorCode::UnsupportedValue),
        message: "Somebody should know.".to_owned(),
        table: Some("b".to_owned()),
    };
    let mut last = batch(1, 0..0, true);
    last.warnings = vec![warning.clone()];
    let run = run(
        [1, 0],
        Consistency::Snapshot,
        vec![batch(0, 1..2, true), last],
    );
    assert!(run.outcome.is_ok());
    // Beside that of the missing queue.
    assert!(run.warnings.contains(&warning));
}
