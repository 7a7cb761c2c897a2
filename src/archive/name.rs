//! Entry names: the only ones that an archive may hold.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use pos_backup_bridge::{Error, ErrorCode, Result};

/// What may stay as it is in a name.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b' ');

const LOCAL_STORAGE: &str = "localStorage.json";
const SESSION_STORAGE: &str = "sessionStorage.json";

/// What an entry is, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryName {
    /// `schema.json`
    Schema,
    /// `metadata.json`
    Metadata,
    /// `manifest.json`
    Manifest,
    /// `config/config.json`
    Config,
    /// `files/localStorage.json`
    LocalStorage,
    /// `files/sessionStorage.json`
    SessionStorage,
    /// `files/<name>`
    File(String),
    /// `blobs/<sha256>`
    Blob {
        /// SHA-256 of the content, in lower-case hexadecimal.
        sha256: String,
    },
    /// `database/<table>/<number>.ndjson`
    TablePart {
        /// The table.
        table: String,
        /// Counted from 0.
        number: u32,
    },
    /// `action-queue/<number>.ndjson`
    ActionQueuePart {
        /// Counted from 0.
        number: u32,
    },
}

impl EntryName {
    /// The name of a user's file; `None` for the two names that localStorage and sessionStorage have.
    pub fn file(name: &str) -> Option<Self> {
        let is_ours = name == LOCAL_STORAGE || name == SESSION_STORAGE;
        (!is_ours).then(|| Self::File(name.to_owned()))
    }

    /// Whether it is one of what the page gave to be kept beside the tables.
    pub fn is_asset(&self) -> bool {
        matches!(
            self,
            Self::Config | Self::LocalStorage | Self::SessionStorage | Self::File(_)
        )
    }

    /// Reads the name of an entry.
    ///
    /// # Errors
    ///
    /// `ENTRY_NAME_INVALID`.
    pub fn parse(path: &str) -> Result<Self> {
        let name = match path {
            "schema.json" => Self::Schema,
            "metadata.json" => Self::Metadata,
            "manifest.json" => Self::Manifest,
            "config/config.json" => Self::Config,
            _ => match path.split_once('/') {
                Some(("files", LOCAL_STORAGE)) => Self::LocalStorage,
                Some(("files", SESSION_STORAGE)) => Self::SessionStorage,
                Some(("files", name)) => Self::File(decode(name).ok_or_else(|| invalid(path))?),
                Some(("action-queue", part)) => Self::ActionQueuePart {
                    number: part_number(part).ok_or_else(|| invalid(path))?,
                },
                Some(("database", rest)) => {
                    let (table, part) = rest.split_once('/').ok_or_else(|| invalid(path))?;
                    Self::TablePart {
                        table: decode(table).ok_or_else(|| invalid(path))?,
                        number: part_number(part).ok_or_else(|| invalid(path))?,
                    }
                }
                Some(("blobs", sha256)) if is_sha256(sha256) => Self::Blob {
                    sha256: sha256.to_owned(),
                },
                _ => return Err(invalid(path)),
            },
        };
        // One name, one spelling: what decodes to the same must be written the same.
        if name.to_string() == path {
            Ok(name)
        } else {
            Err(invalid(path))
        }
    }
}

impl std::fmt::Display for EntryName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Schema => f.write_str("schema.json"),
            Self::Metadata => f.write_str("metadata.json"),
            Self::Manifest => f.write_str("manifest.json"),
            Self::Config => f.write_str("config/config.json"),
            Self::LocalStorage => write!(f, "files/{LOCAL_STORAGE}"),
            Self::SessionStorage => write!(f, "files/{SESSION_STORAGE}"),
            Self::File(name) => write!(f, "files/{}", encode(name)),
            Self::Blob { sha256 } => write!(f, "blobs/{sha256}"),
            Self::TablePart { table, number } => {
                write!(f, "database/{}/{number:06}.ndjson", encode(table))
            }
            Self::ActionQueuePart { number } => write!(f, "action-queue/{number:06}.ndjson"),
        }
    }
}

fn invalid(path: &str) -> Error {
    Error::new(
        ErrorCode::EntryNameInvalid,
        "An entry has a name that an archive may not hold.",
    )
    .in_entry(path)
}

fn encode(name: &str) -> String {
    match name {
        "" => "%".to_owned(),
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        _ => utf8_percent_encode(name, ENCODED).to_string(),
    }
}

fn decode(name: &str) -> Option<String> {
    if name == "%" {
        return Some(String::new());
    }
    let name = percent_decode_str(name).decode_utf8().ok()?;
    Some(name.into_owned())
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn part_number(part: &str) -> Option<u32> {
    part.strip_suffix(".ndjson")?.parse().ok()
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    fn file(name: &str) -> EntryName {
        EntryName::File(name.to_owned())
    }

    #[test]
    fn every_kind_comes_back() {
        let names = [
            EntryName::Schema,
            EntryName::Metadata,
            EntryName::Manifest,
            EntryName::Config,
            EntryName::LocalStorage,
            EntryName::SessionStorage,
            file("logo.png"),
            file("../x"),
            file(".."),
            file("."),
            file(""),
            file("%"),
            file("a\\b/c\0"),
            file("Größe 1"),
            EntryName::TablePart {
                table: "orders/2026".to_owned(),
                number: 7,
            },
            EntryName::TablePart {
                table: "..".to_owned(),
                number: 1_234_567,
            },
            EntryName::ActionQueuePart { number: 0 },
            EntryName::Blob {
                sha256: "0123456789abcdef".repeat(4),
            },
        ];
        for name in names {
            assert_eq!(EntryName::parse(&name.to_string()), Ok(name));
        }
    }

    #[test]
    fn other_names_are_refused() {
        for path in [
            "",
            "/schema.json",
            "../x",
            "files/../x",
            "files/..",
            "files/a/b",
            "files/a\\b",
            "files/%2e%2e",
            "files/%41",
            "files/",
            "database/orders/0.ndjson",
            "database/orders/+00001.ndjson",
            "database/orders/000000.json",
            "database/orders",
            "database/a/b/000000.ndjson",
            "action-queue/x.ndjson",
            "Schema.json",
            "C:\\x",
            "other/x",
            "blobs/00",
            &format!("blobs/{}", "A".repeat(64)),
            &format!("blobs/{}", "g".repeat(64)),
        ] {
            let error = EntryName::parse(path).expect_err(path);
            assert_eq!(error.code, ErrorCode::EntryNameInvalid, "{path}");
        }
    }
}
