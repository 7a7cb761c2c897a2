//! The entries of a damaged ZIP: those of its directory or, where that cannot be read, those whose local headers are found
//! in the file. Where they lie is all that is known of them then: their content has yet to be checked.

use std::collections::HashSet;

use pos_backup_bridge::Result;

use super::Window;
use super::end::EndRecord;
use super::header::{LOCAL_SIGNATURE_BYTES, ZipEntry, read_directory};
use crate::job::{Job, Outcome};
use crate::limits::{DIRECTORY_MAX_BYTES, ENTRIES_MAX, HEADERS_READ_BYTES, READ_BYTES};
use crate::storage::ReadAt;

/// Finds the entries of a damaged ZIP, in the order in which they lie in the file. Of two with the same name, the first.
///
/// # Errors
///
/// Those of the file.
pub async fn salvage_entries(job: &Job, file: &impl ReadAt) -> Outcome<Vec<ZipEntry>> {
    let mut entries = match from_directory(job, file).await? {
        Some(entries) => entries,
        None => from_headers(job, file).await?,
    };
    let mut names = HashSet::new();
    entries.retain(|entry| names.insert(entry.name.clone()));
    Ok(entries)
}

async fn from_directory(job: &Job, file: &impl ReadAt) -> Outcome<Option<Vec<ZipEntry>>> {
    let Ok(end) = EndRecord::read(file) else {
        return Ok(None);
    };
    if end.directory_bytes > DIRECTORY_MAX_BYTES {
        return Ok(None);
    }
    let mut bytes = vec![0; end.directory_bytes as usize];
    file.read_at(end.directory_offset, &mut bytes)?;
    let Ok(mut entries) = read_directory(&bytes, end.entries) else {
        return Ok(None);
    };
    entries.sort_by_key(|entry| entry.header_offset);
    let ends = entries.iter().skip(1).map(|entry| entry.header_offset);
    let ends: Vec<_> = ends.chain([end.directory_offset]).collect();
    let window = Window::new(file, HEADERS_READ_BYTES);
    for (entry, end) in entries.iter_mut().zip(ends) {
        job.breathe().await?;
        // Of an entry whose header is damaged the content may be whole: it ends where the next one begins.
        if entry.check_local_header(&window, end).is_err() {
            entry.data_offset = end.saturating_sub(entry.compressed_bytes);
        }
    }
    entries.retain(|entry| entry.is_within(file));
    Ok(Some(entries))
}

async fn from_headers(job: &Job, file: &impl ReadAt) -> Outcome<Vec<ZipEntry>> {
    let window = Window::new(file, HEADERS_READ_BYTES);
    let mut entries = Vec::new();
    let mut offset = 0;
    while let Some(found) = next_signature(job, file, offset).await? {
        job.breathe().await?;
        match ZipEntry::from_local_header(&window, found) {
            Some(entry) => {
                offset = entry.data_offset + entry.compressed_bytes;
                entries.push(entry);
            }
            None => offset = found + 1,
        }
        if entries.len() as u64 > ENTRIES_MAX {
            break;
        }
    }
    Ok(entries)
}

/// Where the next local header may begin.
async fn next_signature(job: &Job, file: &impl ReadAt, from: u64) -> Outcome<Option<u64>> {
    const LENGTH: usize = LOCAL_SIGNATURE_BYTES.len();
    let mut offset = from;
    let mut buffer = Vec::new();
    // Most often it is just there.
    let mut length = LENGTH;
    while offset + LENGTH as u64 <= file.size() {
        let length_here = (file.size() - offset).min(length as u64);
        buffer.resize(length_here as usize, 0);
        file.read_at(offset, &mut buffer)?;
        let mut windows = buffer.windows(LENGTH);
        if let Some(at) = windows.position(|window| window == LOCAL_SIGNATURE_BYTES) {
            return Ok(Some(offset + at as u64));
        }
        // One may lie across the end.
        offset += length_here - (LENGTH as u64 - 1);
        length = READ_BYTES;
        job.breathe().await?;
    }
    Ok(None)
}

impl ZipEntry {
    /// What a local header says by itself; `None` where it is none, or does not say how long the entry is.
    fn from_local_header(file: &impl ReadAt, offset: u64) -> Option<Self> {
        let entry = Self::read_alone(file, offset).ok()??;
        entry.is_within(file).then_some(entry)
    }

    fn is_within(&self, file: &impl ReadAt) -> bool {
        let end = self.data_offset.checked_add(self.compressed_bytes);
        end.is_some_and(|end| end <= file.size())
    }
}

/// A file may end anywhere.
pub(super) fn read_or_none(
    file: &impl ReadAt,
    offset: u64,
    length: usize,
) -> Result<Option<Vec<u8>>> {
    match offset.checked_add(length as u64) {
        Some(end) if end <= file.size() => {
            let mut bytes = vec![0; length];
            file.read_at(offset, &mut bytes)?;
            Ok(Some(bytes))
        }
        _ => Ok(None),
    }
}
