//! Lines, some at a time.

use crate::limits::{PUT_CHUNK_BYTES, PUT_CHUNK_RECORDS};

/// The first of these lines.
pub(super) fn first_line(lines: &[u8]) -> &[u8] {
    let first = lines.split_inclusive(|byte| *byte == b'\n').next();
    first.unwrap_or_default()
}

/// Some of them.
pub(super) struct Chunk<'a> {
    pub(super) lines: &'a [u8],
    pub(super) records: u64,
}

/// Whole lines, so many that a cancel is noticed soon.
pub(super) fn chunks(mut lines: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    std::iter::from_fn(move || {
        let (mut bytes, mut records) = (0, 0);
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            if records > 0 && (records == PUT_CHUNK_RECORDS || bytes + line.len() > PUT_CHUNK_BYTES)
            {
                break;
            }
            bytes += line.len();
            records += 1;
        }
        let (chunk, rest) = lines.split_at_checked(bytes)?;
        lines = rest;
        (records > 0).then_some(Chunk {
            lines: chunk,
            records: records as u64,
        })
    })
}
