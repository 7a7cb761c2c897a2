//! Files whose ZIP structure is broken, each with a right seal, so that nothing but the structure is wrong.

use pos_backup::bridge::ErrorCode;

use crate::testkit::documents::{PART, good};
use crate::testkit::refused::{Refused, accepted};
use crate::testkit::zip::{Descriptor, STORED, Zip, ZipEntry};

pub fn all_refused(code: ErrorCode, cases: &[(&str, fn(&mut Zip))]) {
    let good = good();
    accepted("the good archive", &good.sealed(), true);
    for (name, change) in cases {
        let mut zip = good.zip();
        change(&mut zip);
        Refused::with(code).by_all_jobs(name, &zip.sealed());
    }
}

#[test]
fn what_is_no_zip() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    let files: [(&str, &[u8]); 6] = [
        ("nothing", b""),
        ("three bytes", b"PK\x03"),
        ("text", b"This is a shopping list, and no backup.\n"),
        ("a picture", png),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\0"),
        ("something before the ZIP", b"MZ\x90\0PK\x03\x04"),
    ];
    for (name, file) in files {
        Refused::with(ErrorCode::NotAnArchive).by_all_jobs(name, file);
    }
}

#[test]
fn zips_that_are_no_archive() {
    let other = Zip {
        entries: vec![ZipEntry::new("readme.txt", "hello")],
        ..Zip::default()
    };
    Refused::with(ErrorCode::EntryNameInvalid).by_all_jobs("another ZIP", &other.bytes());
    Refused::with(ErrorCode::ManifestInvalid).by_all_jobs("an empty ZIP", &Zip::default().bytes());
    Refused::with(ErrorCode::ArchiveTruncated)
        .by_all_jobs("a ZIP's beginning", b"PK\x03\x04 and so on");
}

#[test]
fn entry_names() {
    let names = [
        "../x",
        "/etc/passwd",
        "files/../x",
        "files/..",
        "files/a/b",
        "files\\x",
        "files/a\\b",
        "C:\\x",
        "files/%2e%2e",
        "database/products/1.ndjson",
        "database/products/000000.json",
        "database/products",
        "database/",
        "manifest.json/",
        "Manifest.json",
        "",
    ];
    for name in names {
        let mut zip = good().zip();
        zip.entries.push(ZipEntry::new(name, "x"));
        Refused::with(ErrorCode::EntryNameInvalid)
            .in_entry(name)
            .by_all_jobs(name, &zip.sealed());
        let renamed = good().rename(PART, name).consistent().sealed();
        Refused::with(ErrorCode::EntryNameInvalid)
            .in_entry(name)
            .by_all_jobs(name, &renamed);
    }
    let mut zip = good().zip();
    zip.entry(PART).name = b"files/\xff".to_vec();
    Refused::with(ErrorCode::EntryNameInvalid).by_all_jobs("not UTF-8", &zip.sealed());
    let unnamed = good().add("blobs/00", "x").sealed();
    Refused::with(ErrorCode::EntryNameInvalid)
        .in_entry("blobs/00")
        .by_all_jobs("blobs", &unnamed);
}

#[test]
fn entries_missing_added_and_doubled() {
    let missing = good().remove(PART).sealed();
    Refused::with(ErrorCode::EntryMissing)
        .in_entry(PART)
        .by_all_jobs("missing", &missing);
    let renamed = {
        let mut zip = good().zip();
        zip.entry(PART).name = b"database/products/000001.ndjson".to_vec();
        zip.sealed()
    };
    Refused::with(ErrorCode::EntryMissing)
        .in_entry(PART)
        .by_all_jobs("renamed", &renamed);
    let added = good().add("files/extra", "x").sealed();
    Refused::with(ErrorCode::EntryUnexpected)
        .in_entry("files/extra")
        .by_all_jobs("added", &added);
    for content in ["same", "other"] {
        let mut zip = good().zip();
        let mut twice = zip.entry(PART).clone();
        if content == "other" {
            twice.content = b"{}".to_vec();
        }
        zip.entries.push(twice);
        Refused::with(ErrorCode::EntryDuplicate)
            .in_entry(PART)
            .by_all_jobs(content, &zip.sealed());
    }
}

#[test]
fn headers_that_do_not_agree() {
    all_refused(
        ErrorCode::ArchiveDamaged,
        &[
            ("name", |zip| {
                zip.entry(PART).local.name = Some(b"database/products/000000.ndjsoN".to_vec())
            }),
            ("longer name", |zip| {
                zip.entry(PART).local.name = Some(b"database/products/000000.ndjson2".to_vec())
            }),
            ("method", |zip| zip.entry(PART).local.method = Some(STORED)),
            ("flags", |zip| zip.entry(PART).local.flags = Some(1 << 11)),
            ("crc", |zip| zip.entry(PART).local.crc32 = Some(7)),
            ("size", |zip| zip.entry(PART).local.bytes = Some(7)),
            ("compressed size", |zip| {
                zip.entry(PART).local.compressed_bytes = Some(7)
            }),
            ("encrypted", |zip| zip.entry(PART).flags = 1),
            ("another method", |zip| {
                zip.entry(PART).stated.method = Some(12)
            }),
            ("another volume", |zip| {
                zip.entry(PART).stated.disk = Some(1)
            }),
            ("half an extra field", |zip| {
                zip.entry(PART).extra = vec![7, 0, 9]
            }),
            ("an extra field too long", |zip| {
                zip.entry(PART).extra = vec![7, 0, 9, 0, 1]
            }),
            ("a ZIP64 field too short", |zip| {
                let entry = zip.entry(PART);
                entry.stated.bytes = Some(u64::from(u32::MAX));
                entry.extra = vec![1, 0, 4, 0, 1, 1, 1, 1];
            }),
        ],
    );
}

#[test]
fn layouts_that_do_not_tile_the_file() {
    all_refused(
        ErrorCode::ArchiveDamaged,
        &[
            ("bytes before the first entry", |zip| {
                zip.entries[0].before = b"PK\x03\x04 a small program".to_vec()
            }),
            ("a gap between entries", |zip| {
                zip.entries[3].before = vec![0]
            }),
            ("bytes before the directory", |zip| {
                zip.before_directory = b"hidden".to_vec()
            }),
            ("bytes after the directory", |zip| {
                zip.after_directory = b"hidden".to_vec()
            }),
            ("an entry within another", |zip| {
                zip.entries[4].stated.header_offset = Some(40)
            }),
            ("two entries in one place", |zip| {
                zip.entries[4].stated.header_offset = Some(0)
            }),
            ("an entry beyond the file", |zip| {
                zip.entries[4].stated.header_offset = Some(1 << 31)
            }),
            ("an entry far beyond the file", |zip| {
                let entry = &mut zip.entries[4];
                entry.zip64 = true;
                entry.stated.header_offset = Some(u64::MAX - 7);
            }),
            ("entries that reach beyond the file", |zip| {
                // One after the other, as they should be, but for the file's end.
                let end = 1 << 40;
                zip.entries[5].zip64 = true;
                let data = zip.offset_of(5) + 30 + zip.entries[5].name.len() as u64 + 20;
                zip.entries[5].stated.compressed_bytes = Some(end - data);
                for (index, entry) in zip.entries[6..].iter_mut().enumerate() {
                    entry.zip64 = true;
                    entry.stated.header_offset = Some(end + ((index as u64) << 20));
                }
            }),
            ("a size that overflows", |zip| {
                let entry = &mut zip.entries[4];
                entry.zip64 = true;
                entry.stated.compressed_bytes = Some(u64::MAX);
            }),
            ("a directory said to be longer", |zip| {
                zip.stated_directory_bytes = Some(1 << 20)
            }),
            ("a directory said to be shorter", |zip| {
                zip.stated_directory_bytes = Some(46)
            }),
        ],
    );
}

#[test]
fn numbers_of_entries_that_are_wrong() {
    all_refused(
        ErrorCode::ArchiveDamaged,
        &[
            ("none", |zip| zip.stated_entries = Some(0)),
            ("one less", |zip| {
                zip.stated_entries = Some(zip.entries.len() as u64 - 1)
            }),
            ("one more", |zip| {
                zip.stated_entries = Some(zip.entries.len() as u64 + 1)
            }),
            ("very many", |zip| zip.stated_entries = Some(60_000)),
            ("so many that ZIP64 would be needed", |zip| {
                zip.stated_entries = Some(65_535)
            }),
            ("more than there can be", |zip| {
                zip.zip64_end = true;
                zip.stated_entries = Some(u64::MAX);
            }),
            ("more than the limit", |zip| {
                zip.zip64_end = true;
                zip.stated_entries = Some(200_001);
            }),
            ("a ZIP64 directory of all there is", |zip| {
                zip.zip64_end = true;
                zip.stated_directory_bytes = Some(u64::MAX);
            }),
        ],
    );
}

#[test]
fn data_descriptors() {
    let descriptors = [(true, false), (true, true), (false, false), (false, true)];
    for (signature, zip64) in descriptors {
        let descriptor = |wrong| Descriptor {
            signature,
            zip64,
            wrong,
        };
        let mut zip = good().zip();
        zip.entries
            .iter_mut()
            .for_each(|entry| entry.descriptor = Some(descriptor(0)));
        accepted("descriptors", &zip.sealed(), true);
        zip.entry(PART).descriptor = Some(descriptor(1));
        Refused::with(ErrorCode::ArchiveDamaged).by_all_jobs("a wrong descriptor", &zip.sealed());
        zip.entry(PART).descriptor = None;
        zip.entry(PART).flags = 1 << 3;
        Refused::with(ErrorCode::ArchiveDamaged).by_all_jobs("no descriptor", &zip.sealed());
    }
}

#[test]
fn seals() {
    let good = good();
    accepted("without a seal", &good.zip().bytes(), false);
    let comment = |comment: &[u8]| {
        let mut zip = good.zip();
        zip.comment = comment.to_vec();
        zip.bytes()
    };
    let sealed = good.sealed();
    let seal = String::from_utf8(sealed[sealed.len() - 84..].to_vec()).unwrap();
    assert_eq!(comment(seal.as_bytes()), sealed);
    let (prefix, sum) = seal.split_at(20);
    let wrong = [
        ("a greeting", "hello".to_owned()),
        ("another sum", format!("{prefix}{}", "0".repeat(64))),
        (
            "capitals",
            format!(
                "{prefix}{}",
                sum.to_uppercase()
                    .replace(|c: char| c.is_ascii_digit(), "A")
            ),
        ),
        ("too short", seal[..83].to_owned()),
        ("too long", format!("{seal} ")),
        ("another version", seal.replace("/1 ", "/2 ")),
        ("not UTF-8 in its length", format!("{}é", &seal[..82])),
    ];
    for (name, text) in wrong {
        Refused::with(ErrorCode::ArchiveDamaged).by_all_jobs(name, &comment(text.as_bytes()));
    }
    let mut latin = seal.into_bytes();
    latin[83] = 0xe9;
    Refused::with(ErrorCode::ArchiveDamaged).by_all_jobs("bytes", &comment(&latin));
}
