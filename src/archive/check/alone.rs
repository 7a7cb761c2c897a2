//! Checks a part by itself, away from its archive: so that a second thread can do it.

use flate2::{Decompress, FlushDecompress, Status};
use pos_backup_bridge::{KeyPath, ManifestEntry, json};
use serde::{Deserialize, Serialize};

use super::part::Keys;
use crate::archive::Sha256Hex;
use crate::archive::directory::{Method, ZipEntry};
use crate::record::{KeyIn, check_line};

/// A part as it stands in the ZIP, and what is said of it.
#[derive(Debug)]
pub struct PartInZip {
    /// Its bytes in the file.
    pub data: Vec<u8>,
    says: Says,
}

#[derive(Debug, Serialize, Deserialize)]
struct Says {
    listed: ManifestEntry,
    crc32: u32,
    is_deflated: bool,
    /// How its records are to be looked at, if they are.
    records: Option<Records>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Records {
    key_path: Option<KeyPath>,
}

impl PartInZip {
    pub(super) fn new(
        data: Vec<u8>,
        entry: &ZipEntry,
        listed: &ManifestEntry,
        key_path: Option<&KeyPath>,
        with_records: bool,
    ) -> Self {
        Self {
            data,
            says: Says {
                listed: listed.clone(),
                crc32: entry.crc32,
                is_deflated: entry.method == Method::Deflate,
                records: with_records.then(|| Records {
                    key_path: key_path.cloned(),
                }),
            },
        }
    }

    /// All but its bytes, to be handed to another thread.
    pub fn says_json(&self) -> String {
        // It is made of nothing that cannot be written.
        json::text(&self.says)
    }

    /// The part of these bytes and [`says_json`](Self::says_json).
    pub fn of_json(data: Vec<u8>, says: &str) -> Option<Self> {
        let says = json::read(says).ok()?;
        Some(Self { data, says })
    }

    /// Its lines, if they have the size and the CRC-32 that are said.
    pub fn lines(&self) -> Option<Vec<u8>> {
        let size = usize::try_from(self.says.listed.size).ok()?;
        let lines = if self.says.is_deflated {
            let mut inflate = Decompress::new(false);
            // Room for one byte more, to see when there is more.
            let mut lines = Vec::with_capacity(size.checked_add(1)?);
            let end = FlushDecompress::Finish;
            let status = inflate.decompress_vec(&self.data, &mut lines, end).ok()?;
            let is_whole = inflate.total_in() == self.data.len() as u64;
            (status == Status::StreamEnd && is_whole).then_some(lines)?
        } else {
            self.data.clone()
        };
        (lines.len() == size && crc32fast::hash(&lines) == self.says.crc32).then_some(lines)
    }

    /// Whether it is what the manifest says, and its records are sound. It is not where that depends on anything else: on
    /// blobs, or on what only a browser can make. What is wrong is told by [`check`](super::check()). `checksum` is the
    /// SHA-256 of its lines, where it is known already.
    pub fn is_sound(&self, lines: &[u8], checksum: Option<String>) -> bool {
        let checksum = checksum.unwrap_or_else(|| Sha256Hex::of(lines));
        checksum == self.says.listed.checksum && self.check_records(lines).is_some()
    }

    fn check_records(&self, lines: &[u8]) -> Option<()> {
        let Some(records) = &self.says.records else {
            return Some(());
        };
        if lines.last().is_some_and(|byte| *byte != b'\n') {
            return None;
        }
        let key_in = KeyIn::of(records.key_path.as_ref());
        let mut keys = Keys::of(&self.says.listed);
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let checked = check_line(line, key_in).ok()?;
            if checked.browser || !checked.blobs.is_empty() {
                return None;
            }
            keys.next(checked.key, false).ok()?;
        }
        keys.finish().ok()?;
        Some(())
    }
}
