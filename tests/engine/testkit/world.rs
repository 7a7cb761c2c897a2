//! A till in memory, and the jobs over it.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use futures::executor::block_on;
use pos_backup::bridge::{
    BackupMetadata, BackupOptions, BackupResult, BackupStatus, Config, Error, Inspection,
    RecoveredRestore, RestoreOptions, RestorePlan, RestoreResult, Sorted, VerifyOptions,
    VerifyReport,
};
use pos_backup::job::{Job, Outcome, Stop};
use pos_backup::jobs::{
    self, BackupAssets, BackupRequest, RestoreRequest, VerifyRequest, inspect, plan_restore,
    prepare_restore, verify,
};
use pos_backup::memory::{
    MemoryCodec, MemoryDatabase, MemoryHost, MemoryJournal, MemoryPage, MemoryPartWorker,
    MemoryStorage, MemoryTable, Steps,
};
use pos_backup::storage::ReadAt;

/// When every test begins (milliseconds since the Unix epoch).
pub const BEGIN_MS: f64 = 1_700_000_000_000.0;

/// The id of the backups.
pub const BACKUP_ID: &str = "20231114T221320Z-000001";

/// The id of the backups of what restores replace.
pub const SAFETY_ID: &str = "20231114T221320Z-safety";

/// The id of the file of migrated records.
pub const MIGRATED_ID: &str = "20231114T221320Z-migrated";

/// A database, a place for archives, a page and a host that share their steps.
pub struct World {
    pub steps: Steps,
    pub host: Rc<MemoryHost>,
    pub database: MemoryDatabase,
    /// For rehearsals.
    pub scratch: MemoryDatabase,
    pub storage: MemoryStorage,
    pub codec: MemoryCodec,
    pub journal: MemoryJournal,
    pub page: MemoryPage,
    pub config: Config,
    /// Whether restores check all of an archive before they compare it, as if much of it differed.
    checks_first: bool,
    jobs: Cell<u32>,
}

impl World {
    /// The till of these tables, at rest.
    pub fn new(tables: Vec<MemoryTable>) -> Self {
        Self::with_steps(tables, &Steps::default())
    }

    /// The same with restores that check all of an archive first.
    pub fn checking_first(self, checks_first: bool) -> Self {
        Self {
            checks_first,
            ..self
        }
    }

    pub fn with_steps(tables: Vec<MemoryTable>, steps: &Steps) -> Self {
        Self {
            steps: steps.clone(),
            host: Rc::new(MemoryHost::new(BEGIN_MS, steps)),
            database: MemoryDatabase::new("pos", 10, tables, steps),
            scratch: MemoryDatabase::missing("scratch", steps),
            storage: MemoryStorage::new(steps),
            codec: MemoryCodec::new(steps),
            journal: MemoryJournal::new(steps),
            page: MemoryPage::new(steps),
            config: config(),
            checks_first: false,
            jobs: Cell::new(0),
        }
    }

    /// The same with a second thread for parts, at rest.
    pub fn with_part_worker(self, part_worker: MemoryPartWorker) -> Self {
        let mut host = MemoryHost::new(BEGIN_MS, &self.steps);
        host.part_worker = Some(part_worker);
        Self {
            host: Rc::new(host),
            ..self
        }
    }

    pub fn backup(&self, options: BackupOptions, assets: BackupAssets) -> Outcome<BackupResult> {
        let request = BackupRequest {
            id: BACKUP_ID.to_owned(),
            config: self.config.clone(),
            options,
            assets,
        };
        self.run(
            |result: &BackupResult| Some(result.metadata.clone()),
            async |job| jobs::backup(job, &self.database, &self.storage, request).await,
        )
    }

    /// A whole backup with all assets, as bytes.
    pub fn archive(&self) -> Vec<u8> {
        ok(self.backup(BackupOptions::default(), assets()));
        self.storage.archive(BACKUP_ID).expect("the archive")
    }

    pub fn restore(&self, file: impl ReadAt, options: RestoreOptions) -> Outcome<RestoreResult> {
        let request = RestoreRequest {
            may_check_later: !self.checks_first,
            ..self.restore_request(options)
        };
        self.run(
            |result: &RestoreResult| Some(result.metadata.clone()),
            async |job| {
                let Self {
                    database,
                    storage,
                    codec,
                    journal,
                    page,
                    ..
                } = self;
                let prepared =
                    prepare_restore(job, database, storage, codec, file, request, 0.15).await?;
                jobs::restore(job, database, storage, journal, page, codec, prepared).await
            },
        )
    }

    /// Begins a restore in a world that is to crash, which ends with the crash.
    pub fn restore_and_crash(&self, file: impl ReadAt, options: RestoreOptions) {
        let request = RestoreRequest {
            may_check_later: !self.checks_first,
            ..self.restore_request(options)
        };
        let job = Job::new("crashed", Rc::clone(&self.host) as _, self.steps.cancel());
        let mut work = pin!(async {
            let Self {
                database,
                storage,
                codec,
                journal,
                page,
                ..
            } = self;
            let prepared =
                prepare_restore(&job, database, storage, codec, file, request, 0.15).await?;
            jobs::restore(&job, database, storage, journal, page, codec, prepared).await
        });
        block_on(poll_fn(|context| {
            let polled = work.as_mut().poll(context);
            match self.steps.has_crashed() {
                true => Poll::Ready(()),
                false => polled.map(|outcome| panic!("no crash: {}", outcome.is_ok())),
            }
        }));
    }

    /// What is left of this world after a crash, with all else begun anew.
    pub fn after_crash(&self) -> Self {
        let steps = Steps::default();
        let page = MemoryPage::new(&steps);
        page.assets.replace(self.page.assets.borrow().clone());
        page.has_taken_over.set(self.page.has_taken_over.get());
        Self {
            database: self.database.found(&steps),
            journal: self.journal.found(&steps),
            storage: self.storage.found(&steps),
            page,
            ..Self::with_steps(Vec::new(), &steps)
        }
    }

    pub fn recover(&self) -> Option<RecoveredRestore> {
        let Self {
            database,
            storage,
            journal,
            page,
            ..
        } = self;
        let recovered = block_on(jobs::recover(database, storage, journal, page, BEGIN_MS));
        recovered.expect("a journal and a database that answer")
    }

    pub fn plan(&self, file: impl ReadAt, options: RestoreOptions) -> Outcome<RestorePlan> {
        let request = self.restore_request(options);
        self.run(
            |_| None,
            async |job| {
                let Self {
                    database,
                    storage,
                    codec,
                    ..
                } = self;
                let prepared =
                    prepare_restore(job, database, storage, codec, file, request, 1.0).await?;
                plan_restore(job, database, storage, prepared).await
            },
        )
    }

    pub fn verify(&self, file: impl ReadAt) -> Outcome<VerifyReport> {
        self.verify_with(file, VerifyOptions::default())
    }

    pub fn verify_with(&self, file: impl ReadAt, options: VerifyOptions) -> Outcome<VerifyReport> {
        let request = VerifyRequest {
            file,
            config: self.config.clone(),
            options,
            migrated_id: MIGRATED_ID.to_owned(),
        };
        let Self {
            database,
            scratch,
            storage,
            codec,
            journal,
            ..
        } = self;
        self.run(
            |_| None,
            async |job| verify(job, database, scratch, storage, journal, codec, request).await,
        )
    }

    pub fn inspect(&self, file: impl ReadAt) -> Outcome<Inspection> {
        self.run(|_| None, async |job| inspect(job, file).await)
    }

    /// The statuses said since the last call.
    pub fn statuses(&self) -> Vec<BackupStatus> {
        self.host.statuses.take()
    }

    fn restore_request(&self, options: RestoreOptions) -> RestoreRequest {
        let keeps = options.keeps_copy();
        RestoreRequest {
            config: self.config.clone(),
            safety_id: keeps.then(|| format!("{SAFETY_ID}-{}", self.jobs.get())),
            options,
            assets: Some(self.page.present()),
            migrated_id: MIGRATED_ID.to_owned(),
            may_check_later: false,
        }
    }

    /// Runs a job to its end, as the dispatcher does.
    fn run<T>(
        &self,
        metadata: impl FnOnce(&T) -> Option<BackupMetadata>,
        work: impl AsyncFnOnce(&Job) -> Outcome<T>,
    ) -> Outcome<T> {
        self.jobs.set(self.jobs.get() + 1);
        let id = format!("job-{}", self.jobs.get());
        let host = Rc::clone(&self.host);
        let job = Job::new(&id, host, self.steps.cancel());
        let outcome = block_on(work(&job));
        let end = match &outcome {
            Ok(result) => Ok(metadata(result)),
            Err(Stop::Cancelled) => Err(Stop::Cancelled),
            Err(Stop::Failed(error)) => Err(Stop::Failed(error.clone())),
        };
        job.end(&end);
        assert_eq!(self.steps.broken_promises(), Vec::<String>::new());
        outcome
    }
}

/// What a job that must succeed gives.
#[track_caller]
pub fn ok<T>(outcome: Outcome<T>) -> T {
    match outcome {
        Ok(result) => result,
        Err(stop) => panic!("{stop:?}"),
    }
}

/// The error of a job that must fail.
#[track_caller]
pub fn failed<T>(outcome: Outcome<T>) -> Error {
    match outcome {
        Ok(_) => panic!("the job succeeded"),
        Err(Stop::Cancelled) => panic!("the job was cancelled"),
        Err(Stop::Failed(error)) => error,
    }
}

pub fn config() -> Config {
    Config {
        database: "pos".to_owned(),
        action_queue: Some("actionQueue".to_owned()),
        app_version: "2.3.0".to_owned(),
        schema_version: None,
        migrations: Vec::new(),
    }
}

fn table(name: &str, inline: bool, lines: &[&str]) -> MemoryTable {
    let lines = lines.iter().map(|line| format!("{line}\n")).collect();
    MemoryTable::new(name, inline, lines)
}

/// The tables of a small till: keys of all kinds, a table without records, names that a path cannot hold.
pub fn till() -> Vec<MemoryTable> {
    let mut products = table(
        "products",
        true,
        &[
            r#"{"v":{"id":1,"name":"Espresso","price":2.2,"at":1700000000000},"t":{"/at":"date"}}"#,
            r#"{"v":{"id":2,"name":"Käse","tags":["a",null]},"t":{"/tags/1":"undefined"}}"#,
            r#"{"v":{"id":3,"name":"\ud83d","image":{"type":"image/png","data":"iVBORw0="}},"t":{"/image":"blob"}}"#,
            r#"{"v":{"id":4,"self":"","stock":[["a",1]]},"t":{"/self":"ref","/stock":"map"}}"#,
            r#"{"v":{"id":5}}"#,
            r#"{"v":{"id":6}}"#,
            r#"{"v":{"id":7}}"#,
        ],
    );
    products.schema.auto_increment = true;
    products.schema.next_key = Some(8.0);
    vec![
        products,
        table(
            "settings",
            false,
            &[
                r#"{"v":{"dark":true},"k":-1.5}"#,
                r#"{"v":1,"k":{"v":1700000000000,"t":{"":"date"}}}"#,
                r#"{"v":"Bar \"Sole\"","k":"shopName"}"#,
                r#"{"v":null,"k":["a",[1]],"t":{"":"undefined"}}"#,
            ],
        ),
        table("refunds", true, &[]),
        table(
            "../orders/ä%\\",
            true,
            &[r#"{"v":{"id":"o-1","total":12}}"#],
        ),
        table(
            "actionQueue",
            true,
            &[
                r#"{"v":{"id":1,"type":"SALE","payload":{"n":1}}}"#,
                r#"{"v":{"id":2,"type":"REFUND"}}"#,
            ],
        ),
    ]
}

/// Another content of the same tables.
pub fn changed_till() -> Vec<MemoryTable> {
    let mut tables = till();
    tables[0].lines = vec!["{\"v\":{\"id\":99,\"name\":\"Tea\"}}\n".to_owned()];
    tables[1].lines.clear();
    tables[2].lines = vec!["{\"v\":{\"id\":1}}\n".to_owned()];
    tables[3]
        .lines
        .push("{\"v\":{\"id\":\"o-2\"}}\n".to_owned());
    tables[4].lines[0] = "{\"v\":{\"id\":1,\"type\":\"OTHER\"}}\n".to_owned();
    tables
}

/// One asset of each kind.
pub fn assets() -> BackupAssets {
    let mut files: Sorted<String, Box<dyn ReadAt>> = Sorted::new();
    files.insert(
        "logo.png".to_owned(),
        Box::new(vec![0x89, b'P', b'N', b'G', 0, 255]),
    );
    files.insert("../Größe 1".to_owned(), Box::new(Vec::new()));
    BackupAssets {
        local_storage: Some(LOCAL_STORAGE.to_owned()),
        session_storage: Some("{}".to_owned()),
        config: Some("{\"currency\":\"EUR\",\"rates\":[0.19,0.07]}".to_owned()),
        files: Some(files),
    }
}

/// With lone surrogates in a key and in a value.
pub const LOCAL_STORAGE: &str = r#"{"theme":"dark","\udc00k":"lone \ud800 surrogate"}"#;
