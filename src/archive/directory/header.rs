//! Entries: their records in the directory and their local headers.

use pos_backup_bridge::{Error, ErrorCode, Result};

use super::salvage::read_or_none;
use super::{Fields, damaged};
use crate::storage::ReadAt;

const DIRECTORY_SIGNATURE: u32 = 0x0201_4b50;
pub(super) const DIRECTORY_SIGNATURE_BYTES: [u8; 4] = DIRECTORY_SIGNATURE.to_le_bytes();
const DIRECTORY_RECORD_BYTES: u64 = 46;
const LOCAL_SIGNATURE: u32 = 0x0403_4b50;
pub(super) const LOCAL_SIGNATURE_BYTES: [u8; 4] = LOCAL_SIGNATURE.to_le_bytes();
pub(super) const LOCAL_HEADER_BYTES: u64 = 30;
const DESCRIPTOR_SIGNATURE: u32 = 0x0807_4b50;
const ZIP64_EXTRA: u16 = 0x0001;

/// Name and extra fields of a local header that is believed by itself: by chance many things look like one.
const ALONE_MAX_BYTES: usize = 4096;

const FLAG_ENCRYPTED: u16 = 1;
const FLAG_DESCRIPTOR: u16 = 1 << 3;

/// How an entry is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Not at all.
    Stored,
    /// Deflate (RFC 1951).
    Deflate,
}

/// What both headers of an entry say.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Common {
    version_needed: u16,
    flags: u16,
    method: u16,
    modified: u32,
}

/// An entry of a ZIP.
#[derive(Debug, Clone)]
pub struct ZipEntry {
    /// Its name.
    pub name: String,
    /// How it is compressed.
    pub method: Method,
    /// CRC-32 of its content.
    pub crc32: u32,
    /// Its size in bytes, compressed.
    pub compressed_bytes: u64,
    /// Its size in bytes, uncompressed.
    pub bytes: u64,
    /// Where its data begins, in bytes.
    pub data_offset: u64,
    pub(super) header_offset: u64,
    common: Common,
}

/// Reads all records of a directory.
pub(super) fn read_directory(bytes: &[u8], count: u64) -> Result<Vec<ZipEntry>> {
    if count
        .checked_mul(DIRECTORY_RECORD_BYTES)
        .is_none_or(|least| least > bytes.len() as u64)
    {
        return Err(damaged("The ZIP's directory is too small for its entries."));
    }
    let mut fields = Fields(bytes);
    let mut entries = Vec::with_capacity(count as usize);
    for _ in 0..count {
        entries.push(read_record(&mut fields)?);
    }
    if fields.0.is_empty() {
        Ok(entries)
    } else {
        Err(damaged(
            "The ZIP's directory has more records than its end record says.",
        ))
    }
}

fn read_record(fields: &mut Fields<'_>) -> Result<ZipEntry> {
    fields.expect(
        DIRECTORY_SIGNATURE,
        "A record of the ZIP's directory is broken.",
    )?;
    let _made_by = fields.u16()?;
    let common = read_common(fields)?;
    let crc32 = fields.u32()?;
    let compressed_bytes = fields.u32()?;
    let bytes = fields.u32()?;
    let name_bytes = fields.u16()?;
    let extra_bytes = fields.u16()?;
    let comment_bytes = fields.u16()?;
    let disk = fields.u16()?;
    let _internal_attributes = fields.u16()?;
    let _external_attributes = fields.u32()?;
    let header_offset = fields.u32()?;
    let name = fields.bytes(name_bytes.into())?;
    let name = String::from_utf8(name.to_vec()).map_err(|error| {
        Error::new(ErrorCode::EntryNameInvalid, "An entry's name is not UTF-8.")
            .in_entry(&String::from_utf8_lossy(error.as_bytes()))
    })?;
    let extra = fields.bytes(extra_bytes.into())?;
    fields.bytes(comment_bytes.into())?;
    if disk != 0 {
        return Err(damaged("An entry is said to be on another volume.").in_entry(&name));
    }
    if common.flags & FLAG_ENCRYPTED != 0 {
        return Err(damaged("An entry is encrypted by the ZIP's own means.").in_entry(&name));
    }
    let method = read_method(&common).map_err(|error| error.in_entry(&name))?;
    let mut sizes = [bytes.into(), compressed_bytes.into(), header_offset.into()];
    read_zip64(extra, &mut sizes).map_err(|error| error.in_entry(&name))?;
    let [bytes, compressed_bytes, header_offset] = sizes;
    Ok(ZipEntry {
        name,
        method,
        crc32,
        compressed_bytes,
        bytes,
        // Known once the local header is read.
        data_offset: 0,
        header_offset,
        common,
    })
}

fn read_common(fields: &mut Fields<'_>) -> Result<Common> {
    Ok(Common {
        version_needed: fields.u16()?,
        flags: fields.u16()?,
        method: fields.u16()?,
        modified: fields.u32()?,
    })
}

fn read_method(common: &Common) -> Result<Method> {
    match common.method {
        0 => Ok(Method::Stored),
        8 => Ok(Method::Deflate),
        other => Err(
            damaged("An entry is compressed in a way that is not supported.")
                .expected("0 (stored) or 8 (deflate)", other),
        ),
    }
}

/// Replaces each 32-bit number that is all ones by the 64-bit one of the extra field.
fn read_zip64(extra: &[u8], numbers: &mut [u64]) -> Result<()> {
    let mut extra = Fields(extra);
    while !extra.0.is_empty() {
        let id = extra.u16()?;
        let length = extra.u16()?;
        let mut field = Fields(extra.bytes(length.into())?);
        if id == ZIP64_EXTRA {
            for number in numbers
                .iter_mut()
                .filter(|number| **number == u64::from(u32::MAX))
            {
                *number = field.u64()?;
            }
        }
    }
    Ok(())
}

/// A local header, without its name and extra fields.
struct LocalHeader {
    common: Common,
    crc32: u32,
    /// Uncompressed and compressed, in bytes, as far as 32 bits say it.
    sizes: [u64; 2],
    name_bytes: u16,
    extra_bytes: u16,
}

impl LocalHeader {
    fn read(header: &[u8]) -> Result<Self> {
        let mut fields = Fields(header);
        fields.expect(LOCAL_SIGNATURE, "An entry's local header is broken.")?;
        let common = read_common(&mut fields)?;
        let crc32 = fields.u32()?;
        let compressed_bytes = fields.u32()?;
        let bytes = fields.u32()?;
        Ok(Self {
            common,
            crc32,
            sizes: [bytes.into(), compressed_bytes.into()],
            name_bytes: fields.u16()?,
            extra_bytes: fields.u16()?,
        })
    }
}

impl ZipEntry {
    /// Reads a local header as if there were no directory; `None` where it is cut off or the sizes come after the data.
    pub(super) fn read_alone(file: &impl ReadAt, header_offset: u64) -> Result<Option<Self>> {
        let Some(header) = read_or_none(file, header_offset, LOCAL_HEADER_BYTES as usize)? else {
            return Ok(None);
        };
        let LocalHeader {
            common,
            crc32,
            sizes,
            name_bytes,
            extra_bytes,
        } = LocalHeader::read(&header)?;
        let rest_offset = header_offset + LOCAL_HEADER_BYTES;
        let rest_bytes = usize::from(name_bytes) + usize::from(extra_bytes);
        if common.flags & (FLAG_DESCRIPTOR | FLAG_ENCRYPTED) != 0 || rest_bytes > ALONE_MAX_BYTES {
            return Ok(None);
        }
        let method = read_method(&common)?;
        let Some(rest) = read_or_none(file, rest_offset, rest_bytes)? else {
            return Ok(None);
        };
        let mut fields = Fields(&rest);
        let name = fields.bytes(name_bytes.into())?.to_vec();
        let Ok(name) = String::from_utf8(name) else {
            return Ok(None);
        };
        let mut sizes = sizes;
        read_zip64(fields.0, &mut sizes)?;
        let [bytes, compressed_bytes] = sizes;
        Ok(Some(Self {
            name,
            method,
            crc32,
            compressed_bytes,
            bytes,
            data_offset: rest_offset + rest_bytes as u64,
            header_offset,
            common,
        }))
    }

    /// Compares the local header with the directory's record, and the entry's end with `end`, where
    /// the next one begins.
    pub(super) fn check_local_header(&mut self, file: &impl ReadAt, end: u64) -> Result<()> {
        self.read_local_header(file, end)
            .map_err(|error| error.in_entry(&self.name))
    }

    fn read_local_header(&mut self, file: &impl ReadAt, end: u64) -> Result<()> {
        let differs =
            || damaged("An entry's local header does not agree with the ZIP's directory.");
        let room = end.saturating_sub(self.header_offset);
        if room < LOCAL_HEADER_BYTES {
            return Err(differs());
        }
        let mut header = [0; LOCAL_HEADER_BYTES as usize];
        file.read_at(self.header_offset, &mut header)?;
        let LocalHeader {
            common,
            crc32,
            sizes,
            name_bytes,
            extra_bytes,
        } = LocalHeader::read(&header)?;
        let rest_bytes = u64::from(name_bytes) + u64::from(extra_bytes);
        self.data_offset = self.header_offset + LOCAL_HEADER_BYTES + rest_bytes;
        let data_end = self.data_offset.checked_add(self.compressed_bytes);
        let after = data_end
            .and_then(|data_end| end.checked_sub(data_end))
            .ok_or_else(differs)?;
        let mut rest = vec![0; rest_bytes as usize];
        file.read_at(self.header_offset + LOCAL_HEADER_BYTES, &mut rest)?;
        let mut fields = Fields(&rest);
        let name = fields.bytes(name_bytes.into())?;
        if common != self.common || name != self.name.as_bytes() {
            return Err(differs());
        }
        if common.flags & FLAG_DESCRIPTOR != 0 {
            return self.check_descriptor(file, end - after, after);
        }
        let mut sizes = sizes;
        read_zip64(fields.0, &mut sizes)?;
        if sizes != [self.bytes, self.compressed_bytes] || crc32 != self.crc32 || after != 0 {
            return Err(differs());
        }
        Ok(())
    }

    /// Other tools may write CRC and sizes after the data.
    fn check_descriptor(&self, file: &impl ReadAt, offset: u64, length: u64) -> Result<()> {
        let wrong =
            || damaged("An entry's data descriptor does not agree with the ZIP's directory.");
        let width = match length {
            12 | 16 => 4,
            20 | 24 => 8,
            _ => return Err(wrong()),
        };
        let mut descriptor = vec![0; length as usize];
        file.read_at(offset, &mut descriptor)?;
        let mut fields = Fields(&descriptor);
        if length.is_multiple_of(8) {
            fields.expect(
                DESCRIPTOR_SIGNATURE,
                "An entry's data descriptor is broken.",
            )?;
        }
        let crc32 = fields.u32()?;
        let sizes = [fields.number(width)?, fields.number(width)?];
        if crc32 == self.crc32 && sizes == [self.compressed_bytes, self.bytes] {
            Ok(())
        } else {
            Err(wrong())
        }
    }
}
