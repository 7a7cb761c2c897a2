//! An archive taken apart by an independent reader, to be changed and put together again.

use std::io::{Cursor, Read};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::zip::{Zip, ZipEntry, hex};

/// The entries of an archive, in the ZIP's order.
#[derive(Clone)]
pub struct Archive {
    pub entries: Vec<(String, Vec<u8>)>,
}

impl Archive {
    pub fn read(file: &[u8]) -> Self {
        let mut zip = ::zip::ZipArchive::new(Cursor::new(file)).expect("a ZIP");
        let entries = (0..zip.len()).map(|index| {
            let mut entry = zip.by_index(index).expect("an entry");
            let mut content = Vec::new();
            entry
                .read_to_end(&mut content)
                .expect("the entry's content");
            (entry.name().expect("UTF-8").into_owned(), content)
        });
        Self {
            entries: entries.collect(),
        }
    }

    pub fn names(&self) -> Vec<&str> {
        self.entries.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub fn get(&self, name: &str) -> &[u8] {
        let entry = self.entries.iter().find(|(other, _)| other == name);
        &entry.unwrap_or_else(|| panic!("no entry {name}")).1
    }

    pub fn content(&mut self, name: &str) -> &mut Vec<u8> {
        let entry = self.entries.iter_mut().find(|(other, _)| other == name);
        &mut entry.unwrap_or_else(|| panic!("no entry {name}")).1
    }

    pub fn text(&self, name: &str) -> &str {
        std::str::from_utf8(self.get(name)).expect("UTF-8")
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(self.get(name)).expect("JSON")
    }

    /// Changes a JSON document, and nothing else.
    pub fn edit(&mut self, name: &str, change: impl FnOnce(&mut Value)) -> &mut Self {
        let mut document = self.json(name);
        change(&mut document);
        *self.content(name) = serde_json::to_vec(&document).expect("JSON");
        self
    }

    /// Changes the manifest's entry for a path.
    pub fn relist(&mut self, path: &str, change: impl FnOnce(&mut Value)) -> &mut Self {
        self.edit("manifest.json", |manifest| change(listing(manifest, path)))
    }

    /// Takes an entry out of the ZIP.
    pub fn remove(&mut self, name: &str) -> &mut Self {
        self.entries.retain(|(other, _)| other != name);
        self
    }

    /// Takes an entry out of the manifest.
    pub fn unlist(&mut self, name: &str) -> &mut Self {
        self.edit("manifest.json", |manifest| {
            let entries = manifest["entries"].as_array_mut().expect("entries");
            entries.retain(|entry| entry["path"] != name);
        })
    }

    /// Adds an entry to the ZIP, before all others.
    pub fn add(&mut self, name: &str, content: impl Into<Vec<u8>>) -> &mut Self {
        self.entries.insert(0, (name.to_owned(), content.into()));
        self
    }

    /// Adds an entry to the manifest.
    pub fn list(&mut self, path: &str, entry_type: &str) -> &mut Self {
        self.edit("manifest.json", |manifest| {
            let entries = manifest["entries"].as_array_mut().expect("entries");
            entries.push(json!({ "path": path, "type": entry_type, "checksum": "", "size": 0 }));
        })
    }

    /// Renames an entry in the ZIP and in the manifest.
    pub fn rename(&mut self, from: &str, to: &str) -> &mut Self {
        for (name, _) in &mut self.entries {
            if name == from {
                to.clone_into(name);
            }
        }
        self.relist(from, |entry| entry["path"] = to.into())
    }

    /// Makes all sizes and checksums right again.
    pub fn consistent(&mut self) -> &mut Self {
        for (name, content) in self.entries.clone() {
            if name != "metadata.json" && name != "manifest.json" {
                self.measure(&name, &content);
            }
        }
        let manifest = self.json("manifest.json");
        let covered = |entry: &&Value| entry["path"] != "metadata.json";
        let entries = manifest["entries"].as_array().expect("entries");
        let size: u64 = entries
            .iter()
            .filter(covered)
            .filter_map(|entry| entry["size"].as_u64())
            .sum();
        let checksum = entries_checksum(entries.iter().filter(covered));
        if self.names().contains(&"metadata.json") {
            self.edit("metadata.json", |metadata| {
                metadata["size"] = size.into();
                metadata["checksum"] = checksum.into();
            });
            let metadata = self.get("metadata.json").to_vec();
            self.measure("metadata.json", &metadata);
        }
        self.sum()
    }

    /// Makes the manifest's own checksum right again.
    pub fn sum(&mut self) -> &mut Self {
        self.edit("manifest.json", |manifest| {
            let sum = entries_checksum(manifest["entries"].as_array().expect("entries").iter());
            manifest["checksum"] = sum.into();
        })
    }

    /// Makes the manifest's size and checksum of `metadata.json` right, and its own checksum.
    pub fn remeasure_metadata(&mut self) -> &mut Self {
        let metadata = self.get("metadata.json").to_vec();
        self.measure("metadata.json", &metadata);
        self.sum()
    }

    fn measure(&mut self, path: &str, content: &[u8]) {
        self.edit("manifest.json", |manifest| {
            let entries = manifest["entries"].as_array_mut().expect("entries");
            if let Some(entry) = entries.iter_mut().find(|entry| entry["path"] == path) {
                entry["size"] = content.len().into();
                entry["checksum"] = hex(&Sha256::digest(content)).into();
            }
        });
    }

    pub fn zip(&self) -> Zip {
        Zip {
            entries: self
                .entries
                .iter()
                .map(|(name, content)| ZipEntry::new(name, content.clone()))
                .collect(),
            ..Zip::default()
        }
    }

    /// The archive with its seal.
    pub fn sealed(&self) -> Vec<u8> {
        self.zip().sealed()
    }
}

fn listing<'a>(manifest: &'a mut Value, path: &str) -> &'a mut Value {
    let entries = manifest["entries"].as_array_mut().expect("entries");
    let entry = entries.iter_mut().find(|entry| entry["path"] == path);
    entry.unwrap_or_else(|| panic!("{path} is not listed"))
}

/// SHA-256 of the lines `path NUL size NUL checksum LF`.
pub fn entries_checksum<'a>(entries: impl Iterator<Item = &'a Value>) -> String {
    let mut sum = Sha256::new();
    for entry in entries {
        let (path, checksum) = (entry["path"].as_str(), entry["checksum"].as_str());
        sum.update(path.unwrap_or_default());
        sum.update([0]);
        sum.update(entry["size"].to_string());
        sum.update([0]);
        sum.update(checksum.unwrap_or_default());
        sum.update(b"\n");
    }
    hex(&sum.finalize())
}
