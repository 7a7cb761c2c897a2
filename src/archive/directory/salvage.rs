//! The entries of a damaged ZIP: those of its directory or, where that cannot be read, those whose local headers are found
//! in the file. Where they lie is all that is known of them then: their content has yet to be checked.

use pos_backup_bridge::Result;

use super::Window;
use super::end::{END_SIGNATURE, EndRecord};
use super::header::{DIRECTORY_SIGNATURE_BYTES, LOCAL_SIGNATURE_BYTES, ZipEntry, read_directory};
use crate::archive::EntryName;
use crate::job::{Job, Outcome};
use crate::limits::{DIRECTORY_MAX_BYTES, ENTRIES_MAX, HEADERS_READ_BYTES, READ_BYTES};
use crate::storage::ReadAt;

/// An entry of a damaged ZIP.
#[derive(Debug)]
pub struct FoundEntry {
    /// As the directory says or, without one, its local header.
    pub entry: ZipEntry,
    /// As its local header says, where that is another thing.
    pub otherwise: Option<ZipEntry>,
}

/// Finds the entries of a damaged ZIP, in the order in which they lie in the file.
///
/// # Errors
///
/// Those of the file.
pub async fn salvage_entries(job: &Job, file: &impl ReadAt) -> Outcome<Vec<FoundEntry>> {
    match from_directory(job, file).await? {
        Some(entries) => Ok(entries),
        None => from_headers(job, file).await,
    }
}

async fn from_directory(job: &Job, file: &impl ReadAt) -> Outcome<Option<Vec<FoundEntry>>> {
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
    let mut found = Vec::with_capacity(entries.len());
    for (mut entry, end) in entries.into_iter().zip(ends) {
        job.breathe().await?;
        let mut otherwise = None;
        if entry.check_local_header(&window, end).is_err() {
            // Of an entry whose header is damaged the content may be whole: it ends where the next one begins.
            entry.data_offset = end.saturating_sub(entry.compressed_bytes);
            otherwise = ZipEntry::from_local_header(&window, entry.header_offset)
                .filter(|other| other.end() == Some(end));
        }
        if entry.is_within(file) {
            found.push(FoundEntry { entry, otherwise });
        } else if let Some(entry) = otherwise {
            found.push(FoundEntry {
                entry,
                otherwise: None,
            });
        }
    }
    Ok(Some(found))
}

async fn from_headers(job: &Job, file: &impl ReadAt) -> Outcome<Vec<FoundEntry>> {
    let window = Window::new(file, HEADERS_READ_BYTES);
    let mut found = Vec::new();
    let mut name_bytes = 0;
    let mut offset = 0;
    while let Some(at) = next(job, file, offset, &LOCAL_SIGNATURE_BYTES).await? {
        job.breathe().await?;
        let header = ZipEntry::read_alone(&window, at).ok().flatten();
        let header = header.filter(|entry| EntryName::parse(&entry.name).is_ok());
        let Some(entry) = header else {
            // By chance there are such bytes in any content.
            offset = at + LOCAL_SIGNATURE_BYTES.len() as u64;
            continue;
        };
        // An archive may hold an archive, whose entries are none of its own. Each begins with its schema.
        if entry.name == EntryName::Schema.to_string() && at > 0 {
            match next(job, file, at, END_SIGNATURE).await? {
                Some(end) => offset = end,
                None => break,
            }
            continue;
        }
        match entry.end() {
            Some(end) if end <= file.size() => {
                // Where nothing begins at its end, the header is not to be believed.
                let is_followed = is_followed(&window, end)?;
                offset = match is_followed {
                    true => end,
                    false => entry.data_offset,
                };
                name_bytes += entry.name.len() as u64;
                if is_followed {
                    found.push(FoundEntry {
                        entry,
                        otherwise: None,
                    });
                }
            }
            // It is cut off; what is in it is no entry.
            _ => break,
        }
        if found.len() as u64 > ENTRIES_MAX || name_bytes > DIRECTORY_MAX_BYTES {
            break;
        }
    }
    Ok(found)
}

/// Whether the file ends here, or another entry or the directory begins.
fn is_followed(file: &impl ReadAt, offset: u64) -> Result<bool> {
    let length = LOCAL_SIGNATURE_BYTES.len() as u64;
    if file.size() < offset + length {
        return Ok(true);
    }
    let mut bytes = [0; LOCAL_SIGNATURE_BYTES.len()];
    file.read_at(offset, &mut bytes)?;
    // A damaged byte of the next one is no reason not to believe this one.
    let is_like = |signature: &[u8; 4]| {
        let same = bytes.iter().zip(signature).filter(|(a, b)| a == b);
        same.count() >= 3
    };
    Ok(is_like(&LOCAL_SIGNATURE_BYTES)
        || is_like(&DIRECTORY_SIGNATURE_BYTES)
        || is_like(END_SIGNATURE))
}

/// Where these bytes come next.
async fn next(
    job: &Job,
    file: &impl ReadAt,
    from: u64,
    signature: &[u8; 4],
) -> Outcome<Option<u64>> {
    let mut offset = from;
    let mut buffer = Vec::new();
    // Most often they are just there.
    let mut length = signature.len();
    while offset + signature.len() as u64 <= file.size() {
        let here = (file.size() - offset).min(length as u64);
        buffer.resize(here as usize, 0);
        file.read_at(offset, &mut buffer)?;
        let mut windows = buffer.windows(signature.len());
        if let Some(at) = windows.position(|window| window == signature) {
            return Ok(Some(offset + at as u64));
        }
        // They may lie across the end.
        offset += here - (signature.len() as u64 - 1);
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

    /// Where its data ends.
    fn end(&self) -> Option<u64> {
        self.data_offset.checked_add(self.compressed_bytes)
    }

    fn is_within(&self, file: &impl ReadAt) -> bool {
        self.end().is_some_and(|end| end <= file.size())
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
