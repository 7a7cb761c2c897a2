//! A command out of a message's JSON text, or an error that names the field.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Command, CommandKind, Init};
use crate::migration::check_migrations;
use crate::{Error, ErrorCode, Result, json, strict};

/// The longest `jobId`, in bytes.
const JOB_ID_MAX_BYTES: usize = 200;

/// A message that is no command, and the job it names, if it names one.
#[derive(Debug)]
pub struct Rejected {
    /// The message's `jobId`.
    pub job_id: Option<String>,
    /// What is wrong with it.
    pub error: Error,
}

impl Command {
    /// Reads a command from a message's JSON text, in which every Blob or File stands as
    /// `{"$handle": index}`.
    ///
    /// # Errors
    ///
    /// `INVALID_MESSAGE` with the field's JSON Pointer in `context.path`.
    pub fn from_json(text: &str) -> Result<Self, Box<Rejected>> {
        let no_object = |_| Rejected {
            job_id: None,
            error: invalid("The message is no plain object.")
                .expected("an object with a type", shape_of(text)),
        };
        let job_id = json::member(text, "jobId").map_err(no_object)?;
        let kind = json::member(text, "type").map_err(no_object)?;
        Self::of(kind, job_id, text).map_err(|error| {
            let job_id = job_id.and_then(|id| json::read(id).ok());
            Box::new(Rejected { job_id, error })
        })
    }

    fn of(kind: Option<&str>, job_id: Option<&str>, text: &str) -> Result<Self> {
        let kind = kind.ok_or_else(|| {
            invalid("The message has no type.").with(|c| c.path = Some("/type".into()))
        })?;
        let Ok(Kind(known)) = json::read(kind) else {
            return Err(invalid("The message's type is not known.")
                .with(|c| c.path = Some("/type".into()))
                .expected("INIT, CREATE_BACKUP, PLAN_RESTORE, RESTORE, VERIFY, INSPECT, CANCEL, ASSETS_APPLIED, FILE_LIST_MADE or NULLS_CHECKED", shape_of(kind)));
        };
        if let Some(id) = job_id {
            check_job_id(id)?;
        }
        Ok(match known {
            CommandKind::Init => {
                let init: Init = read(text)?;
                check_migrations(&init.config.migrations)?;
                Self::Init(init)
            }
            CommandKind::CreateBackup => Self::CreateBackup(read(text)?),
            CommandKind::PlanRestore => Self::PlanRestore(read(text)?),
            CommandKind::Restore => Self::Restore(read(text)?),
            CommandKind::UndoRestore => Self::UndoRestore(read(text)?),
            CommandKind::Verify => Self::Verify(read(text)?),
            CommandKind::Inspect => Self::Inspect(read(text)?),
            CommandKind::Cancel => Self::Cancel(read(text)?),
            CommandKind::AssetsApplied => Self::AssetsApplied(read(text)?),
            CommandKind::FileListMade => Self::FileListMade(read(text)?),
            CommandKind::NullsChecked => Self::NullsChecked(read(text)?),
        })
    }
}

/// A string only.
#[derive(Deserialize)]
struct Kind(#[serde(deserialize_with = "strict::word")] CommandKind);

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    json::read_typed(text).map_err(|fault| {
        // Line and column mean nothing to the sender of an object.
        let why = fault.why();
        invalid(format!("The message does not fit the protocol: {why}."))
            .with(|c| c.path = Some(fault.path()))
    })
}

fn check_job_id(id: &str) -> Result<()> {
    match json::read::<String>(id) {
        Ok(id) if !id.is_empty() && id.len() <= JOB_ID_MAX_BYTES => Ok(()),
        _ => Err(invalid("The message's jobId cannot be used.")
            .with(|c| c.path = Some("/jobId".into()))
            .expected(
                format!("a string of 1 to {JOB_ID_MAX_BYTES} bytes"),
                shape_of(id),
            )),
    }
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidMessage, message)
}

/// What was found, short enough for an error.
fn shape_of(text: &str) -> Value {
    match json::value(text) {
        Some(Value::Array(_)) => "an array".into(),
        Some(Value::Object(_)) => "an object".into(),
        Some(Value::String(text)) => text.chars().take(100).collect::<String>().into(),
        Some(value) => value,
        None => "something that is no JSON".into(),
    }
}
