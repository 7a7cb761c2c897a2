//! The records of a part: each can be decoded, and they stand in the order of their keys.

use futures::TryFutureExt;
use pos_backup_bridge::{Error, ErrorCode, ManifestEntry};
use serde_json::value::RawValue;

use super::blobs::Blobs;
use crate::codec::Codec;
use crate::job::{Job, Outcome};
use crate::limits::READ_BYTES;
use crate::record::{Invalid, Key, KeyIn, check_line};
use crate::storage::ReadAt;

/// What a part must hold.
pub(super) struct PartToCheck<'a> {
    pub(super) table: &'a str,
    pub(super) listed: &'a ManifestEntry,
    pub(super) key_in: KeyIn<'a>,
}

impl PartToCheck<'_> {
    pub(super) async fn check<F: ReadAt>(
        &self,
        job: &Job,
        lines: &[u8],
        blobs: &Blobs<'_, F>,
        codec: &impl Codec,
    ) -> Outcome<()> {
        let records = self.listed.records.unwrap_or_default();
        let in_table = |error: Error| error.in_table(self.table);
        if lines.last().is_some_and(|byte| *byte != b'\n') {
            return Err(in_table(wrong_count(records, "a last line without an end")).into());
        }
        let (mut count, mut bytes) = (0, 0);
        let mut last_key = None;
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            count += 1;
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let in_line = |error: Error| in_table(error).with(|c| c.line = Some(count));
            let invalid = |invalid: Invalid| in_line(invalid.into());
            let checked = check_line(line, self.key_in).map_err(invalid)?;
            checked.check_size().map_err(invalid)?;
            for blob in &checked.blobs {
                blobs.check(blob).map_err(in_line)?;
            }
            if checked.browser {
                let tried = codec.try_line(line, blobs).map_err(in_line);
                job.or_cancel(tried).await?;
                job.breathe().await?;
            }
            if let Some(key) = checked.key {
                if count == 1 {
                    is_listed(&key, self.listed.first_key.as_deref()).map_err(in_line)?;
                }
                if last_key.as_ref().is_some_and(|last| *last >= key) {
                    return Err(in_line(out_of_order()).into());
                }
                last_key = Some(key);
            } else {
                last_key = None;
            }
            bytes += line.len();
            if bytes >= READ_BYTES {
                bytes = 0;
                job.breathe().await?;
            }
        }
        if count != records {
            return Err(in_table(wrong_count(records, count)).into());
        }
        if let Some(key) = last_key {
            is_listed(&key, self.listed.last_key.as_deref()).map_err(in_table)?;
        }
        Ok(())
    }
}

/// A record that another one follows in the order of keys, or replaces.
pub(super) fn out_of_order() -> Error {
    Error::new(
        ErrorCode::RecordInvalid,
        "The records of a table do not stand in the order of their keys, or one key is there twice.",
    )
}

/// The manifest does not say otherwise.
fn is_listed(key: &Key, listed: Option<&RawValue>) -> Result<(), Error> {
    let is_other = |listed| {
        let listed = Key::read(listed).ok().flatten();
        listed.is_some_and(|listed| listed != *key)
    };
    match listed {
        Some(listed) if is_other(listed) => Err(Error::new(
            ErrorCode::RecordInvalid,
            "A part does not begin and end with the keys that the manifest says.",
        )
        .with(|c| c.expected = serde_json::to_value(listed).ok())),
        _ => Ok(()),
    }
}

fn wrong_count(expected: u64, found: impl Into<serde_json::Value>) -> Error {
    Error::new(
        ErrorCode::RecordInvalid,
        "A part does not have the records that the manifest says.",
    )
    .expected(expected, found)
}
