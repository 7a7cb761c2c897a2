//! Every event as it is posted.

use std::collections::BTreeMap;

use pos_backup_bridge::{
    AppVersions, AssetsPlan, BackupMetadata, BackupResult, BackupStatus, Capabilities, Consistency,
    DatabaseSchema, Error, ErrorCode, Event, Handle, IndexSchema, Inspection, JobResult, KeyPath,
    MigratedTable, MigrationExamples, MigrationReport, Missing, Omission, PROTOCOL_VERSION, Phase,
    PlanExamples, Recovered, RestorePlan, RestoreResult, RestoredAssets, RestoredTable,
    SafetyBackup, SafetyPlan, SalvageReport, Schema, StatusKind, StoreSchema, TablePlan,
    VerifyReport, VersionOrder, Warning,
};
use serde_json::json;

fn metadata() -> BackupMetadata {
    BackupMetadata {
        version: "1.0".to_owned(),
        id: "20260131T235959Z-1a2b3c".to_owned(),
        timestamp: 1_700_000_000_000.0,
        app_version: "2.3.0".to_owned(),
        schema_version: 10,
        database: "pos".to_owned(),
        consistency: Consistency::Snapshot,
        checksum: "0123".to_owned(),
        size: 4096,
        tables: BTreeMap::from([("orders".to_owned(), 2)]),
        action_queue_count: 1,
        file_assets: vec!["localStorage.json".to_owned()],
        config: true,
        omissions: vec![Omission {
            table: "orders".to_owned(),
            key: json!([1, "a"]),
            path: "/note".to_owned(),
            found: "RegExp".to_owned(),
        }],
    }
}

fn warnings() -> Vec<Warning> {
    vec![
        Warning {
            code: Some(ErrorCode::TableNotFound),
            message: "The queue is not there.".to_owned(),
            table: Some("queue".to_owned()),
        },
        Warning {
            code: None,
            message: "Packed anew.".to_owned(),
            table: None,
        },
    ]
}

fn done(result: JobResult) -> Event {
    Event::Done {
        job_id: "j".to_owned(),
        result: Box::new(result),
    }
}

#[test]
fn greetings() {
    insta::assert_json_snapshot!([
        Event::Loaded {
            protocol_version: PROTOCOL_VERSION,
        },
        Event::Ready {
            protocol_version: PROTOCOL_VERSION,
            capabilities: Capabilities::new(true, false),
            undoable: None,
            recovered: Recovered {
                restore: None,
                removed_part_files: vec!["a.zip.part".to_owned()],
            },
        },
    ]);
}

#[test]
fn statuses() {
    let mut first = BackupStatus::pending("j", 1_700_000_000_000.0);
    let mut full = first.clone();
    full.status = StatusKind::InProgress;
    full.phase = Phase::Reading;
    full.progress = 0.25;
    full.table = Some("orders".to_owned());
    full.records_done = 5;
    full.records_total = 20;
    full.bytes_done = 100;
    full.bytes_total = Some(400);
    full.eta_ms = Some(1500.0);
    full.metadata = Some(Box::new(metadata()));
    full.error = Some(Box::new(Error::new(ErrorCode::Internal, "A defect.")));
    first.timestamp += 0.5;
    let event = |status| Event::Status {
        job_id: "j".to_owned(),
        status: Box::new(status),
    };
    insta::assert_json_snapshot!([event(first), event(full)]);
}

#[test]
fn kinds_and_phases_have_stable_names() {
    let kinds = [
        StatusKind::Pending,
        StatusKind::InProgress,
        StatusKind::Validating,
        StatusKind::Restoring,
        StatusKind::Completed,
        StatusKind::Failed,
        StatusKind::Cancelled,
    ];
    assert_eq!(
        json!(kinds),
        json!([
            "pending",
            "in-progress",
            "validating",
            "restoring",
            "completed",
            "failed",
            "cancelled"
        ])
    );
    let phases = [
        Phase::Starting,
        Phase::Reading,
        Phase::Checking,
        Phase::Planning,
        Phase::Writing,
        Phase::ApplyingAssets,
        Phase::Finishing,
        Phase::Cancelling,
        Phase::RollingBack,
        Phase::Ended,
    ];
    assert_eq!(
        json!(phases),
        json!([
            "starting",
            "reading",
            "checking",
            "planning",
            "writing",
            "applying-assets",
            "finishing",
            "cancelling",
            "rolling-back",
            "ended"
        ])
    );
}

#[test]
fn assets_to_apply() {
    insta::assert_json_snapshot!([
        Event::ApplyAssets {
            job_id: "j".to_owned(),
            assets: RestoredAssets::default(),
            undo: false,
            instead: None,
        },
        Event::ApplyAssets {
            job_id: "j".to_owned(),
            assets: RestoredAssets {
                local_storage: Some(Handle::from(0)),
                session_storage: Some(Handle::from(1)),
                files: Some(
                    [("logo.png".to_owned(), Handle::from(2))]
                        .into_iter()
                        .collect()
                ),
                config: Some(Handle::from(3)),
            },
            undo: true,
            instead: Some(RestoredAssets::default()),
        },
    ]);
}

#[test]
fn a_file_list_to_make() {
    insta::assert_json_snapshot!(Event::MakeFileList {
        job_id: "j".to_owned(),
        files: vec![Handle::from(0), Handle::from(1)],
    });
}

#[test]
fn nulls_to_check() {
    insta::assert_json_snapshot!(Event::CheckNulls {
        job_id: "j".to_owned(),
        database: "pos".to_owned(),
        table: "settings".to_owned(),
        keys: vec![Handle::from(0), Handle::from(1)],
    });
}

#[test]
fn ends() {
    insta::assert_json_snapshot!([
        Event::Cancelled {
            job_id: "j".to_owned(),
        },
        Event::Failed {
            job_id: Some("j".to_owned()),
            error: Error::new(ErrorCode::BackupInProgress, "Another tab backs up.")
                .with(|context| context.since = Some(1_700_000_000_000.0)),
        },
        Event::Failed {
            job_id: None,
            error: Error::new(ErrorCode::InvalidMessage, "The message has no type."),
        },
    ]);
}

#[test]
fn results() {
    let schema = Schema {
        database: DatabaseSchema {
            name: "pos".to_owned(),
            version: 10,
        },
        action_queue: Some("queue".to_owned()),
        partial: false,
        stores: vec![
            StoreSchema {
                name: "orders".to_owned(),
                key_path: Some(KeyPath::Compound(vec!["day".to_owned(), "no".to_owned()])),
                auto_increment: false,
                next_key: None,
                indexes: vec![IndexSchema {
                    name: "day".to_owned(),
                    key_path: KeyPath::Single("day".to_owned()),
                    unique: false,
                    multi_entry: true,
                }],
            },
            StoreSchema {
                name: "queue".to_owned(),
                key_path: None,
                auto_increment: true,
                next_key: Some(7.0),
                indexes: Vec::new(),
            },
        ],
    };
    insta::assert_json_snapshot!([
        done(JobResult::Backup(BackupResult {
            backup_id: metadata().id,
            file: Handle::from(0),
            archive_bytes: 2048,
            stored: true,
            metadata: metadata(),
            warnings: warnings(),
            duration_ms: 12.5,
        })),
        done(JobResult::Plan(RestorePlan {
            creates_database: false,
            app_version: AppVersions {
                archive: "1.9.0".to_owned(),
                app: "2.3.0".to_owned(),
                archive_is: VersionOrder::Older,
            },
            salvage: Some(SalvageReport {
                complete: false,
                missing: vec![
                    Missing {
                        entry: "database/orders/000001.ndjson".to_owned(),
                        table: Some("orders".to_owned()),
                        records: Some(7),
                        first_key: Some(json!(8)),
                        last_key: Some(json!(["a", 1])),
                        key: None,
                        error: Error::new(ErrorCode::ChecksumMismatch, "What is wrong."),
                    },
                    Missing {
                        entry: "files/logo.png".to_owned(),
                        table: None,
                        records: None,
                        first_key: None,
                        last_key: None,
                        key: None,
                        error: Error::new(ErrorCode::EntryMissing, "It is missing."),
                    },
                ],
                unlisted: 3,
            }),
            migration: Some(MigrationReport {
                versions: vec![1, 3],
                tables: vec![
                    MigratedTable {
                        archived: Some("sales".to_owned()),
                        table: Some("orders".to_owned()),
                        records: 9,
                        changed: 4,
                        removed: 1,
                        examples: MigrationExamples {
                            changed: vec![json!(1)],
                            removed: vec![json!("b")],
                        },
                    },
                    MigratedTable {
                        table: Some("customers".to_owned()),
                        ..MigratedTable::default()
                    },
                ],
            }),
            metadata: metadata(),
            tables: vec![TablePlan {
                table: "orders".to_owned(),
                unchanged: 1,
                add: 2,
                change: 3,
                delete: 4,
                examples: PlanExamples {
                    add: vec![json!(1), json!({ "v": 5, "t": { "": "date" } })],
                    change: vec![json!(["a", 2])],
                    delete: Vec::new(),
                },
            }],
            assets: AssetsPlan {
                local_storage: true,
                session_storage: false,
                config: true,
                files: vec!["logo.png".to_owned()],
            },
            safety_backup: Some(SafetyPlan {
                bytes: 900,
                fits: true,
            }),
            warnings: Vec::new(),
        })),
        done(JobResult::Restore(RestoreResult {
            metadata: metadata(),
            app_version: AppVersions {
                archive: "spring".to_owned(),
                app: "2.3.0".to_owned(),
                archive_is: VersionOrder::Other,
            },
            salvage: None,
            migration: None,
            tables: vec![RestoredTable {
                table: "orders".to_owned(),
                records: 2,
                bytes: 64,
                duration_ms: 3.0,
                unchanged: 1,
                add: 1,
                change: 0,
                delete: 4,
            }],
            safety_backup: Some(SafetyBackup {
                backup_id: "b0".to_owned(),
                file: Handle::from(0),
                archive_bytes: 900,
                stored: true,
            }),
            warnings: Vec::new(),
            duration_ms: 12.5,
        })),
        done(JobResult::Verify(VerifyReport {
            metadata: metadata(),
            entries: 5,
            records: 3,
            bytes: 4096,
            sealed: true,
            live: None,
            rehearsed_at: Some(1_700_000_000_000.5),
            duration_ms: 12.5,
        })),
        done(JobResult::Inspect(Inspection {
            metadata: metadata(),
            schema,
            archive_bytes: 2048,
            entries: 5,
            rehearsed_at: None,
        })),
    ]);
}
