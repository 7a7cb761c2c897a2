//! The entries of a damaged ZIP: those of its directory or, where that cannot be read, those whose local headers are found
//! in the file. Where they lie is all that is known of them then: their content has yet to be checked.

use std::collections::{BTreeMap, HashMap};

use pos_backup_bridge::{Result, sort_by};

use super::end::{END_SIGNATURE, EndRecord};
use super::header::{
    DIRECTORY_SIGNATURE_BYTES, LOCAL_HEADER_BYTES, LOCAL_SIGNATURE_BYTES, ZipEntry, read_directory,
};
use super::{Fields, Window};
use crate::archive::EntryName;
use crate::archive::check::is_damage;
use crate::archive::reader::EntryReader;
use crate::job::{Job, Outcome};
use crate::limits::{
    DIRECTORY_MAX_BYTES, ENTRIES_MAX, HEADERS_READ_BYTES, PART_MAX_BYTES, READ_BYTES,
};
use crate::storage::ReadAt;

/// An entry of a damaged ZIP. No two of them have bytes in common.
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

/// `None` for what is damaged; a file that cannot be read is another matter.
fn unless_damaged<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if is_damage(error.code) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn from_directory(job: &Job, file: &impl ReadAt) -> Outcome<Option<Vec<FoundEntry>>> {
    let Some(end) = unless_damaged(EndRecord::read_end(file))? else {
        return Ok(None);
    };
    if end.directory_bytes > DIRECTORY_MAX_BYTES {
        return Ok(None);
    }
    let mut bytes = vec![0; end.directory_bytes as usize];
    file.read_at(end.directory_offset, &mut bytes)?;
    let Some(mut entries) = unless_damaged(read_directory(&bytes, end.entries))? else {
        return Ok(None);
    };
    entries.retain(|entry| entry.header_offset < end.directory_offset);
    sort_by(&mut entries, |a, b| a.header_offset.cmp(&b.header_offset));
    let ends = entries.iter().skip(1).map(|entry| entry.header_offset);
    let ends: Vec<_> = ends.chain([end.directory_offset]).collect();
    let window = Window::new(file, HEADERS_READ_BYTES);
    let (mut sure, mut unsure) = (Vec::new(), Vec::new());
    for (entry, next) in entries.into_iter().zip(ends) {
        job.breathe().await?;
        match locate(&window, entry, next, end.directory_offset)? {
            Some((found, true)) => sure.push(found),
            Some((found, false)) => unsure.push(found),
            None => {}
        }
    }
    // No content is read twice, however often a directory names it.
    let ends = sure
        .iter()
        .skip(1)
        .map(|found: &FoundEntry| found.entry.header_offset);
    let ends: Vec<_> = ends.chain([end.directory_offset]).collect();
    let mut taken: BTreeMap<u64, (u64, FoundEntry)> = BTreeMap::new();
    for (found, next) in sure.into_iter().zip(ends) {
        if let Some(found) = found.before(next) {
            let (begins, ends) = found.range();
            taken.insert(begins, (ends, found));
        }
    }
    for found in unsure {
        let (begins, ends) = found.range();
        let before = taken.range(..=begins).next_back();
        let after = taken.range(begins..).next();
        let is_free = before.is_none_or(|(_, (end, _))| *end <= begins)
            && after.is_none_or(|(start, _)| ends <= *start);
        if is_free && ends <= end.directory_offset {
            taken.insert(begins, (ends, found));
        }
    }
    let found = taken.into_values().map(|(_, found)| found);
    Ok(Some(found.collect()))
}

/// Where an entry's content is, and whether a header says so; `None` where that cannot be found out.
fn locate(
    file: &impl ReadAt,
    mut entry: ZipEntry,
    next: u64,
    directory_offset: u64,
) -> Result<Option<(FoundEntry, bool)>> {
    let is_there = entry
        .header_offset
        .checked_add(LOCAL_HEADER_BYTES)
        .is_some_and(|end| end <= file.size());
    let checked = match is_there {
        true => unless_damaged(entry.check_local_header(file, next))?,
        false => None,
    };
    if checked.is_some() {
        let otherwise = None;
        return Ok(Some((FoundEntry { entry, otherwise }, true)));
    }
    let local = ZipEntry::from_local_header(file, entry.header_offset)?;
    let local = local.filter(|local| local.end().is_some_and(|end| end <= directory_offset));
    if let Some(local) = local {
        entry.data_offset = local.data_offset;
        let otherwise = Some(local);
        return Ok(Some((FoundEntry { entry, otherwise }, true)));
    }
    // Of an entry whose header is damaged the content may be whole: it ends where the next one begins.
    let header_bytes = LOCAL_HEADER_BYTES + entry.name.len() as u64;
    let begins = next.checked_sub(entry.compressed_bytes);
    let begins = begins.filter(|begins| *begins >= entry.header_offset + header_bytes);
    Ok(begins.map(|begins| {
        entry.data_offset = begins;
        let otherwise = None;
        (FoundEntry { entry, otherwise }, false)
    }))
}

impl FoundEntry {
    /// What of it can be true if the next one begins here.
    fn before(self, next: u64) -> Option<Self> {
        let fits = |entry: &ZipEntry| entry.end().is_some_and(|end| end <= next);
        let otherwise = self.otherwise.filter(fits);
        match (fits(&self.entry), otherwise) {
            (true, otherwise) => Some(Self {
                entry: self.entry,
                otherwise,
            }),
            (false, Some(entry)) => Some(Self {
                entry,
                otherwise: None,
            }),
            (false, None) => None,
        }
    }

    /// Where its content begins and ends, at the earliest and the latest.
    fn range(&self) -> (u64, u64) {
        let ends = [Some(&self.entry), self.otherwise.as_ref()];
        let ends = ends.into_iter().flatten();
        let ends = ends.map(|entry| entry.end().unwrap_or(u64::MAX));
        (self.entry.data_offset, ends.max().unwrap_or(u64::MAX))
    }
}

async fn from_headers(job: &Job, file: &impl ReadAt) -> Outcome<Vec<FoundEntry>> {
    let window = Window::new(file, HEADERS_READ_BYTES);
    let mut headers = Scan::of(file, LOCAL_SIGNATURE_BYTES);
    let mut found: Vec<FoundEntry> = Vec::new();
    let mut ends = None;
    let mut proofs_left = file.size().saturating_mul(4).max(PART_MAX_BYTES);
    let mut name_bytes = 0;
    let mut offset = 0;
    while let Some(at) = headers.next(job, offset).await? {
        job.breathe().await?;
        let header = ZipEntry::read_alone(&window, at);
        let header = unless_damaged(header)?.flatten();
        let header = header.filter(|entry| EntryName::parse(&entry.name).is_ok());
        let Some(entry) = header else {
            // By chance there are such bytes in any content.
            offset = at + LOCAL_SIGNATURE_BYTES.len() as u64;
            continue;
        };
        // An archive may hold archives, whose entries are none of its own. Each that we write begins with its schema.
        let is_next = found.last().is_none_or(|last| last.entry.end() == Some(at));
        if entry.name == EntryName::Schema.to_string() && !is_next {
            match Ends::once(&mut ends, job, file).await?.of_archive.get(&at) {
                Some(end) => offset = *end,
                None => break,
            }
            continue;
        }
        match entry.end() {
            Some(end) if end <= file.size() => {
                // Where nothing begins at its end, the header is not to be believed, unless the content proves it.
                let mut is_one = is_followed(&window, end)?;
                if !is_one && entry.bytes <= proofs_left {
                    proofs_left -= entry.bytes;
                    is_one = is_whole(job, file, &entry).await?;
                }
                offset = match is_one {
                    true => end,
                    false => entry.data_offset,
                };
                name_bytes += entry.name.len() as u64;
                if is_one {
                    found.push(FoundEntry {
                        entry,
                        otherwise: None,
                    });
                }
            }
            // Either the file is cut off here, or the header is wrong.
            _ if Ends::once(&mut ends, job, file).await?.last > Some(at) => {
                offset = entry.data_offset;
            }
            _ => break,
        }
        if found.len() as u64 > ENTRIES_MAX || name_bytes > DIRECTORY_MAX_BYTES {
            break;
        }
    }
    Ok(found)
}

/// The ends of the file's own directory and of those of archives within it.
#[derive(Default)]
struct Ends {
    /// Where an archive ends, by where it begins.
    of_archive: HashMap<u64, u64>,
    last: Option<u64>,
}

impl Ends {
    /// Looks for them when they are first asked for.
    async fn once<'e>(
        ends: &'e mut Option<Self>,
        job: &Job,
        file: &impl ReadAt,
    ) -> Outcome<&'e Self> {
        if ends.is_none() {
            *ends = Some(Self::find(job, file).await?);
        }
        Ok(ends.get_or_insert_default())
    }

    async fn find(job: &Job, file: &impl ReadAt) -> Outcome<Self> {
        let window = Window::new(file, HEADERS_READ_BYTES);
        let mut scan = Scan::of(file, *END_SIGNATURE);
        let mut ends = Self::default();
        let mut offset = 0;
        while let Some(at) = scan.next(job, offset).await? {
            job.breathe().await?;
            offset = at + END_SIGNATURE.len() as u64;
            ends.last = Some(at);
            // Signature, volumes and counts come before the directory's size and offset.
            let Some(record) = read_or_none(&window, at, 20)? else {
                break;
            };
            let mut fields = Fields(record.get(12..).unwrap_or_default());
            let bytes = u64::from(fields.u32()?) + u64::from(fields.u32()?);
            if let Some(begins) = at.checked_sub(bytes)
                && (ends.of_archive.len() as u64) < ENTRIES_MAX
            {
                ends.of_archive.insert(begins, offset);
            }
        }
        Ok(ends)
    }
}

/// Whether an entry's content is what its header says.
async fn is_whole(job: &Job, file: &impl ReadAt, entry: &ZipEntry) -> Outcome<bool> {
    let mut content = Vec::new();
    let Some(mut reader) = unless_damaged(EntryReader::begin(file, entry, u64::MAX))? else {
        return Ok(false);
    };
    loop {
        content.clear();
        match unless_damaged(reader.step(&mut content))? {
            Some(true) => job.breathe().await?,
            Some(false) => return Ok(unless_damaged(reader.finish())?.is_some()),
            None => return Ok(false),
        }
    }
}

/// Whether the file ends here, or another entry or the directory begins.
fn is_followed(file: &impl ReadAt, offset: u64) -> Result<bool> {
    let Some(bytes) = read_or_none(file, offset, LOCAL_SIGNATURE_BYTES.len())? else {
        return Ok(true);
    };
    // A damaged byte of the next one is no reason not to believe this one.
    let is_like = |signature: &[u8; 4]| {
        let same = bytes.iter().zip(signature).filter(|(a, b)| a == b);
        same.count() >= 3
    };
    Ok(is_like(&LOCAL_SIGNATURE_BYTES)
        || is_like(&DIRECTORY_SIGNATURE_BYTES)
        || is_like(END_SIGNATURE))
}

/// Looks for four bytes in a file.
struct Scan<'a, F> {
    file: &'a F,
    signature: [u8; 4],
    /// What was read last, and where it begins.
    buffer: Vec<u8>,
    begins: u64,
}

impl<'a, F: ReadAt> Scan<'a, F> {
    fn of(file: &'a F, signature: [u8; 4]) -> Self {
        Self {
            file,
            signature,
            buffer: Vec::new(),
            begins: 0,
        }
    }

    /// Where they come next.
    async fn next(&mut self, job: &Job, from: u64) -> Outcome<Option<u64>> {
        let length = self.signature.len();
        let mut offset = from;
        while offset.saturating_add(length as u64) <= self.file.size() {
            let start = offset.checked_sub(self.begins).map(|start| start as usize);
            let kept = start.and_then(|start| self.buffer.get(start..));
            let Some(kept) = kept.filter(|kept| kept.len() >= length) else {
                let bytes = (self.file.size() - offset).min(READ_BYTES as u64);
                self.buffer.resize(bytes as usize, 0);
                self.begins = offset;
                self.file.read_at(offset, &mut self.buffer)?;
                job.breathe().await?;
                continue;
            };
            let mut windows = kept.windows(length);
            if let Some(at) = windows.position(|window| window == self.signature) {
                return Ok(Some(offset + at as u64));
            }
            // They may lie across the end.
            offset += (kept.len() - (length - 1)) as u64;
        }
        Ok(None)
    }
}

impl ZipEntry {
    /// What a local header says by itself; `None` where it is none, or does not say how long the entry is.
    fn from_local_header(file: &impl ReadAt, offset: u64) -> Result<Option<Self>> {
        let entry = unless_damaged(Self::read_alone(file, offset))?.flatten();
        Ok(entry.filter(|entry| entry.end().is_some_and(|end| end <= file.size())))
    }

    /// Where its data ends.
    fn end(&self) -> Option<u64> {
        self.data_offset.checked_add(self.compressed_bytes)
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
