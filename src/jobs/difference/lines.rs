//! The two sides of a comparison: lines in the order of their keys, and the next one of each.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memrchr};
use pos_backup_bridge::{Result, Sorted, json};
use serde_json::value::RawValue;

use super::{Changes, Compared, Fault};
use crate::archive::{Part, Parts, Table};
use crate::database::Batch;
use crate::record::{Invalid, Key, KeyIn, check_line};

/// The records of the archive's table, line by line.
pub(super) struct Archived<'a> {
    archive: &'a dyn Parts,
    table: &'a Table,
    parts: std::slice::Iter<'a, Part>,
    key_in: KeyIn<'a>,
    /// The part that is gone through, if it needs a check.
    part: Option<Passing<'a>>,
    content: Vec<u8>,
    head: Head,
    /// How many records come before the next one.
    pub(super) passed: usize,
    /// Whether they are compared, which shows whether parts are sound.
    is_compared: bool,
}

/// A part on its way through a comparison.
struct Passing<'a> {
    part: &'a Part,
    /// How many records come before it.
    begins_at: usize,
    /// Where the line before the next one begins.
    previous: Option<usize>,
    /// Whether all that was seen of it is sound: the same as a live record, or looked at.
    is_sound: bool,
}

impl<'a> Archived<'a> {
    pub(super) fn new(archive: &'a dyn Parts, table: &'a Table, key_in: KeyIn<'a>) -> Self {
        Self {
            archive,
            table,
            parts: table.parts().iter(),
            key_in,
            part: None,
            content: Vec::new(),
            head: Head::default(),
            passed: 0,
            is_compared: true,
        }
    }

    /// The same from its beginning, only to be read.
    pub(super) fn again(&self) -> Self {
        Self {
            is_compared: false,
            ..Self::new(self.archive, self.table, self.key_in)
        }
    }

    /// Passes over parts of which this says so, where one begins.
    pub(super) fn skip_parts(&mut self, is_needless: impl Fn(Range<usize>) -> bool) {
        while self.head.is_at_end(&self.content)
            && let Some(part) = self.parts.as_slice().first()
        {
            let next = self.passed + part.records as usize;
            if !is_needless(self.passed..next) {
                break;
            }
            self.passed = next;
            self.parts.next();
        }
    }

    /// Puts the next record.
    pub(super) fn pass(&mut self, changes: &mut Changes) -> Result<()> {
        if let Some(line) = self.line()? {
            changes.put.extend_from_slice(line);
        }
        self.advance();
        changes.puts += 1;
        Ok(())
    }

    /// The next line with its LF; `None` at the end.
    pub(super) fn line(&mut self) -> Result<Option<&[u8]>> {
        while self.head.is_at_end(&self.content) {
            self.leave_part();
            let Some(part) = self.parts.next() else {
                return Ok(None);
            };
            self.archive.read_part(part, &mut self.content)?;
            self.head = Head::default();
            let is_checked_now = self.is_compared && self.archive.needs_check(part);
            self.part = is_checked_now.then_some(Passing {
                part,
                begins_at: self.passed,
                previous: None,
                is_sound: true,
            });
        }
        Ok(self.head.line(&self.content))
    }

    fn leave_part(&mut self) {
        let Some(Passing {
            part,
            begins_at,
            is_sound,
            ..
        }) = self.part.take()
        else {
            return;
        };
        if is_sound && (self.passed - begins_at) as u64 == part.records {
            self.archive.found_sound(part, &self.content, self.key_in);
        }
    }

    /// The next record is not looked at, nor the same as a live one.
    pub(super) fn doubt(&mut self) {
        if let Some(part) = &mut self.part {
            part.is_sound = false;
        }
    }

    /// Doubts a next record that does not come after the one before it.
    pub(super) fn doubt_order(&mut self) -> Compared<()> {
        let Some(part) = &mut self.part else {
            return Ok(());
        };
        let mut before = Head {
            at: part.previous.unwrap_or_default(),
            key: None,
        };
        let (content, key_in) = (self.content.as_slice(), self.key_in);
        let key = self.head.key(content, key_in)?;
        part.is_sound &= part.previous.is_some() && before.key(content, key_in)? < key;
        Ok(())
    }

    /// Whether the records stand in the order of their keys.
    pub(super) fn is_in_order(&self) -> bool {
        self.table.lowest.is_none()
    }

    /// Whether something is missing of the archive before the next record.
    pub(super) fn is_at_gap(&self) -> bool {
        self.table.gaps.has(self.passed as u64)
    }

    /// Its key.
    pub(super) fn key(&mut self) -> Compared<Option<&Key>> {
        if self.line()?.is_none() {
            return Ok(None);
        }
        self.head.key(&self.content, self.key_in).map(Some)
    }

    pub(super) fn advance(&mut self) {
        if let Some(part) = &mut self.part {
            part.previous = Some(self.head.at);
        }
        self.head.advance(&self.content);
        self.passed += 1;
    }
}

/// Some of the live records, and the keys of those that could not be encoded as they are.
pub(super) struct Live<'a> {
    key_in: KeyIn<'a>,
    lines: Vec<u8>,
    head: Head,
    /// Whether the whole record is left out of the lines, and not only some of its values.
    omitted: Sorted<Key, bool>,
    pub(super) is_last: bool,
}

impl<'a> Live<'a> {
    pub(super) fn new(key_in: KeyIn<'a>) -> Self {
        Self {
            key_in,
            lines: Vec::new(),
            head: Head::default(),
            omitted: Sorted::new(),
            is_last: false,
        }
    }

    pub(super) fn take(&mut self, batch: Batch) -> Compared<()> {
        self.lines = batch.lines;
        self.head = Head::default();
        self.is_last = batch.last;
        self.omitted.clear();
        for omission in batch.omissions {
            let key = RawValue::from_string(json::text(&omission.key));
            let key = key.ok().and_then(|key| Key::read(&key).ok().flatten());
            let key = key.ok_or(Fault::Incomparable)?;
            self.omitted.insert(key, omission.path.is_empty());
        }
        Ok(())
    }

    /// Whether lines say all of the records.
    pub(super) fn is_plain(&self) -> bool {
        self.omitted.is_empty()
    }

    /// The next record's line with its LF; `None` where it has none.
    pub(super) fn line(&self) -> Option<&[u8]> {
        match self.is_left_out() {
            true => None,
            false => self.head.line(&self.lines),
        }
    }

    /// The next record's key; `None` at the end.
    pub(super) fn key(&mut self) -> Compared<Option<&Key>> {
        if self.head.line(&self.lines).is_some() {
            // A line that could not be restored can still be replaced.
            let key = self.head.key(&self.lines, self.key_in);
            key.map_err(|_| Fault::Incomparable)?;
        }
        match self.is_left_out() {
            true => Ok(self.first_left_out()),
            false => Ok(self.head.key.as_ref()),
        }
    }

    /// Whether the next record is one without a line. Its key must be known.
    fn is_left_out(&self) -> bool {
        match (self.first_left_out(), &self.head.key) {
            (Some(key), Some(head)) => key < head,
            (first, _) => first.is_some() && self.head.is_at_end(&self.lines),
        }
    }

    fn first_left_out(&self) -> Option<&Key> {
        let mut whole = self.omitted.iter().filter(|(_, whole)| **whole);
        whole.next().map(|(key, _)| key)
    }

    /// Whether the next record's line does not say all of it.
    pub(super) fn is_altered(&self) -> bool {
        let key = self.head.key.as_ref();
        key.is_some_and(|key| self.omitted.contains_key(key))
    }

    pub(super) fn advance(&mut self) {
        if !self.is_left_out() {
            self.head.advance(&self.lines);
        } else if let Some(key) = self.first_left_out().cloned() {
            self.omitted.remove(&key);
        }
    }
}

/// A line among others, and its key once somebody wants it.
#[derive(Default)]
struct Head {
    at: usize,
    key: Option<Key>,
}

impl Head {
    fn is_at_end(&self, lines: &[u8]) -> bool {
        self.at >= lines.len()
    }

    fn rest<'l>(&self, lines: &'l [u8]) -> &'l [u8] {
        lines.get(self.at..).unwrap_or_default()
    }

    fn line<'l>(&self, lines: &'l [u8]) -> Option<&'l [u8]> {
        let rest = self.rest(lines);
        let end = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        rest.get(..end).filter(|line| !line.is_empty())
    }

    fn key(&mut self, lines: &[u8], key_in: KeyIn<'_>) -> Compared<&Key> {
        if self.key.is_none() {
            let line = self.line(lines).unwrap_or_default();
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let checked = check_line(line, key_in);
            self.key = checked
                .map_err(|invalid: Invalid| Fault::Error(invalid.into()))?
                .key;
        }
        self.key.as_ref().ok_or(Fault::Incomparable)
    }

    fn advance(&mut self, lines: &[u8]) {
        self.advance_by(self.line(lines).map_or(0, <[u8]>::len));
    }

    fn advance_by(&mut self, bytes: usize) {
        self.at += bytes;
        self.key = None;
    }
}

/// The lines that two texts have in common at their beginning.
fn common_lines<'t>(text: &'t [u8], other: &[u8]) -> &'t [u8] {
    const PIECE: usize = 32;
    let (pieces, _) = text.as_chunks::<PIECE>();
    let pieces = pieces.iter().zip(other.as_chunks::<PIECE>().0);
    let equal = PIECE * pieces.take_while(|(piece, other)| piece == other).count();
    let rest = |text: &'t [u8]| text.get(equal..).unwrap_or_default();
    let bytes = rest(text)
        .iter()
        .zip(other.get(equal..).unwrap_or_default());
    let equal = equal + bytes.take_while(|(byte, other)| byte == other).count();
    let common = text.get(..equal).unwrap_or_default();
    let end = memrchr(b'\n', common).map_or(0, |end| end + 1);
    common.get(..end).unwrap_or_default()
}

/// Passes over the lines that both sides have next, and says how many they are.
pub(super) fn pass_common(archived: &mut Archived<'_>, live: &mut Live<'_>) -> Result<usize> {
    if archived.line()?.is_none() {
        return Ok(0);
    }
    let common = common_lines(
        archived.head.rest(&archived.content),
        live.head.rest(&live.lines),
    );
    let Some(before_last) = common.strip_suffix(b"\n") else {
        return Ok(0);
    };
    let (bytes, records) = (common.len(), memchr_iter(b'\n', common).count());
    if let Some(part) = &mut archived.part {
        let last = memrchr(b'\n', before_last).map_or(0, |end| end + 1);
        part.previous = Some(archived.head.at + last);
    }
    archived.head.advance_by(bytes);
    archived.passed += records;
    live.head.advance_by(bytes);
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_lines_end_with_a_line() {
        let common = |text: &str, other: &str| {
            let lines = common_lines(text.as_bytes(), other.as_bytes());
            String::from_utf8_lossy(lines).into_owned()
        };
        assert_eq!(common("a\nb\n", "a\nb\n"), "a\nb\n");
        assert_eq!(common("a\nb\n", "a\nbc\n"), "a\n");
        assert_eq!(common("a\nbc\n", "a\nb\n"), "a\n");
        assert_eq!(common("a\n", "b\n"), "");
        assert_eq!(common("", "a\n"), "");
        assert_eq!(common("ab", "ab"), "");
        let long = "0123456789\n".repeat(100);
        for cut in 0..long.len() {
            let changed = format!("{}x{}", &long[..cut], &long[cut + 1..]);
            assert_eq!(common(&long, &changed).len(), cut - cut % 11, "{cut}");
        }
    }
}
