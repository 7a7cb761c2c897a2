//! Whole jobs over the browser's adapters.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use js_sys::Date;
use pos_backup::codec::NoCodec;
use pos_backup::database::Database;
use pos_backup::job::{Cancel, Host, Job, Stop};
use pos_backup::jobs::{
    BackupAssets, BackupRequest, RestoreRequest, VerifyRequest, backup, prepare_restore, restore,
    verify,
};
use pos_backup::page::{Answer, Assets, Page};
use pos_backup_bridge::{
    BackupOptions, BackupResult, BackupStatus, Error, Phase, RestoreOutcome, Result, VerifyOptions,
};
use pos_backup_worker::{BlobFile, Bookkeeping, BrowserHost, IndexedDb, OpfsArchives};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::shop::{
    assert_same, clear, config, create_shop, delete_shop, dump, exists, occupy, put, store,
    uncaught_errors,
};

type Statuses = Rc<RefCell<Vec<BackupStatus>>>;

/// A job that cancels itself when its progress reaches a mark.
fn job_cancelled_at(mark: f64) -> (Job, Statuses) {
    let statuses = Statuses::default();
    let cancel = Cancel::default();
    let host = BrowserHost::new({
        let (statuses, cancel) = (Rc::clone(&statuses), cancel.clone());
        move |status| {
            if status.progress >= mark {
                cancel.request();
            }
            statuses.borrow_mut().push(status);
        }
    });
    (Job::new("job", Rc::new(host), cancel), statuses)
}

fn job() -> Job {
    job_cancelled_at(2.0).0
}

fn request(database: &str, id: &str) -> BackupRequest {
    BackupRequest {
        id: id.to_owned(),
        config: config(database),
        options: BackupOptions::default(),
        assets: BackupAssets {
            local_storage: Some(r#"{"a":"\ud800"}"#.to_owned()),
            ..BackupAssets::default()
        },
    }
}

async fn back_up(database: &str, id: &str) -> BackupResult {
    let archives = OpfsArchives::open(database).await.unwrap();
    backup(
        &job(),
        &IndexedDb::new(database),
        &archives,
        request(database, id),
    )
    .await
    .unwrap()
}

fn open(result: &BackupResult) -> BlobFile {
    BlobFile::new(JsValue::from(result.file.clone()).unchecked_into()).unwrap()
}

/// A page that takes over whatever it is given.
#[derive(Default)]
struct Willing(RefCell<Assets>);

impl Page for Willing {
    async fn take_over(&self, assets: &Assets) -> Result<Answer> {
        self.0.replace(assets.clone());
        Ok(Ok(()))
    }

    fn previous(&self) -> Result<Option<Assets>> {
        Ok(Some(Assets::default()))
    }

    async fn put_back(&self) -> Option<Answer> {
        (!self.0.take().is_empty()).then_some(Ok(()))
    }

    async fn settle(
        &self,
        assets: &Assets,
        _instead: &Assets,
        _outcome: RestoreOutcome,
    ) -> Result<Answer> {
        self.take_over(assets).await
    }
}

async fn restore_from(
    database: &str,
    result: &BackupResult,
    job: &Job,
) -> (Result<(), Stop>, Willing) {
    let page = Willing::default();
    let request = RestoreRequest {
        config: config(database),
        options: Default::default(),
        assets: None,
        safety_id: Some("safety".to_owned()),
        migrated_id: "migrated".to_owned(),
        may_check_later: true,
    };
    let live = IndexedDb::new(database);
    let journal = Bookkeeping::of(database);
    let archives = OpfsArchives::open(database).await.unwrap();
    let file = open(result);
    let preparing = prepare_restore(job, &live, &archives, &NoCodec, file, request, 0.15);
    let outcome = match preparing.await {
        Ok(prepared) => restore(job, &live, &archives, &journal, &page, &NoCodec, prepared)
            .await
            .map(drop),
        Err(stop) => Err(stop),
    };
    (outcome, page)
}

#[wasm_bindgen_test]
async fn a_backup_brings_everything_back() {
    create_shop("whole", 2000).await;
    let before = dump("whole").await;
    let result = back_up("whole", "one").await;
    assert!(result.stored);
    assert_eq!(result.metadata.tables["orders"], 2000);
    assert_eq!(result.metadata.tables["empty"], 0);
    assert_eq!(result.metadata.action_queue_count, 5);
    let (live, scratch) = (IndexedDb::new("whole"), IndexedDb::new("whole scratch"));
    let archives = OpfsArchives::open("whole").await.unwrap();
    let request = VerifyRequest {
        file: open(&result),
        migrated_id: "migrated".to_owned(),
        config: config("whole"),
        options: VerifyOptions {
            live: true,
            rehearse: true,
        },
    };
    let journal = Bookkeeping::of("whole");
    let verifying = job();
    let report = verify(
        &verifying, &live, &scratch, &archives, &journal, &NoCodec, request,
    );
    let report = report.await.unwrap();
    assert!(report.live.unwrap().current);
    assert!(report.rehearsed_at.is_some());
    assert!(exists("whole scratch").await.is_falsy());
    assert!(report.sealed);
    assert_eq!(report.records, 4 * 2000 + 6 + 5);

    clear("whole", "orders").await;
    clear("whole", "settings").await;
    put(
        "whole",
        "settings",
        &"not in the backup".into(),
        &"x".into(),
    )
    .await;
    let (outcome, page) = restore_from("whole", &result, &job()).await;
    outcome.unwrap();
    assert_same("whole", &before).await;
    assert_eq!(
        page.0.borrow().local_storage.as_deref().unwrap(),
        br#"{"a":"\ud800"}"#
    );
    assert_eq!(uncaught_errors(), "");
    delete_shop("whole").await;
}

#[wasm_bindgen_test]
async fn a_cancelled_backup_leaves_nothing() {
    create_shop("cancelled", 3000).await;
    let archives = OpfsArchives::open("cancelled").await.unwrap();
    for mark in [0.0, 0.1, 0.5, 0.8, 0.9] {
        let (job, _) = job_cancelled_at(mark);
        let outcome = backup(
            &job,
            &IndexedDb::new("cancelled"),
            &archives,
            request("cancelled", "one"),
        )
        .await;
        assert!(matches!(outcome, Err(Stop::Cancelled)), "at {mark}");
        assert!(archives.names().await.unwrap().is_empty(), "at {mark}");
    }
    assert_eq!(uncaught_errors(), "");
    back_up("cancelled", "two").await;
    delete_shop("cancelled").await;
}

#[wasm_bindgen_test]
async fn a_cancelled_restore_leaves_everything_as_it_was() {
    create_shop("undone", 2000).await;
    let result = back_up("undone", "one").await;
    put("undone", "settings", &"later".into(), &"x".into()).await;
    clear("undone", "visits").await;
    let before = dump("undone").await;
    for mark in [0.05, 0.1, 0.3, 0.6, 0.9] {
        let (job, statuses) = job_cancelled_at(mark);
        let (outcome, page) = restore_from("undone", &result, &job).await;
        assert!(matches!(outcome, Err(Stop::Cancelled)), "at {mark}");
        assert!(page.0.borrow().is_empty());
        assert_same("undone", &before).await;
        let rolled_back = statuses
            .borrow()
            .iter()
            .any(|status| status.phase == Phase::RollingBack);
        assert_eq!(rolled_back, mark > 0.2, "at {mark}");
    }
    assert_eq!(uncaught_errors(), "");
    delete_shop("undone").await;
}

#[wasm_bindgen_test]
async fn a_cancel_does_not_wait_for_a_writer() {
    const OCCUPIED_MS: u32 = 3000;
    create_shop("occupied", 3).await;
    let before = dump("occupied").await;
    let archives = OpfsArchives::open("occupied").await.unwrap();
    occupy("occupied", "orders", OCCUPIED_MS).await;
    let cancel = Cancel::default();
    let asked = cancel.clone();
    let job = Job::new("job", Rc::new(BrowserHost::new(drop)), cancel);
    spawn_local(async move {
        TimeoutFuture::new(200).await;
        asked.request();
    });
    let started_at = Date::now();
    let request = request("occupied", "one");
    let outcome = backup(&job, &IndexedDb::new("occupied"), &archives, request).await;
    assert!(matches!(outcome, Err(Stop::Cancelled)));
    let waited_ms = Date::now() - started_at;
    assert!(waited_ms < f64::from(OCCUPIED_MS) / 2.0, "{waited_ms} ms");
    // What was begun to see the generators' next keys is undone, once the writer is done.
    assert_same("occupied", &before).await;
    let schema = IndexedDb::new("occupied").schema(true).await.unwrap();
    assert_eq!(store(&schema.stores, "orders").next_key, Some(4.0));
    assert_same("occupied", &before).await;
    assert_eq!(uncaught_errors(), "");
    delete_shop("occupied").await;
}

#[wasm_bindgen_test]
async fn a_part_that_nobody_waits_for_any_more_is_no_error() {
    let host = BrowserHost::new(drop);
    let worker = host.part_worker().unwrap();
    // As a cancel drops it, before it was waited for.
    drop(worker.pack(b"{}\n", 6));
    drop(host);
    TimeoutFuture::new(100).await;
    assert_eq!(uncaught_errors(), "");
}

#[wasm_bindgen_test]
async fn a_backup_of_what_is_not_there_fails() {
    let archives = OpfsArchives::open("nothing").await.unwrap();
    let outcome = backup(
        &job(),
        &IndexedDb::new("nothing"),
        &archives,
        request("nothing", "one"),
    )
    .await;
    let Err(Stop::Failed(Error { code, .. })) = outcome else {
        panic!("there is no such database");
    };
    assert_eq!(code, pos_backup_bridge::ErrorCode::DatabaseNotFound);
    assert!(archives.names().await.unwrap().is_empty());
}
