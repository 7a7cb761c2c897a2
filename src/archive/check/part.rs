//! The records of a part: each can be decoded, and they stand in the order of their keys.

use pos_backup_bridge::{Error, ErrorCode, ManifestEntry, json};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Part;
use super::blobs::Blobs;
use super::salvage::is_damage;
use crate::codec::Codec;
use crate::job::{Job, Outcome, Stop};
use crate::limits::{LISTED_KEY_MAX_BYTES, READ_BYTES};
use crate::record::{self, Key, KeyIn};
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
        self.check_each(job, lines, blobs, codec, None).await?;
        Ok(())
    }

    /// The same, but lines that cannot be restored are told to `lost`, if it is there, and are then no reason to fail.
    /// Gives the first and the last key, where they are known.
    pub(super) async fn check_each<F: ReadAt>(
        &self,
        job: &Job,
        lines: &[u8],
        blobs: &Blobs<'_, F>,
        codec: &impl Codec,
        mut lost: Option<&mut LostLines>,
    ) -> Outcome<[Option<Key>; 2]> {
        let records = self.listed.records.unwrap_or_default();
        let in_table = |error: Error| error.in_table(self.table);
        if lines.last().is_some_and(|byte| *byte != b'\n') {
            return Err(in_table(wrong_count(records, "a last line without an end")).into());
        }
        let mut keys = Keys::of(self.listed);
        let mut bytes = 0;
        for (count, line) in (1..).zip(lines.split_inclusive(|byte| *byte == b'\n')) {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let in_line = |error: Error| in_table(error).with(|c| c.line = Some(count));
            let mut key = None;
            let mut is_lost = false;
            match check_line(job, line, self.key_in, blobs, codec, &mut key).await {
                Ok(()) => {}
                Err(Stop::Cancelled) => return Err(Stop::Cancelled),
                Err(Stop::Failed(error)) => {
                    let error = in_line(error);
                    match &mut lost {
                        Some(lost) if lost.takes(&error) => {
                            lost.add(count - 1, key.as_ref(), error);
                            is_lost = true;
                        }
                        _ => return Err(error.into()),
                    }
                }
            }
            keys.next(key, is_lost).map_err(in_line)?;
            bytes += line.len() + 1;
            if bytes >= READ_BYTES {
                bytes = 0;
                job.breathe().await?;
            }
        }
        Ok(keys.finish().map_err(in_table)?)
    }
}

/// The keys of a part's records, one after another.
pub(super) struct Keys<'a> {
    listed: &'a ManifestEntry,
    count: u64,
    first: Option<Key>,
    last: Option<Key>,
}

impl<'a> Keys<'a> {
    /// Of a part of which the manifest says this.
    pub(super) fn of(listed: &'a ManifestEntry) -> Self {
        Self {
            listed,
            count: 0,
            first: None,
            last: None,
        }
    }

    /// The next record's, where its line says it; one that is lost has perhaps none.
    pub(super) fn next(&mut self, key: Option<Key>, is_lost: bool) -> Result<(), Error> {
        self.count += 1;
        if let Some(key) = key {
            if self.count == 1 {
                is_listed(&key, self.listed.first_key.as_deref())?;
            }
            if self.last.as_ref().is_some_and(|last| *last >= key) {
                return Err(out_of_order());
            }
            self.first.get_or_insert_with(|| key.clone());
            self.last = Some(key);
        } else if !is_lost {
            self.last = None;
        }
        Ok(())
    }

    /// The first and the last one, where they are known, once all records were there.
    pub(super) fn finish(self) -> Result<[Option<Key>; 2], Error> {
        let records = self.listed.records.unwrap_or_default();
        if self.count != records {
            return Err(wrong_count(records, self.count));
        }
        if let Some(key) = &self.last {
            is_listed(key, self.listed.last_key.as_deref())?;
        }
        Ok([self.first, self.last])
    }
}

/// Checks a line; `key` is the record's, as soon as it is known.
pub(super) async fn check_line<F: ReadAt>(
    job: &Job,
    line: &[u8],
    key_in: KeyIn<'_>,
    blobs: &Blobs<'_, F>,
    codec: &impl Codec,
    key: &mut Option<Key>,
) -> Outcome<()> {
    let checked = record::check_line(line, key_in).map_err(Error::from)?;
    key.clone_from(&checked.key);
    checked.check_size().map_err(Error::from)?;
    for blob in &checked.blobs {
        blobs.check(blob)?;
    }
    if checked.browser {
        job.or_cancel(codec.try_line(line, blobs)).await?;
        job.breathe().await?;
    }
    Ok(())
}

impl Part {
    /// Whether these lines, which are in order, begin and end with the keys that the manifest says.
    pub(super) fn has_listed_keys(&self, lines: &[u8], key_in: KeyIn<'_>) -> bool {
        let Some(lines) = lines.strip_suffix(b"\n") else {
            return lines.is_empty();
        };
        let first = lines.split(|byte| *byte == b'\n').next();
        let last = lines.rsplit(|byte| *byte == b'\n').next();
        let [first_key, last_key] = &self.keys;
        [(first, first_key), (last, last_key)]
            .into_iter()
            .all(|(line, listed)| {
                let key = record::check_line(line.unwrap_or_default(), key_in);
                let key = key.ok().and_then(|checked| checked.key);
                key.is_some_and(|key| is_listed(&key, listed.as_deref()).is_ok())
            })
    }
}

/// Lines that cannot be restored.
pub(super) struct LostLines {
    pub(super) lines: Vec<LostLine>,
    /// With more, the part as a whole is lost.
    most: usize,
}

impl LostLines {
    /// None yet.
    pub(super) fn up_to(most: usize) -> Self {
        Self {
            lines: Vec::new(),
            most,
        }
    }

    /// Whether what is wrong is the line's own fault, and there is room for it.
    fn takes(&self, error: &Error) -> bool {
        let is_own = is_damage(error.code) || error.code == ErrorCode::ValueTooLarge;
        is_own && self.lines.len() < self.most
    }

    fn add(&mut self, index: u64, key: Option<&Key>, error: Error) {
        let key = key.map(Key::to_json);
        let key = key.filter(|key| key.get().len() <= LISTED_KEY_MAX_BYTES);
        self.lines.push(LostLine {
            index,
            key: key.and_then(|key| json::value(key.get())),
            error,
        });
    }
}

/// A line that cannot be restored.
pub(super) struct LostLine {
    /// Counted from 0.
    pub(super) index: u64,
    /// Its record's key, as `docs/format.md` writes keys, if the line says it.
    pub(super) key: Option<Value>,
    /// Why.
    pub(super) error: Error,
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
        .with(|c| c.expected = json::value(listed.get()))),
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
