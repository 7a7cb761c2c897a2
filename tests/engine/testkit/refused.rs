//! An archive that must be refused: by every job that reads it whole, with the same code, and before
//! anything is touched.

use std::collections::BTreeMap;

use pos_backup::bridge::{Error, ErrorCode, IndexSchema, KeyPath, RestoreMode, RestoreOptions};
use pos_backup::job::{Outcome, Stop};
use pos_backup::memory::{MemoryPartWorker, MemoryTable};

use super::world::{World, changed_till, failed, ok, till};

/// What the error must say.
#[derive(Clone, Copy)]
pub struct Refused<'a> {
    pub code: ErrorCode,
    pub path: Option<&'a str>,
    pub entry: Option<&'a str>,
    pub table: Option<&'a str>,
    pub line: Option<u64>,
}

impl<'a> Refused<'a> {
    pub fn with(code: ErrorCode) -> Self {
        Self {
            code,
            path: None,
            entry: None,
            table: None,
            line: None,
        }
    }

    pub fn at(mut self, path: &'a str) -> Self {
        self.path = Some(path);
        self
    }

    pub fn in_entry(mut self, entry: &'a str) -> Self {
        self.entry = Some(entry);
        self
    }

    pub fn in_table_only(mut self, table: &'a str) -> Self {
        self.table = Some(table);
        self
    }

    pub fn in_table(mut self, table: &'a str, line: u64) -> Self {
        self.table = Some(table);
        self.line = Some(line);
        self
    }

    fn check(&self, name: &str, error: &Error) {
        assert_eq!(error.code, self.code, "{name}: {error}");
        assert_eq!(error.hint, self.code.hint());
        let context = &error.context;
        let same = |expected: Option<&str>, found: &Option<String>| {
            expected.is_none() || expected == found.as_deref()
        };
        assert!(same(self.path, &context.path), "{name}: {error}");
        assert!(same(self.entry, &context.entry), "{name}: {error}");
        assert!(same(self.table, &context.table), "{name}: {error}");
        assert!(
            self.line.is_none() || self.line == context.line,
            "{name}: {error}"
        );
    }

    /// Verify, plan and restore refuse the file.
    pub fn by_all_jobs(&self, name: &str, file: &[u8]) {
        let world = World::new(changed_till());
        self.check(name, &failed_named(name, world.verify(file)));
        let world = world.with_part_worker(MemoryPartWorker::default());
        self.check(name, &failed_named(name, world.verify(file)));
        // An inspection reads less, but what it sees it calls the same.
        if let Err(Stop::Failed(error)) = world.inspect(file) {
            self.check(name, &error);
        }
        self.by_restore(name, file);
    }

    /// Plan and restore refuse the file, whether much or little of the database differs.
    pub fn by_restore(&self, name: &str, file: &[u8]) {
        self.by_restore_into(name, file, changed_till());
        self.by_restore_into(name, file, till());
        self.by_restore_into(name, file, with_unique_indexes(till()));
    }

    fn by_restore_into(&self, name: &str, file: &[u8], live: Vec<MemoryTable>) {
        let world = World::new(live.clone());
        let before = BTreeMap::from([("files/other".to_owned(), b"stays".to_vec())]);
        world.page.assets.replace(before.clone());
        self.check(
            name,
            &failed_named(name, world.plan(file, RestoreOptions::default())),
        );
        for mode in [RestoreMode::Replace, RestoreMode::Merge, RestoreMode::Fill] {
            let options = RestoreOptions {
                mode,
                ..RestoreOptions::default()
            };
            self.check(name, &failed_named(name, world.restore(file, options)));
        }
        assert_eq!(world.database.tables(), live, "{name}");
        assert_eq!(*world.page.assets.borrow(), before, "{name}");
        let touched = [
            "advance_generator",
            "put",
            "delete",
            "clear",
            "commit",
            "apply_assets",
        ];
        assert!(
            !world
                .steps
                .names()
                .iter()
                .any(|step| touched.contains(step)),
            "{name}"
        );
    }
}

/// What is put into such tables is put once all is deleted.
fn with_unique_indexes(mut tables: Vec<MemoryTable>) -> Vec<MemoryTable> {
    for table in &mut tables {
        table.schema.indexes.push(IndexSchema {
            name: "unique".to_owned(),
            key_path: KeyPath::Single("id".to_owned()),
            unique: true,
            multi_entry: false,
        });
    }
    tables
}

#[track_caller]
fn failed_named<T>(name: &str, outcome: Outcome<T>) -> Error {
    match outcome {
        Ok(_) => panic!("{name}: the job succeeded"),
        stopped => failed(stopped),
    }
}

/// Verify and restore take the file, and the restore gives the till again.
pub fn accepted(name: &str, file: &[u8], sealed: bool) {
    let world = World::new(changed_till());
    let report = ok(world.verify(file));
    assert_eq!(report.sealed, sealed, "{name}");
    let plan = ok(world.plan(file, RestoreOptions::default()));
    assert_eq!(plan.warnings.len(), usize::from(!sealed), "{name}");
    ok(world.restore(file, RestoreOptions::default()));
    assert_eq!(world.database.tables(), till(), "{name}");
    assert_eq!(world.page.assets.borrow().len(), 5, "{name}");
}
