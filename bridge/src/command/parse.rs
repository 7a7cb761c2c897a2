//! A command out of a message's JSON text, or an error that names the field.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Command, CommandKind, Init};
use crate::migration::check_migrations;
use crate::{Error, ErrorCode, Result, strict};

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

type Fields<'a> = BTreeMap<String, &'a RawValue>;

impl Command {
    /// Reads a command from a message's JSON text, in which every Blob or File stands as
    /// `{"$handle": index}`.
    ///
    /// # Errors
    ///
    /// `INVALID_MESSAGE` with the field's JSON Pointer in `context.path`.
    pub fn from_json(text: &str) -> Result<Self, Box<Rejected>> {
        let fields: Fields<'_> = serde_json::from_str(text).map_err(|_| Rejected {
            job_id: None,
            error: invalid("The message is no plain object.")
                .expected("an object with a type", shape_of(text)),
        })?;
        let job_id = fields
            .get("jobId")
            .and_then(|id| serde_json::from_str::<String>(id.get()).ok());
        Self::from_fields(fields).map_err(|error| Box::new(Rejected { job_id, error }))
    }

    fn from_fields(mut fields: Fields<'_>) -> Result<Self> {
        let kind = fields.remove("type").ok_or_else(|| {
            invalid("The message has no type.").with(|c| c.path = Some("/type".into()))
        })?;
        let kind: CommandKind = strict::word(kind).map_err(|_| {
            invalid("The message's type is not known.")
                .with(|c| c.path = Some("/type".into()))
                .expected("INIT, CREATE_BACKUP, PLAN_RESTORE, RESTORE, VERIFY, INSPECT, CANCEL, ASSETS_APPLIED, FILE_LIST_MADE or NULLS_CHECKED", shape_of(kind.get()))
        })?;
        if let Some(id) = fields.get("jobId") {
            check_job_id(id)?;
        }
        Ok(match kind {
            CommandKind::Init => {
                let init: Init = read(&fields)?;
                check_migrations(&init.config.migrations)?;
                Self::Init(init)
            }
            CommandKind::CreateBackup => Self::CreateBackup(read(&fields)?),
            CommandKind::PlanRestore => Self::PlanRestore(read(&fields)?),
            CommandKind::Restore => Self::Restore(read(&fields)?),
            CommandKind::UndoRestore => Self::UndoRestore(read(&fields)?),
            CommandKind::Verify => Self::Verify(read(&fields)?),
            CommandKind::Inspect => Self::Inspect(read(&fields)?),
            CommandKind::Cancel => Self::Cancel(read(&fields)?),
            CommandKind::AssetsApplied => Self::AssetsApplied(read(&fields)?),
            CommandKind::FileListMade => Self::FileListMade(read(&fields)?),
            CommandKind::NullsChecked => Self::NullsChecked(read(&fields)?),
        })
    }
}

fn read<T: DeserializeOwned>(fields: &Fields<'_>) -> Result<T> {
    let fields = fields.iter().map(|(name, value)| (name.as_str(), *value));
    serde_path_to_error::deserialize(MapDeserializer::new(fields)).map_err(
        |error: serde_path_to_error::Error<serde_json::Error>| {
            let mut path = json_pointer(error.path());
            let why = error.inner().to_string();
            // Places in the text of a part of the message mean nothing to its sender.
            let why = why.split(" at line ").next().unwrap_or_default();
            if let Some(missing) = why.strip_prefix("missing field `") {
                path.push('/');
                path.push_str(missing.trim_end_matches('`'));
            }
            invalid(format!("The message does not fit the protocol: {why}."))
                .with(|c| c.path = Some(path))
        },
    )
}

fn check_job_id(id: &RawValue) -> Result<()> {
    match serde_json::from_str::<String>(id.get()) {
        Ok(id) if !id.is_empty() && id.len() <= JOB_ID_MAX_BYTES => Ok(()),
        _ => Err(invalid("The message's jobId cannot be used.")
            .with(|c| c.path = Some("/jobId".into()))
            .expected(
                format!("a string of 1 to {JOB_ID_MAX_BYTES} bytes"),
                shape_of(id.get()),
            )),
    }
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidMessage, message)
}

/// What was found, short enough for an error.
fn shape_of(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(Value::Array(_)) => "an array".into(),
        Ok(Value::Object(_)) => "an object".into(),
        Ok(Value::String(text)) => text.chars().take(100).collect::<String>().into(),
        Ok(value) => value,
        Err(_) => "something that is no JSON".into(),
    }
}

/// A path of serde as a JSON Pointer.
pub fn json_pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => {
                format!("/{}", key.replace('~', "~0").replace('/', "~1"))
            }
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => "/?".to_owned(),
        })
        .collect()
}
