//! SHA-256 of contents, of the manifest's entries and of the whole file.

use pos_backup_bridge::ManifestEntry;
use sha2::{Digest, Sha256};

/// What the archive comment begins with; the SHA-256 of all bytes before the comment follows.
pub const SEAL_PREFIX: &str = "pos-backup/1 sha256:";

/// The length of an archive comment that is a seal.
pub const SEAL_BYTES: usize = SEAL_PREFIX.len() + 64;

/// A SHA-256 that ends in lower-case hexadecimal.
#[derive(Debug, Clone, Default)]
pub struct Sha256Hex(Sha256);

impl Sha256Hex {
    /// That of these bytes.
    pub fn of(bytes: &[u8]) -> String {
        let mut sum = Self::default();
        sum.update(bytes);
        sum.finish()
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The sum.
    pub fn finish(self) -> String {
        hex(&self.finish_bytes())
    }

    /// The sum's bytes.
    pub(super) fn finish_bytes(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// A sum as it is written.
pub fn hex(sum: &[u8; 32]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in sum {
        for digit in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    hex
}

/// The checksum over entries: SHA-256 of `path NUL size NUL checksum LF` of each, in order.
pub fn entries_checksum<'a>(entries: impl IntoIterator<Item = &'a ManifestEntry>) -> String {
    let mut sum = Sha256Hex::default();
    for entry in entries {
        let line = format!("{}\0{}\0{}\n", entry.path, entry.size, entry.checksum);
        sum.update(line.as_bytes());
    }
    sum.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_of_the_known_sum() {
        let mut sum = Sha256Hex::default();
        sum.update(b"abc");
        assert_eq!(
            sum.finish(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
