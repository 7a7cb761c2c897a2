//! What only the page can do for the records of a job: make a FileList, and read what is nested too
//! deeply for a worker's stack.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Date};
use pos_backup::database::Pause;
use pos_backup::limits::ASSETS_TIMEOUT_MS;
use pos_backup_bridge::{Error, ErrorCode, Event, FileListMade, Handle, NullsChecked, Result};
use wasm_bindgen::JsValue;

use crate::outbox::Outbox;

/// The page of a job, or nobody.
#[derive(Clone)]
pub(crate) struct PageHelp(Option<Rc<Asked>>);

struct Asked {
    job_id: String,
    outbox: Outbox,
    answers: Rc<PageAnswers>,
}

/// Where the dispatcher puts the page's answers.
#[derive(Default)]
pub(crate) struct PageAnswers {
    pub(crate) file_list: RefCell<Option<FileListMade>>,
    pub(crate) nulls: RefCell<Option<NullsChecked>>,
}

impl PageHelp {
    /// Nobody is asked.
    pub(crate) fn absent() -> Self {
        Self(None)
    }

    /// The page of this job is asked.
    pub(crate) fn of_job(job_id: &str, outbox: Outbox, answers: Rc<PageAnswers>) -> Self {
        Self(Some(Rc::new(Asked {
            job_id: job_id.to_owned(),
            outbox,
            answers,
        })))
    }

    /// A FileList of these files. Without a page, which is where it is only tried whether a record can
    /// be made, the array stands for it. `turn` lets messages in.
    pub(crate) async fn make_file_list(
        &self,
        files: &Array,
        turn: &mut dyn Pause,
    ) -> Result<JsValue> {
        let Some(page) = &self.0 else {
            return Ok(files.into());
        };
        let refused = |reason: Option<String>| {
            Error::new(
                ErrorCode::RecordInvalid,
                "The page did not make the FileList of a record.",
            )
            .expected("FILE_LIST_MADE with a list", reason)
        };
        page.answers.file_list.take();
        page.outbox.send(&Event::MakeFileList {
            job_id: page.job_id.clone(),
            files: files.iter().map(Handle::from).collect(),
        });
        match answer(&page.answers.file_list, turn).await? {
            Some(FileListMade {
                list: Some(list), ..
            }) => Ok(list.into()),
            Some(FileListMade { error, .. }) => Err(refused(error)),
            None => Err(refused(Some("no answer".to_owned()))),
        }
    }

    /// The indexes of those keys whose records are not null; `None` when the page does not say.
    pub(crate) async fn not_null(
        &self,
        database: &str,
        table: &str,
        keys: &[JsValue],
        turn: &mut dyn Pause,
    ) -> Result<Option<Vec<u32>>> {
        let Some(page) = &self.0 else {
            return Ok(None);
        };
        page.answers.nulls.take();
        page.outbox.send(&Event::CheckNulls {
            job_id: page.job_id.clone(),
            database: database.to_owned(),
            table: table.to_owned(),
            keys: keys.iter().cloned().map(Handle::from).collect(),
        });
        let answer = answer(&page.answers.nulls, turn).await?;
        Ok(answer.and_then(|answer| answer.not_null))
    }
}

/// Waits for an answer, but not for ever.
async fn answer<T>(mailbox: &RefCell<Option<T>>, turn: &mut dyn Pause) -> Result<Option<T>> {
    let asked_at_ms = Date::now();
    while Date::now() - asked_at_ms < ASSETS_TIMEOUT_MS {
        turn.pause().await?;
        if let Some(answer) = mailbox.take() {
            return Ok(Some(answer));
        }
    }
    Ok(None)
}
