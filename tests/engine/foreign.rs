//! Archives of the past, and of other tools: an archive is an ordinary ZIP.

use std::io::Write;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::testkit::archive::Archive;
use crate::testkit::refused::accepted;
use crate::testkit::world::{World, till};
use crate::testkit::zip::{STORED, Zip};

fn good() -> Archive {
    Archive::read(&World::new(till()).archive())
}

#[test]
fn an_archive_of_the_first_version() {
    let file = include_bytes!("../fixtures/archives/pos-backup-1.0.zip");
    accepted("1.0", file, true);
}

#[test]
fn archives_packed_anew() {
    macro_rules! fixtures {
        ($($name:literal),+) => { [$(($name, &include_bytes!(concat!("../fixtures/archives/", $name))[..])),+] };
    }
    for (name, file) in fixtures![
        "info-zip.zip",
        "info-zip-stored.zip",
        "info-zip-streamed.zip",
        "info-zip-zip64.zip",
        "java.zip",
        "python.zip",
        "python-streamed.zip",
        "python-zip64.zip",
        "python-streamed-zip64.zip"
    ] {
        accepted(name, file, false);
    }
}

#[test]
fn archives_packed_anew_by_the_zip_crate() {
    let good = good();
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        for large in [false, true] {
            let options = SimpleFileOptions::default()
                .compression_method(method)
                .large_file(large);
            let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
            let mut streamed = ZipWriter::new_stream(Vec::new());
            for (name, content) in &good.entries {
                zip.start_file(name, options).unwrap();
                zip.write_all(content).unwrap();
                streamed.start_file(name, options).unwrap();
                streamed.write_all(content).unwrap();
            }
            let name = format!("{method:?}, large: {large}");
            accepted(&name, &zip.finish().unwrap().into_inner(), false);
            accepted(&name, streamed.finish().unwrap().get_ref(), false);
        }
    }
}

#[test]
fn every_layout_that_the_format_allows() {
    let cases: [(&str, fn(&mut Zip)); 6] = [
        ("stored", |zip| {
            zip.entries
                .iter_mut()
                .for_each(|entry| entry.method = STORED)
        }),
        ("some stored", |zip| {
            zip.entries
                .iter_mut()
                .step_by(2)
                .for_each(|entry| entry.method = STORED)
        }),
        ("ZIP64 entries", |zip| {
            zip.entries.iter_mut().for_each(|entry| entry.zip64 = true)
        }),
        ("a ZIP64 end", |zip| zip.zip64_end = true),
        ("another order", |zip| zip.entries.reverse()),
        ("extra fields", |zip| {
            zip.entry("schema.json").extra = vec![0x55, 0x54, 5, 0, 1, 0, 0, 0, 0]
        }),
    ];
    for (name, change) in cases {
        let mut zip = good().zip();
        change(&mut zip);
        accepted(name, &zip.bytes(), false);
        accepted(name, &zip.sealed(), true);
    }
}
