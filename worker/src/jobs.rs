//! One function per command: it gathers what the engine's job needs, and runs it.

use std::rc::Rc;

use futures::future::join;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Date, Math};
use pos_backup::database::Database;
use pos_backup::job::{Cancel, Job, Outcome, Stop};
use pos_backup::jobs::{self as engine, BackupRequest, RestoreRequest, VerifyRequest};
use pos_backup::journal::{Journal, Reached};
use pos_backup::storage::Storage;
use pos_backup_bridge::{
    Assets, BackupMetadata, Capabilities, Config, CreateBackup, Error, ErrorCode, Event, Init,
    Inspect, JobResult, PROTOCOL_VERSION, PlanRestore, Recovered, RecoveredRestore, Restore,
    RestoreOptions, Result, Source, UndoRestore, Verify,
};

use crate::archives::Archives;
use crate::assets::{Mailbox, MessagePage, to_back_up};
use crate::blob::BlobFile;
use crate::bookkeeping::Bookkeeping;
use crate::codec::BrowserCodec;
use crate::dispatcher::State;
use crate::host::BrowserHost;
use crate::indexed_db::{IndexedDb, exists};
use crate::lock::{Lock, LockState};
use crate::outbox::Outbox;
use crate::page::PageHelp;
use crate::spawn::spawn;

/// Where the checks end and the writing begins, in the progress of a restore.
const CHECKED_AT: f64 = 0.15;

pub(crate) fn init(state: &Rc<State>, outbox: &Outbox, init: Init) {
    let (state, outbox) = (Rc::clone(state), outbox.clone());
    spawn(async move {
        let database = init.config.database.clone();
        let journal = Bookkeeping::of(&database);
        let (archives, noted) = join(Archives::open(&database), journal.at_start()).await;
        // Where it cannot be read, an undo says why.
        let (is_noted, undoable) = noted.unwrap_or((true, None));
        let recovered = recover(&state, &outbox, &init.config, &archives, is_noted).await;
        // What took a while may have changed it.
        let undoable = match is_noted || recovered.is_some() {
            true => journal.undoable().await.unwrap_or_default(),
            false => undoable,
        };
        state.set_config(init.config);
        outbox.send(&Event::Ready {
            protocol_version: PROTOCOL_VERSION,
            capabilities: Capabilities::new(archives.keeps(), Lock::is_supported()),
            recovered: recovered.unwrap_or_default(),
            undoable: undoable.map(Box::new),
        });
        remove_scratch(&database).await;
    });
}

/// How long a start waits for a job that is just ending: that of a page that was reloaded, for example.
const ENDING_JOB_MS: f64 = 2_000.0;

/// In place of the code's own.
const HINT_AGAIN: &str = "Reload the page, which shows what is there now, then try again.";

/// In place of the code's own, which speaks of a backup that was there.
const HINT_NOTHING_TO_UNDO: &str = "A restore can be undone when it has kept a copy of what it replaced: not with `safetyBackup: false`, nor where it created the database, nor in a browser that cannot keep backups.";

/// So long after a restore's end, at the latest, the page has shown it.
const TOLD_AFTER_MS: u32 = 1_000;

/// How long a page may take, at a start, to bring what it keeps in line with the tables.
const SETTLING_TIMEOUT_MS: u32 = 10_000;

/// Mends what crashed runs have left, if there is any, unless a job is running that is not done with it. What cannot
/// be mended is no reason to do nothing else.
async fn recover(
    state: &State,
    outbox: &Outbox,
    config: &Config,
    archives: &Archives,
    is_noted: bool,
) -> Option<Recovered> {
    // The lock is not taken for nothing: a job that begins just now would find it taken.
    if !is_noted && !archives.has_part_files().await {
        return None;
    }
    let begun_at_ms = Date::now();
    let lock = loop {
        match Lock::try_acquire(&config.database).await {
            Ok(LockState::Held(lock)) => break lock,
            Ok(LockState::Taken(_)) if is_noted && Date::now() - begun_at_ms < ENDING_JOB_MS => {
                TimeoutFuture::new(50).await;
            }
            _ => return None,
        }
    };
    let removed = archives.remove_part_files().await;
    // Where this fails, the next job tells.
    let restore = settle(state, outbox, config).await;
    lock.release().await;
    Some(Recovered {
        removed_part_files: removed.unwrap_or_default(),
        restore: restore.unwrap_or_default().map(Box::new),
    })
}

/// Removes what a rehearsal that was cut off has left: as much as the whole database.
async fn remove_scratch(database: &str) {
    let Ok(true) = exists(&Bookkeeping::scratch_name(database)).await else {
        return;
    };
    // What cannot be removed now is removed by the next rehearsal.
    if let Ok(LockState::Held(lock)) = Lock::try_acquire(database).await {
        let _ = Bookkeeping::scratch(database).remove().await;
        lock.release().await;
    }
}

/// Finishes or undoes a restore that was cut off.
async fn settle(
    state: &State,
    outbox: &Outbox,
    config: &Config,
) -> Result<Option<RecoveredRestore>> {
    let journal = Bookkeeping::of(&config.database);
    let Some(note) = journal.read().await? else {
        return Ok(None);
    };
    let mailbox = state.recovering(&note.job_id);
    let page = MessagePage::new(&note.job_id, outbox.clone(), mailbox);
    let page = page.answering_within(SETTLING_TIMEOUT_MS);
    let database = IndexedDb::new(&config.database);
    let archives = Archives::open(&config.database).await;
    engine::recover(&database, &archives, &journal, &page, Date::now()).await
}

pub(crate) fn create_backup(state: &Rc<State>, outbox: &Outbox, command: CreateBackup) {
    let id = command.job_id.clone();
    run(state, outbox, &id, async move |running| {
        let Running { job, config, .. } = running;
        let assets = to_back_up(command.assets)?;
        let database = IndexedDb::new(&config.database).with_page(running.page_help());
        let archives = Archives::open(&config.database).await;
        let request = BackupRequest {
            id: new_backup_id(),
            config: config.clone(),
            options: command.options,
            assets,
        };
        let work = engine::backup(job, &database, &archives, request);
        let result = running.locked(work).await?;
        Ok((Some(result.metadata.clone()), JobResult::Backup(result)))
    });
}

pub(crate) fn plan_restore(state: &Rc<State>, outbox: &Outbox, command: PlanRestore) {
    let id = command.job_id;
    run(state, outbox, &id, async move |running| {
        let Running { job, config, .. } = running;
        let file = open(config, command.source).await?;
        let database = IndexedDb::new(&config.database);
        let archives = Archives::open(&config.database).await;
        let request = RestoreRequest {
            config: config.clone(),
            safety_id: command.options.keeps_copy().then(new_backup_id),
            options: command.options,
            assets: None,
            migrated_id: migrated_id(),
            may_check_later: false,
        };
        let codec = running.codec();
        let preparing =
            engine::prepare_restore(job, &database, &archives, &codec, file, request, 0.4);
        let prepared = preparing.await?;
        let plan = engine::plan_restore(job, &database, &archives, prepared).await?;
        Ok((None, JobResult::Plan(plan)))
    });
}

pub(crate) fn restore(state: &Rc<State>, outbox: &Outbox, command: Restore) {
    let id = command.job_id.clone();
    run(state, outbox, &id, async move |running| {
        let file = async || Ok(open(&running.config, command.source).await?);
        restore_from(running, file, command.options, command.assets).await
    });
}

pub(crate) fn undo_restore(state: &Rc<State>, outbox: &Outbox, command: UndoRestore) {
    let id = command.job_id.clone();
    run(state, outbox, &id, async move |running| {
        let config = &running.config;
        let file = async || {
            let journal = Bookkeeping::of(&config.database);
            let Some(undoable) = journal.undoable().await? else {
                let message = "There is no restore that can be undone.";
                let error = Error::new(ErrorCode::BackupNotFound, message);
                return Err(error.with_hint(HINT_NOTHING_TO_UNDO).into());
            };
            let source = Source::Stored {
                backup_id: undoable.backup_id,
            };
            Ok(open(config, source).await?)
        };
        let options = RestoreOptions {
            safety_backup: command.options.safety_backup,
            ..RestoreOptions::default()
        };
        restore_from(running, file, options, command.assets).await
    });
}

async fn restore_from(
    running: &Running,
    file: impl AsyncFnOnce() -> Outcome<BlobFile>,
    options: RestoreOptions,
    assets: Option<Assets>,
) -> Outcome<(Option<BackupMetadata>, JobResult)> {
    let Running { job, config, .. } = running;
    let assets = assets.map(to_back_up).transpose()?;
    let database = IndexedDb::new(&config.database).with_page(running.page_help());
    let archives = Archives::open(&config.database).await;
    let journal = Bookkeeping::of(&config.database);
    let mailbox = Rc::clone(&running.mailbox);
    let page = MessagePage::new(&running.id, running.outbox.clone(), mailbox);
    let request = RestoreRequest {
        config: config.clone(),
        safety_id: options.keeps_copy().then(new_backup_id),
        options,
        assets,
        migrated_id: migrated_id(),
        may_check_later: true,
    };
    let work = async {
        // While nobody else can remove it.
        let file = file().await?;
        let codec = running.codec();
        let preparing =
            engine::prepare_restore(job, &database, &archives, &codec, file, request, CHECKED_AT);
        let prepared = preparing.await?;
        engine::restore(job, &database, &archives, &journal, &page, &codec, prepared).await
    };
    let outcome = running.locked(work).await;
    let id = running.id.clone();
    spawn(async move {
        TimeoutFuture::new(TOLD_AFTER_MS).await;
        // Otherwise the next start tells it once more.
        let _ = journal.told(&id).await;
    });
    let result = outcome?;
    Ok((Some(result.metadata.clone()), JobResult::Restore(result)))
}

pub(crate) fn verify(state: &Rc<State>, outbox: &Outbox, command: Verify) {
    let id = command.job_id;
    run(state, outbox, &id, async move |running| {
        let Running { job, config, .. } = running;
        let file = open(config, command.source).await?;
        let is_rehearsal = command.options.rehearse;
        let database = IndexedDb::new(&config.database);
        let scratch = Bookkeeping::scratch(&config.database).with_page(running.page_help());
        let journal = Bookkeeping::of(&config.database);
        let archives = Archives::open(&config.database).await;
        let request = VerifyRequest {
            file,
            config: config.clone(),
            options: command.options,
            migrated_id: migrated_id(),
        };
        let codec = running.codec();
        let work = engine::verify(
            job, &database, &scratch, &archives, &journal, &codec, request,
        );
        // There is one scratch database.
        let report = match is_rehearsal {
            true => running.locked(work).await?,
            false => work.await?,
        };
        Ok((Some(report.metadata.clone()), JobResult::Verify(report)))
    });
}

pub(crate) fn inspect(state: &Rc<State>, outbox: &Outbox, command: Inspect) {
    let id = command.job_id;
    run(state, outbox, &id, async move |running| {
        let config = &running.config;
        let file = open(config, command.source).await?;
        let mut inspection = engine::inspect(&running.job, file).await?;
        let journal = Bookkeeping::of(&config.database);
        let rehearsed_at = journal.rehearsed_at(&inspection.metadata.checksum).await;
        // It only adds to what the archive says.
        inspection.rehearsed_at = rehearsed_at.unwrap_or_default();
        Ok((
            Some(inspection.metadata.clone()),
            JobResult::Inspect(inspection),
        ))
    });
}

/// A job under way, and what it has to do with.
struct Running {
    id: String,
    job: Rc<Job>,
    config: Config,
    mailbox: Rc<Mailbox>,
    state: Rc<State>,
    outbox: Outbox,
}

impl Running {
    /// The page, for what only it can do for records.
    fn page_help(&self) -> PageHelp {
        let answers = Rc::clone(&self.mailbox.answers);
        PageHelp::of_job(&self.id, self.outbox.clone(), answers)
    }

    fn codec(&self) -> BrowserCodec {
        BrowserCodec {
            page: self.page_help(),
        }
    }

    /// Does the work while nobody else writes or backs up this database, and after what an earlier restore has left is
    /// settled. The lock is free before the page hears of the end, so that the next job can start at once.
    async fn locked<T>(&self, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        let lock = Lock::acquire(&self.config.database).await?;
        let outcome = match self.settled().await {
            Ok(()) => work.await,
            Err(error) => Err(error.into()),
        };
        lock.release().await;
        outcome
    }

    /// Makes sure that no restore of an earlier start is left half way.
    async fn settled(&self) -> Result<()> {
        let note = Bookkeeping::of(&self.config.database).read().await?;
        let changes_assets = match note.map(|note| note.reached) {
            None | Some(Reached::Settled(_)) => return Ok(()),
            Some(Reached::Writing) => false,
            Some(Reached::Committing(committing)) => !committing.next.is_empty(),
        };
        let restore = settle(&self.state, &self.outbox, &self.config).await?;
        match restore.and_then(|restore| restore.error) {
            Some(error) => Err(error),
            None if changes_assets => {
                let message = "A restore that was cut off has just been settled: what the page sent with this job is from before.";
                Err(Error::new(ErrorCode::AssetsNotApplied, message).with_hint(HINT_AGAIN))
            }
            None => Ok(()),
        }
    }

    /// Tells the page how it ended: a last status, then `DONE`, `FAILED` or `CANCELLED`.
    fn end(&self, outcome: Outcome<(Option<BackupMetadata>, JobResult)>) {
        let job_id = self.id.clone();
        let (end, event) = match outcome {
            Ok((metadata, result)) => {
                let result = Box::new(result);
                (Ok(metadata), Event::Done { job_id, result })
            }
            Err(Stop::Cancelled) => (Err(Stop::Cancelled), Event::Cancelled { job_id }),
            Err(Stop::Failed(error)) => {
                let failed = Event::Failed {
                    job_id: Some(job_id),
                    error: error.clone(),
                };
                (Err(Stop::Failed(error)), failed)
            }
        };
        self.state.job_ended(&self.id);
        self.job.end(&end);
        self.outbox.send(&event);
    }
}

/// Runs a job to its end.
fn run<W>(state: &Rc<State>, outbox: &Outbox, id: &str, work: W)
where
    W: AsyncFnOnce(&Running) -> Outcome<(Option<BackupMetadata>, JobResult)> + 'static,
{
    // The job that is running under this id has not failed.
    let refused_id = (!state.is_running(id)).then(|| id.to_owned());
    let refused = match state.config() {
        Ok(config) if !state.is_running(id) => {
            let host = BrowserHost::posting(outbox.clone());
            let job = Rc::new(Job::new(id, Rc::new(host), Cancel::default()));
            let mailbox = state.job_began(id, Rc::clone(&job));
            let running = Running {
                id: id.to_owned(),
                job,
                config,
                mailbox,
                state: Rc::clone(state),
                outbox: outbox.clone(),
            };
            spawn(async move {
                let outcome = work(&running).await;
                running.end(outcome);
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

/// The id of a file that is gone when its job ends.
fn migrated_id() -> String {
    format!("{}-migrated", new_backup_id())
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
