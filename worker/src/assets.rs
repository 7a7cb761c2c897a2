//! What the page keeps outside the database, on its way into an archive and out of one.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::JSON;
use pos_backup::archive::EntryName;
use pos_backup::jobs::{BackupAssets, Page};
use pos_backup::storage::ReadAt;
use pos_backup_bridge::{
    Assets, AssetsApplied, Error, ErrorCode, Event, Handle, RestoredAssets, Result,
};
use serde_json::value::RawValue;
use wasm_bindgen::JsValue;

use crate::archives::blob_of;
use crate::blob::BlobFile;
use crate::outbox::Outbox;
use crate::page::PageAnswers;

/// What came with `CREATE_BACKUP`, for the engine.
pub(crate) fn to_back_up(assets: Assets) -> Result<BackupAssets> {
    let text = |raw: Option<Box<RawValue>>| raw.map(|raw| raw.get().to_owned());
    let mut files: BTreeMap<String, Box<dyn ReadAt>> = BTreeMap::new();
    for (name, handle) in assets.files.unwrap_or_default() {
        let file = BlobFile::from_handle(handle).map_err(|error| error.in_entry(&name))?;
        files.insert(name, Box::new(file));
    }
    Ok(BackupAssets {
        local_storage: text(assets.local_storage),
        session_storage: text(assets.session_storage),
        config: text(assets.config),
        files,
    })
}

/// The page of a restore: asked by `APPLY_ASSETS`, answering by `ASSETS_APPLIED`.
pub(crate) struct MessagePage {
    job_id: String,
    outbox: Outbox,
    mailbox: Rc<Mailbox>,
}

/// Where the dispatcher puts the page's answer.
#[derive(Default)]
pub(crate) struct Mailbox {
    answer: RefCell<Option<Result<(), String>>>,
    previous: RefCell<Option<Assets>>,
    asked: Cell<bool>,
    /// The page's other answers.
    pub(crate) answers: Rc<PageAnswers>,
}

impl MessagePage {
    pub(crate) fn new(job_id: &str, outbox: Outbox, mailbox: Rc<Mailbox>) -> Self {
        Self {
            job_id: job_id.to_owned(),
            outbox,
            mailbox,
        }
    }

    fn ask(&self, assets: RestoredAssets) {
        self.mailbox.answer.take();
        self.mailbox.asked.set(true);
        self.outbox.send(&Event::ApplyAssets {
            job_id: self.job_id.clone(),
            assets,
        });
    }
}

impl Mailbox {
    /// Takes the page's answer.
    pub(crate) fn put(&self, answer: AssetsApplied) {
        let outcome = match answer.error {
            Some(reason) => Err(reason),
            None => {
                self.previous.replace(Some(answer.previous));
                Ok(())
            }
        };
        self.answer.replace(Some(outcome));
    }

    /// Whether the page was asked and has not answered.
    pub(crate) fn is_unanswered(&self) -> bool {
        self.asked.get() && self.answer.borrow().is_none()
    }
}

impl Page for MessagePage {
    fn apply_assets(&self, assets: &BTreeMap<String, Vec<u8>>) -> Result<()> {
        let mut restored = RestoredAssets::default();
        let mut files = BTreeMap::new();
        for (path, content) in assets {
            match EntryName::parse(path)? {
                EntryName::LocalStorage => {
                    restored.local_storage = Some(parse_json(content, path)?)
                }
                EntryName::SessionStorage => {
                    restored.session_storage = Some(parse_json(content, path)?)
                }
                EntryName::Config => restored.config = Some(parse_json(content, path)?),
                EntryName::File(name) => {
                    files.insert(name, Handle::from(JsValue::from(blob_of(content)?)));
                }
                _ => {}
            }
        }
        restored.files = (!files.is_empty()).then_some(files);
        self.ask(restored);
        Ok(())
    }

    fn answer(&self) -> Option<Result<(), String>> {
        self.mailbox.answer.borrow().clone()
    }

    fn revert_assets(&self) -> bool {
        let Some(previous) = self.mailbox.previous.take() else {
            return false;
        };
        self.ask(revert(previous));
        // A late answer to this is not to be undone in its turn.
        self.mailbox.asked.set(false);
        true
    }
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
