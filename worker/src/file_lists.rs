//! FileLists, which a page can make and a worker cannot.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Date};
use pos_backup::limits::ASSETS_TIMEOUT_MS;
use pos_backup_bridge::{Error, ErrorCode, Event, FileListMade, Handle, Result};
use wasm_bindgen::JsValue;

use crate::outbox::Outbox;

/// Makes FileLists: asks the page by `MAKE_FILE_LIST`, which answers by `FILE_LIST_MADE`.
#[derive(Clone)]
pub(crate) struct FileLists {
    page: Option<Rc<Page>>,
}

struct Page {
    job_id: String,
    outbox: Outbox,
    mailbox: Rc<FileListMailbox>,
}

/// Where the dispatcher puts the page's answer.
#[derive(Default)]
pub(crate) struct FileListMailbox(RefCell<Option<FileListMade>>);

impl FileListMailbox {
    /// Takes the page's answer.
    pub(crate) fn put(&self, answer: FileListMade) {
        self.0.replace(Some(answer));
    }
}

impl FileLists {
    /// Nobody is asked: an array stands for a FileList where it is only tried whether a record can be made.
    pub(crate) fn tried() -> Self {
        Self { page: None }
    }

    /// The page of this job is asked.
    pub(crate) fn asking(job_id: &str, outbox: Outbox, mailbox: Rc<FileListMailbox>) -> Self {
        Self {
            page: Some(Rc::new(Page {
                job_id: job_id.to_owned(),
                outbox,
                mailbox,
            })),
        }
    }

    /// A FileList of these files. `turn` lets messages in.
    pub(crate) async fn make(
        &self,
        files: &Array,
        turn: &mut impl AsyncFnMut() -> Result<()>,
    ) -> Result<JsValue> {
        let Some(page) = &self.page else {
            return Ok(files.into());
        };
        page.mailbox.0.take();
        page.outbox.send(&Event::MakeFileList {
            job_id: page.job_id.clone(),
            files: files.iter().map(Handle::from).collect(),
        });
        let asked_at_ms = Date::now();
        loop {
            turn().await?;
            if let Some(FileListMade { list, error, .. }) = page.mailbox.0.take() {
                return list.map(JsValue::from).ok_or_else(|| refused(error));
            }
            if Date::now() - asked_at_ms > ASSETS_TIMEOUT_MS {
                return Err(refused(Some("no answer".to_owned())));
            }
        }
    }
}

fn refused(reason: Option<String>) -> Error {
    Error::new(
        ErrorCode::RecordInvalid,
        "The page did not make the FileList of a record.",
    )
    .expected("FILE_LIST_MADE with a list", reason)
}
