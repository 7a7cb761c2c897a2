//! One function per command: it gathers what the engine's job needs, and runs it.

use std::rc::Rc;

use js_sys::{Date, Math};
use pos_backup::job::{Cancel, Job, Outcome, Stop};
use pos_backup::jobs::{self as engine, BackupRequest, RestoreRequest};
use pos_backup_bridge::{
    BackupMetadata, Capabilities, Config, CreateBackup, Error, ErrorCode, Event, Init, Inspect,
    JobResult, PROTOCOL_VERSION, PlanRestore, Recovered, Restore, Result, Source, Verify,
};
use wasm_bindgen_futures::spawn_local;

use crate::archives::Archives;
use crate::assets::{Mailbox, MessagePage, to_back_up};
use crate::blob::BlobFile;
use crate::decoder::BrowserDecoder;
use crate::dispatcher::State;
use crate::host::BrowserHost;
use crate::indexed_db::IndexedDb;
use crate::lock::{Lock, LockState};
use crate::outbox::Outbox;
use crate::page::PageHelp;

/// Where the checks end and the writing begins, in the progress of a restore.
const CHECKED_AT: f64 = 0.15;

pub(crate) fn init(state: &Rc<State>, outbox: &Outbox, init: Init) {
    let (state, outbox) = (Rc::clone(state), outbox.clone());
    spawn_local(async move {
        let event = match recover(&init.config).await {
            Ok((archives, removed_part_files)) => {
                state.set_config(init.config);
                Event::Ready {
                    protocol_version: PROTOCOL_VERSION,
                    capabilities: Capabilities::new(archives.are_stored(), Lock::is_supported()),
                    recovered: Recovered { removed_part_files },
                }
            }
            Err(error) => Event::Failed {
                job_id: None,
                error,
            },
        };
        outbox.send(&event);
    });
}

/// Removes what crashed runs have left, unless a job is running that is not done with it. What cannot
/// be removed is no reason to do nothing else.
async fn recover(config: &Config) -> Result<(Archives, Vec<String>)> {
    let archives = Archives::open(&config.database).await;
    // The lock is not taken for nothing: a job that begins just now would find it taken.
    if !archives.has_part_files().await {
        return Ok((archives, Vec::new()));
    }
    let removed = match Lock::try_acquire(&config.database).await? {
        LockState::Held(lock) => {
            let removed = archives.remove_part_files().await;
            lock.release().await;
            removed.unwrap_or_default()
        }
        LockState::Taken(_) => Vec::new(),
    };
    Ok((archives, removed))
}

pub(crate) fn create_backup(state: &Rc<State>, outbox: &Outbox, command: CreateBackup) {
    let id = command.job_id.clone();
    let page_outbox = outbox.clone();
    run(state, outbox, &id, async move |job, config, mailbox| {
        let assets = to_back_up(command.assets)?;
        let answers = Rc::clone(&mailbox.answers);
        let help = PageHelp::of_job(&command.job_id, page_outbox, answers);
        let database = IndexedDb::new(&config.database).with_page(help);
        let archives = Archives::open(&config.database).await;
        let request = BackupRequest {
            id: new_backup_id(),
            config: config.clone(),
            options: command.options,
            assets,
        };
        let work = engine::backup(&job, &database, &archives, request);
        let result = locked(&config, work).await?;
        Ok((Some(result.metadata.clone()), JobResult::Backup(result)))
    });
}

pub(crate) fn plan_restore(state: &Rc<State>, outbox: &Outbox, command: PlanRestore) {
    let id = command.job_id;
    run(state, outbox, &id, async move |job, config, _| {
        let file = open(&config, command.source).await?;
        let database = IndexedDb::new(&config.database);
        let request = RestoreRequest {
            config,
            options: command.options,
        };
        let prepared =
            engine::prepare_restore(&job, &database, &BrowserDecoder, file, &request, 0.4).await?;
        let plan = engine::plan_restore(&job, &database, prepared).await?;
        Ok((None, JobResult::Plan(plan)))
    });
}

pub(crate) fn restore(state: &Rc<State>, outbox: &Outbox, command: Restore) {
    let id = command.job_id.clone();
    let page_outbox = outbox.clone();
    run(state, outbox, &id, async move |job, config, mailbox| {
        let file = open(&config, command.source).await?;
        let help = PageHelp::of_job(
            &command.job_id,
            page_outbox.clone(),
            Rc::clone(&mailbox.answers),
        );
        let database = IndexedDb::new(&config.database).with_page(help);
        let page = MessagePage::new(&command.job_id, page_outbox, mailbox);
        let request = RestoreRequest {
            config: config.clone(),
            options: command.options,
        };
        let work = async {
            let prepared = engine::prepare_restore(
                &job,
                &database,
                &BrowserDecoder,
                file,
                &request,
                CHECKED_AT,
            )
            .await?;
            engine::restore(&job, &database, &page, prepared).await
        };
        let result = locked(&config, work).await?;
        Ok((Some(result.metadata.clone()), JobResult::Restore(result)))
    });
}

pub(crate) fn verify(state: &Rc<State>, outbox: &Outbox, command: Verify) {
    let id = command.job_id;
    run(state, outbox, &id, async move |job, config, _| {
        let file = open(&config, command.source).await?;
        let report = engine::verify(&job, &BrowserDecoder, file).await?;
        Ok((Some(report.metadata.clone()), JobResult::Verify(report)))
    });
}

pub(crate) fn inspect(state: &Rc<State>, outbox: &Outbox, command: Inspect) {
    let id = command.job_id;
    run(state, outbox, &id, async move |job, config, _| {
        let file = open(&config, command.source).await?;
        let inspection = engine::inspect(&job, file).await?;
        Ok((
            Some(inspection.metadata.clone()),
            JobResult::Inspect(inspection),
        ))
    });
}

/// Runs a job to its end and tells the page: a last status, then `DONE`, `FAILED` or `CANCELLED`.
fn run<W, F>(state: &Rc<State>, outbox: &Outbox, id: &str, work: W)
where
    W: FnOnce(Rc<Job>, Config, Rc<Mailbox>) -> F + 'static,
    F: Future<Output = Outcome<(Option<BackupMetadata>, JobResult)>> + 'static,
{
    let (state, outbox, job_id) = (Rc::clone(state), outbox.clone(), id.to_owned());
    // The job that is running under this id has not failed.
    let refused_id = (!state.is_running(id)).then(|| job_id.clone());
    let refused = match state.config() {
        Ok(config) if !state.is_running(id) => {
            let host = BrowserHost::posting(outbox.clone());
            let job = Rc::new(Job::new(id, Rc::new(host), Cancel::default()));
            let mailbox = state.job_began(id, Rc::clone(&job));
            spawn_local(async move {
                let (end, event) = match work(Rc::clone(&job), config, mailbox).await {
                    Ok((metadata, result)) => {
                        let result = Box::new(result);
                        (
                            Ok(metadata),
                            Event::Done {
                                job_id: job_id.clone(),
                                result,
                            },
                        )
                    }
                    Err(Stop::Cancelled) => (
                        Err(Stop::Cancelled),
                        Event::Cancelled {
                            job_id: job_id.clone(),
                        },
                    ),
                    Err(Stop::Failed(error)) => {
                        let failed = Event::Failed {
                            job_id: Some(job_id.clone()),
                            error: error.clone(),
                        };
                        (Err(Stop::Failed(error)), failed)
                    }
                };
                state.job_ended(&job_id);
                job.end(&end);
                outbox.send(&event);
            });
            return;
        }
        Ok(_) => Error::new(ErrorCode::InvalidMessage, "A job of this id is running.")
            .with(|context| context.path = Some("/jobId".to_owned()))
            .expected("an id of its own for each job", id),
        Err(error) => error,
    };
    outbox.send(&Event::Failed {
        job_id: refused_id,
        error: refused,
    });
}

/// Runs a job while nobody else writes or backs up this database. The lock is free before the page
/// hears of the end, so that the next job can start at once.
async fn locked<T>(config: &Config, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let lock = Lock::acquire(&config.database).await?;
    let outcome = work.await;
    lock.release().await;
    outcome
}

async fn open(config: &Config, source: Source) -> Result<BlobFile> {
    match source {
        Source::File(handle) => BlobFile::from_handle(handle),
        Source::Stored { backup_id } => {
            Archives::open(&config.database)
                .await
                .stored(&backup_id)
                .await
        }
    }
}

/// An id that sorts by time: `20260131T235959Z-1a2b3c`.
fn new_backup_id() -> String {
    let now = Date::new_0()
        .to_iso_string()
        .as_string()
        .unwrap_or_default();
    let seconds = now
        .split('.')
        .next()
        .unwrap_or_default()
        .replace(['-', ':'], "");
    let random = (Math::random() * f64::from(1 << 24)) as u32;
    format!("{seconds}Z-{random:06x}")
}
