//! The end of the directory: the last record of a ZIP, and its ZIP64 companion.

use pos_backup_bridge::{Error, ErrorCode, Result};

use super::{Fields, damaged};
use crate::limits::ENTRIES_MAX;
use crate::storage::ReadAt;

const LOCAL_SIGNATURE: &[u8; 4] = b"PK\x03\x04";
pub(super) const END_SIGNATURE: &[u8; 4] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const LOCATOR_SIGNATURE: u32 = 0x0706_4b50;
const LOCATOR_BYTES: usize = 20;
const ZIP64_SIGNATURE: u32 = 0x0606_4b50;
const ZIP64_BYTES: usize = 56;

/// Where the directory is, and the archive comment.
pub(super) struct EndRecord {
    pub(super) entries: u64,
    pub(super) directory_offset: u64,
    pub(super) directory_bytes: u64,
    pub(super) comment: Vec<u8>,
    pub(super) comment_offset: u64,
}

impl EndRecord {
    pub(super) fn read(file: &impl ReadAt) -> Result<Self> {
        let size = file.size();
        let mut start = [0; 4];
        if size >= 4 {
            file.read_at(0, &mut start)?;
        }
        if &start != LOCAL_SIGNATURE && &start != END_SIGNATURE {
            return Err(Error::new(
                ErrorCode::NotAnArchive,
                "The file is no ZIP archive.",
            ));
        }
        Self::read_end(file)
    }

    /// The same of a file that may be damaged at its beginning.
    pub(super) fn read_end(file: &impl ReadAt) -> Result<Self> {
        let size = file.size();
        let tail_bytes = size.min((END_BYTES + usize::from(u16::MAX)) as u64);
        let mut tail = vec![0; tail_bytes as usize];
        file.read_at(size - tail_bytes, &mut tail)?;
        let position = find_end(&tail).ok_or_else(|| {
            Error::new(
                ErrorCode::ArchiveTruncated,
                "The ZIP's end record is missing: the file was cut off, or damaged there.",
            )
        })?;
        let offset = size - tail_bytes + position as u64;
        let mut fields = Fields(tail.get(position + 4..).unwrap_or_default());
        let disk = fields.u16()?;
        let directory_disk = fields.u16()?;
        let entries_here = fields.u16()?;
        let entries = fields.u16()?;
        let directory_bytes = fields.u32()?;
        let directory_offset = fields.u32()?;
        let _comment_bytes = fields.u16()?;
        if disk != 0 || directory_disk != 0 || entries_here != entries {
            return Err(damaged("The ZIP says that it is one of several volumes."));
        }
        let mut record = Self {
            entries: u64::from(entries),
            directory_offset: u64::from(directory_offset),
            directory_bytes: u64::from(directory_bytes),
            comment: fields.0.to_vec(),
            comment_offset: offset + END_BYTES as u64,
        };
        let mut directory_end = offset;
        let needs_zip64 =
            entries == u16::MAX || directory_offset == u32::MAX || directory_bytes == u32::MAX;
        if needs_zip64 || has_locator(file, offset)? {
            directory_end = record.read_zip64(file, offset)?;
        }
        // What the smaller record can say, both say.
        let same = [
            (u64::from(entries), u64::from(u16::MAX), record.entries),
            (
                u64::from(directory_bytes),
                u64::from(u32::MAX),
                record.directory_bytes,
            ),
            (
                u64::from(directory_offset),
                u64::from(u32::MAX),
                record.directory_offset,
            ),
        ];
        if same
            .iter()
            .any(|(small, unsaid, large)| small != unsaid && small != large)
        {
            return Err(damaged("The ZIP's two end records do not agree."));
        }
        let ends_at = record.directory_offset.checked_add(record.directory_bytes);
        if ends_at != Some(directory_end) {
            return Err(
                damaged("The ZIP's directory is not where its end record says.")
                    .expected(directory_end, ends_at),
            );
        }
        if record.entries > ENTRIES_MAX {
            return Err(damaged("The ZIP has more entries than the limit.")
                .expected(ENTRIES_MAX, record.entries));
        }
        Ok(record)
    }

    /// Takes the numbers from the ZIP64 record, and says where it begins.
    fn read_zip64(&mut self, file: &impl ReadAt, end_offset: u64) -> Result<u64> {
        let missing = || damaged("The ZIP64 end record is missing.");
        let locator_offset = end_offset
            .checked_sub(LOCATOR_BYTES as u64)
            .ok_or_else(missing)?;
        let mut locator = [0; LOCATOR_BYTES];
        file.read_at(locator_offset, &mut locator)?;
        let mut fields = Fields(&locator);
        fields.expect(LOCATOR_SIGNATURE, "The ZIP64 locator is missing.")?;
        let disk = fields.u32()?;
        let offset = fields.u64()?;
        let disks = fields.u32()?;
        if disk != 0 || disks > 1 || offset.checked_add(ZIP64_BYTES as u64) != Some(locator_offset)
        {
            return Err(missing());
        }
        let mut record = [0; ZIP64_BYTES];
        file.read_at(offset, &mut record)?;
        let mut fields = Fields(&record);
        fields.expect(ZIP64_SIGNATURE, "The ZIP64 end record is missing.")?;
        let size = fields.u64()?;
        let _made_by_and_needed = fields.u32()?;
        let disks = fields.u64()?;
        let entries_here = fields.u64()?;
        self.entries = fields.u64()?;
        self.directory_bytes = fields.u64()?;
        self.directory_offset = fields.u64()?;
        if size != ZIP64_BYTES as u64 - 12 || disks != 0 || entries_here != self.entries {
            return Err(damaged("The ZIP64 end record does not agree with itself."));
        }
        Ok(offset)
    }
}

/// Whether a ZIP64 record is there although the numbers would not need it.
fn has_locator(file: &impl ReadAt, end_offset: u64) -> Result<bool> {
    let Some(offset) = end_offset.checked_sub(LOCATOR_BYTES as u64) else {
        return Ok(false);
    };
    let mut signature = [0; 4];
    file.read_at(offset, &mut signature)?;
    Ok(u32::from_le_bytes(signature) == LOCATOR_SIGNATURE)
}

/// The last end record whose comment reaches exactly to the end of the file.
fn find_end(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(END_BYTES)?;
    (0..=last).rev().find(|&position| {
        let Some(record) = tail.get(position..) else {
            return false;
        };
        let comment_bytes = record
            .get(20..22)
            .map(|b| b.iter().rev().fold(0, |n, b| n << 8 | usize::from(*b)));
        record.starts_with(END_SIGNATURE) && comment_bytes == Some(record.len() - END_BYTES)
    })
}
