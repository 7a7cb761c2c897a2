//! Writes ZIP files the way any tool might, and in ways that no tool should.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};

pub const STORED: u16 = 0;
pub const DEFLATE: u16 = 8;
const FLAG_DESCRIPTOR: u16 = 1 << 3;

/// A ZIP to be written.
#[derive(Clone, Default)]
pub struct Zip {
    pub entries: Vec<ZipEntry>,
    pub comment: Vec<u8>,
    /// Bytes between the last entry and the directory.
    pub before_directory: Vec<u8>,
    /// Bytes between the directory and the end record.
    pub after_directory: Vec<u8>,
    /// Ends with the ZIP64 records, and says in the others to look there.
    pub zip64_end: bool,
    /// The number of entries that the end records state.
    pub stated_entries: Option<u64>,
    /// The size of the directory that the end records state.
    pub stated_directory_bytes: Option<u64>,
}

/// An entry to be written.
#[derive(Clone)]
pub struct ZipEntry {
    pub name: Vec<u8>,
    pub content: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    /// Bytes before the local header.
    pub before: Vec<u8>,
    /// The data, where it is not what follows from content and method.
    pub data: Option<Vec<u8>>,
    /// CRC and sizes after the data.
    pub descriptor: Option<Descriptor>,
    /// Sizes and offset in the ZIP64 extra field.
    pub zip64: bool,
    /// Extra field in the directory, after the ZIP64 one.
    pub extra: Vec<u8>,
    /// What the directory says instead of the truth.
    pub stated: Stated,
    /// What the local header says instead of what the directory says.
    pub local: Stated,
}

#[derive(Clone, Default)]
pub struct Stated {
    pub name: Option<Vec<u8>>,
    pub method: Option<u16>,
    pub flags: Option<u16>,
    pub crc32: Option<u32>,
    pub bytes: Option<u64>,
    pub compressed_bytes: Option<u64>,
    pub header_offset: Option<u64>,
    pub disk: Option<u16>,
}

#[derive(Clone, Copy)]
pub struct Descriptor {
    pub signature: bool,
    pub zip64: bool,
    /// Added to the CRC, to make it wrong.
    pub wrong: u32,
}

impl ZipEntry {
    pub fn new(name: impl AsRef<[u8]>, content: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.as_ref().to_vec(),
            content: content.into(),
            method: DEFLATE,
            flags: 0,
            before: Vec::new(),
            data: None,
            descriptor: None,
            zip64: false,
            extra: Vec::new(),
            stated: Stated::default(),
            local: Stated::default(),
        }
    }
}

pub fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(content).expect("memory");
    encoder.finish().expect("memory")
}

struct Written {
    crc32: u32,
    bytes: u64,
    compressed_bytes: u64,
    flags: u16,
    header_offset: u64,
}

impl Zip {
    pub fn entry(&mut self, name: &str) -> &mut ZipEntry {
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| entry.name == name.as_bytes());
        entry.unwrap_or_else(|| panic!("no entry {name}"))
    }

    /// Where the entry's local header begins.
    pub fn offset_of(&self, index: usize) -> u64 {
        let mut file = Vec::new();
        for entry in &self.entries[..index] {
            local(entry, &mut file);
        }
        file.len() as u64
    }

    /// The file, with the comment as it is.
    pub fn bytes(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let written: Vec<_> = self
            .entries
            .iter()
            .map(|entry| local(entry, &mut file))
            .collect();
        file.extend(&self.before_directory);
        let directory_offset = file.len() as u64;
        for (entry, written) in self.entries.iter().zip(&written) {
            directory_record(entry, written, &mut file);
        }
        let directory_bytes = self
            .stated_directory_bytes
            .unwrap_or(file.len() as u64 - directory_offset);
        let entries = self.stated_entries.unwrap_or(self.entries.len() as u64);
        file.extend(&self.after_directory);
        if self.zip64_end {
            let offset = file.len() as u64;
            put(
                &mut file,
                &[(0x0606_4b50, 4), (44, 8), (45, 2), (45, 2), (0, 4), (0, 4)],
            );
            put(
                &mut file,
                &[
                    (entries, 8),
                    (entries, 8),
                    (directory_bytes, 8),
                    (directory_offset, 8),
                ],
            );
            put(&mut file, &[(0x0706_4b50, 4), (0, 4), (offset, 8), (1, 4)]);
        }
        let short = |number: u64, bytes: u32| {
            let all_ones = (1 << (8 * bytes)) - 1;
            if self.zip64_end {
                all_ones
            } else {
                number.min(all_ones)
            }
        };
        put(
            &mut file,
            &[
                (0x0605_4b50, 4),
                (0, 2),
                (0, 2),
                (short(entries, 2), 2),
                (short(entries, 2), 2),
            ],
        );
        put(
            &mut file,
            &[
                (short(directory_bytes, 4), 4),
                (short(directory_offset, 4), 4),
            ],
        );
        put(&mut file, &[(self.comment.len() as u64, 2)]);
        file.extend(&self.comment);
        file
    }

    /// The file with its seal.
    pub fn sealed(&mut self) -> Vec<u8> {
        self.comment = vec![0; 84];
        let file = self.bytes();
        let sum = Sha256::digest(&file[..file.len() - 84]);
        self.comment = format!("pos-backup/1 sha256:{}", hex(&sum)).into_bytes();
        self.bytes()
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Little-endian numbers of so many bytes each.
fn put(file: &mut Vec<u8>, numbers: &[(u64, usize)]) {
    for (number, bytes) in numbers {
        file.extend(&number.to_le_bytes()[..*bytes]);
    }
}

fn local(entry: &ZipEntry, file: &mut Vec<u8>) -> Written {
    let data = entry.data.clone().unwrap_or_else(|| match entry.method {
        STORED => entry.content.clone(),
        _ => deflate(&entry.content),
    });
    file.extend(&entry.before);
    let flags = entry.flags | entry.descriptor.map_or(0, |_| FLAG_DESCRIPTOR);
    let written = Written {
        crc32: entry
            .stated
            .crc32
            .unwrap_or(crc32fast::hash(&entry.content)),
        bytes: entry.stated.bytes.unwrap_or(entry.content.len() as u64),
        compressed_bytes: entry.stated.compressed_bytes.unwrap_or(data.len() as u64),
        flags: entry.stated.flags.unwrap_or(flags),
        header_offset: file.len() as u64,
    };
    let name = entry
        .local
        .name
        .as_ref()
        .or(entry.stated.name.as_ref())
        .unwrap_or(&entry.name);
    let method = entry
        .local
        .method
        .or(entry.stated.method)
        .unwrap_or(entry.method);
    let later = entry.descriptor.is_some();
    let number = |local: Option<u64>, truth: u64| local.unwrap_or(if later { 0 } else { truth });
    let crc32 = number(entry.local.crc32.map(u64::from), written.crc32.into());
    let bytes = number(entry.local.bytes, written.bytes);
    let compressed = number(entry.local.compressed_bytes, written.compressed_bytes);
    let mut extra = Vec::new();
    let (mut short_bytes, mut short_compressed) = (bytes, compressed);
    if entry.zip64 {
        put(&mut extra, &[(1, 2), (16, 2), (bytes, 8), (compressed, 8)]);
        (short_bytes, short_compressed) = (u32::MAX.into(), u32::MAX.into());
    }
    let flags = entry.local.flags.unwrap_or(written.flags);
    put(
        file,
        &[
            (0x0403_4b50, 4),
            (20, 2),
            (flags.into(), 2),
            (method.into(), 2),
            (0, 4),
        ],
    );
    put(file, &[(crc32, 4), (short_compressed, 4), (short_bytes, 4)]);
    put(file, &[(name.len() as u64, 2), (extra.len() as u64, 2)]);
    file.extend(name);
    file.extend(&extra);
    file.extend(&data);
    if let Some(Descriptor {
        signature,
        zip64,
        wrong,
    }) = entry.descriptor
    {
        if signature {
            put(file, &[(0x0807_4b50, 4)]);
        }
        let width = if zip64 { 8 } else { 4 };
        put(file, &[(written.crc32.wrapping_add(wrong).into(), 4)]);
        put(
            file,
            &[(written.compressed_bytes, width), (written.bytes, width)],
        );
    }
    written
}

fn directory_record(entry: &ZipEntry, written: &Written, file: &mut Vec<u8>) {
    let name = entry.stated.name.as_ref().unwrap_or(&entry.name);
    let method = entry.stated.method.unwrap_or(entry.method);
    let offset = entry.stated.header_offset.unwrap_or(written.header_offset);
    let mut extra = Vec::new();
    let mut short = [written.compressed_bytes, written.bytes, offset];
    if entry.zip64 {
        put(
            &mut extra,
            &[
                (1, 2),
                (24, 2),
                (written.bytes, 8),
                (written.compressed_bytes, 8),
                (offset, 8),
            ],
        );
        short = [u32::MAX.into(); 3];
    }
    extra.extend(&entry.extra);
    put(
        file,
        &[
            (0x0201_4b50, 4),
            (20, 2),
            (20, 2),
            (written.flags.into(), 2),
            (method.into(), 2),
        ],
    );
    put(
        file,
        &[
            (0, 4),
            (written.crc32.into(), 4),
            (short[0], 4),
            (short[1], 4),
        ],
    );
    put(
        file,
        &[(name.len() as u64, 2), (extra.len() as u64, 2), (0, 2)],
    );
    put(
        file,
        &[
            (entry.stated.disk.unwrap_or(0).into(), 2),
            (0, 2),
            (0, 4),
            (short[2], 4),
        ],
    );
    file.extend(name);
    file.extend(&extra);
}
