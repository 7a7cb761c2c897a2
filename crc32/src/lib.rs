//! CRC-32, sixteen bytes at a time, as crc32fast computes it where there are no instructions for it.
//!
//! Its tables are 16 KB that no compressor makes smaller: they were 3 % of what a page loads. Here they are made
//! when they are first used, in less time than loading them takes. It stands in for crc32fast, as async_zip asks for that.

#![allow(
    clippy::indexing_slicing,
    reason = "a byte is less than 256, and without checks it is faster"
)]

use std::sync::LazyLock;

/// What a byte does to the sum, for each of 16 distances from the end.
type Tables = [[u32; 256]; 16];

static TABLES: LazyLock<Box<Tables>> = LazyLock::new(|| {
    let mut tables = Box::new([[0; 256]; 16]);
    for byte in 0..256 {
        let mut sum = byte as u32;
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg());
        }
        tables[0][byte] = sum;
    }
    for distance in 1..16 {
        for byte in 0..256 {
            let nearer = tables[distance - 1][byte];
            tables[distance][byte] = (nearer >> 8) ^ tables[0][nearer as usize & 0xFF];
        }
    }
    tables
});

/// The CRC-32 of bytes that come piece by piece.
#[derive(Debug, Clone, Default)]
pub struct Hasher {
    sum: u32,
}

impl Hasher {
    /// Of no bytes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Of bytes with this sum.
    pub fn new_with_initial(sum: u32) -> Self {
        Self { sum }
    }

    /// Of so many bytes with this sum.
    pub fn new_with_initial_len(sum: u32, _length: u64) -> Self {
        Self { sum }
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.sum = update(self.sum, bytes, &TABLES);
    }

    /// The sum.
    pub fn finalize(self) -> u32 {
        self.sum
    }

    /// Begins anew.
    pub fn reset(&mut self) {
        self.sum = 0;
    }
}

/// The CRC-32 of bytes.
pub fn hash(bytes: &[u8]) -> u32 {
    update(0, bytes, &TABLES)
}

fn update(sum: u32, bytes: &[u8], tables: &Tables) -> u32 {
    let mut sum = !sum;
    let (blocks, rest) = bytes.as_chunks::<16>();
    for block in blocks {
        let [a, b, c, d, ..] = sum.to_le_bytes();
        let first = [block[0] ^ a, block[1] ^ b, block[2] ^ c, block[3] ^ d];
        sum = 0;
        for (at, byte) in first.iter().chain(&block[4..]).enumerate() {
            sum ^= tables[15 - at][usize::from(*byte)];
        }
    }
    for byte in rest {
        sum = (sum >> 8) ^ tables[0][usize::from(*byte ^ sum as u8)];
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value() {
        assert_eq!(hash(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn pieces_and_the_whole_agree() {
        let bytes: Vec<u8> = (0..1000_u32).map(|n| (n * n % 251) as u8).collect();
        let mut slow = !0_u32;
        for byte in &bytes {
            slow ^= u32::from(*byte);
            for _ in 0..8 {
                slow = (slow >> 1) ^ (0xEDB8_8320 & (slow & 1).wrapping_neg());
            }
        }
        assert_eq!(hash(&bytes), !slow);
        let mut hasher = Hasher::new();
        for piece in bytes.chunks(37) {
            hasher.update(piece);
        }
        assert_eq!(hasher.finalize(), !slow);
    }
}
