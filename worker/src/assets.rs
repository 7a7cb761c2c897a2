//! What the page keeps outside the database, on its way into an archive and out of one.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::JSON;
use pos_backup::archive::EntryName;
use pos_backup::jobs::BackupAssets;
use pos_backup::page::{self, Answer, Page};
use pos_backup::storage::ReadAt;
use pos_backup_bridge::{
    Assets, AssetsApplied, Error, ErrorCode, Event, Handle, RestoreOutcome, RestoredAssets, Result,
    Sorted,
};
use serde_bytes::ByteBuf;
use serde_json::value::RawValue;
use wasm_bindgen::JsValue;

use crate::archives::blob_of;
use crate::blob::BlobFile;
use crate::outbox::Outbox;
use crate::page::PageAnswers;

/// What came with `CREATE_BACKUP`, for the engine.
pub(crate) fn to_back_up(assets: Assets) -> Result<BackupAssets> {
    let text = |raw: Option<Box<RawValue>>| raw.map(|raw| raw.get().to_owned());
    let to_file = |(name, handle): (String, Handle)| {
        let file = BlobFile::from_handle(handle).map_err(|error| error.in_entry(&name))?;
        Ok((name, Box::new(file) as Box<dyn ReadAt>))
    };
    let files = assets.files.map(|files| files.into_iter().map(to_file));
    let files = files.map(Iterator::collect::<Result<Sorted<_, _>>>);
    Ok(BackupAssets {
        local_storage: text(assets.local_storage),
        session_storage: text(assets.session_storage),
        config: text(assets.config),
        files: files.transpose()?,
    })
}

/// The page of a restore: asked by `APPLY_ASSETS`, answering by `ASSETS_APPLIED`.
pub(crate) struct MessagePage {
    job_id: String,
    outbox: Outbox,
    mailbox: Rc<Mailbox>,
    /// Where nobody else looks at the time.
    timeout_ms: Option<u32>,
}

/// Where the dispatcher puts the page's answer.
#[derive(Default)]
pub(crate) struct Mailbox {
    /// Whoever waits for the answer.
    waiting: RefCell<Option<oneshot::Sender<Answer>>>,
    previous: RefCell<Option<Assets>>,
    unanswered: Cell<bool>,
    /// The page's other answers.
    pub(crate) answers: Rc<PageAnswers>,
}

impl MessagePage {
    pub(crate) fn new(job_id: &str, outbox: Outbox, mailbox: Rc<Mailbox>) -> Self {
        Self {
            job_id: job_id.to_owned(),
            outbox,
            mailbox,
            timeout_ms: None,
        }
    }

    /// A page that is not waited for longer than this.
    pub(crate) fn answering_within(self, timeout_ms: u32) -> Self {
        let timeout_ms = Some(timeout_ms);
        Self { timeout_ms, ..self }
    }

    async fn ask(
        &self,
        assets: RestoredAssets,
        undo: bool,
        instead: Option<RestoredAssets>,
    ) -> Answer {
        let (sender, answer) = oneshot::channel();
        self.mailbox.waiting.replace(Some(sender));
        self.outbox.send(&Event::ApplyAssets {
            job_id: self.job_id.clone(),
            assets,
            undo,
            instead,
        });
        let answer = answer.map(|answer| answer.unwrap_or_else(|_| Err("no answer".to_owned())));
        let Some(timeout_ms) = self.timeout_ms else {
            return answer.await;
        };
        match select(answer, TimeoutFuture::new(timeout_ms)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err("no answer".to_owned()),
        }
    }
}

impl Mailbox {
    /// Takes the page's answer.
    pub(crate) fn put(&self, answer: AssetsApplied) {
        self.unanswered.set(false);
        let outcome = match answer.error {
            Some(reason) => Err(reason),
            None => {
                self.previous.replace(Some(answer.previous));
                Ok(())
            }
        };
        if let Some(waiting) = self.waiting.take() {
            // Whoever waited may have given up.
            let _ = waiting.send(outcome);
        }
    }

    /// Whether the page was asked to take over something and has not answered.
    pub(crate) fn is_unanswered(&self) -> bool {
        self.unanswered.get()
    }
}

impl Page for MessagePage {
    async fn take_over(&self, assets: &page::Assets) -> Result<Answer> {
        let assets = to_restore(assets)?;
        self.mailbox.unanswered.set(true);
        Ok(self.ask(assets, false, None).await)
    }

    fn previous(&self) -> Result<Option<page::Assets>> {
        let previous = self.mailbox.previous.borrow().clone();
        let previous = previous.map(|previous| to_back_up(previous)?.read());
        previous.transpose()
    }

    async fn put_back(&self) -> Option<Answer> {
        let previous = self.mailbox.previous.take()?;
        Some(self.ask(revert(previous), true, None).await)
    }

    async fn settle(
        &self,
        assets: &page::Assets,
        instead: &page::Assets,
        outcome: RestoreOutcome,
    ) -> Result<Answer> {
        let undo = outcome == RestoreOutcome::Undone;
        let instead = to_restore(&instead.clone().storages())?;
        Ok(self.ask(to_restore(assets)?, undo, Some(instead)).await)
    }
}

/// The engine's assets, for the page.
fn to_restore(assets: &page::Assets) -> Result<RestoredAssets> {
    let parse = |content: &Option<ByteBuf>, entry: EntryName| {
        let content = content.as_ref();
        content
            .map(|content| parse_json(content, &entry.to_string()))
            .transpose()
    };
    let files = assets.files.as_ref().map(|files| {
        let files = files.iter().map(|(name, content)| {
            Ok((name.clone(), Handle::from(JsValue::from(blob_of(content)?))))
        });
        files.collect::<Result<_>>()
    });
    Ok(RestoredAssets {
        local_storage: parse(&assets.local_storage, EntryName::LocalStorage)?,
        session_storage: parse(&assets.session_storage, EntryName::SessionStorage)?,
        config: parse(&assets.config, EntryName::Config)?,
        files: files.transpose()?,
    })
}

/// What the page had before, on its way back.
pub(crate) fn revert(previous: Assets) -> RestoredAssets {
    let parse = |raw: Option<Box<RawValue>>| {
        raw.and_then(|raw| JSON::parse(raw.get()).ok())
            .map(Handle::from)
    };
    RestoredAssets {
        local_storage: parse(previous.local_storage),
        session_storage: parse(previous.session_storage),
        config: parse(previous.config),
        files: previous.files,
    }
}

/// The value of a checked JSON file. The text is decoded by the browser, so lone surrogates survive.
fn parse_json(content: &[u8], path: &str) -> Result<Handle> {
    let invalid = || {
        Error::new(
            ErrorCode::RecordInvalid,
            "A JSON file in the archive cannot be used.",
        )
        .in_entry(path)
    };
    let text = std::str::from_utf8(content).map_err(|_| invalid())?;
    JSON::parse(text).map(Handle::from).map_err(|_| invalid())
}
