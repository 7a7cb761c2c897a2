//! What lies outside the database, into the archive.

use pos_backup_bridge::{EntryType, Error, ErrorCode, Result, Sorted, json};
use serde_bytes::ByteBuf;

use crate::archive::{ArchiveWriter, EntryName, EntryWriter, is_string_map};
use crate::job::{Job, Outcome};
use crate::limits::{FILE_MAX_BYTES, READ_BYTES};
use crate::page::Assets;
use crate::record::is_too_deep;
use crate::storage::{PartFile, ReadAt};

const HINT_SMALLER_STORAGE: &str =
    "Keep fewer of its keys: the option of the storage's name chooses them.";
const HINT_SMALLER_FILES: &str = "Give fewer or smaller files.";
const HINT_SMALLER_CONFIG: &str = "Give a smaller config, or parts of it as files.";
const HINT_OTHER_NAME: &str = "Give the file another name.";

/// What the page gave to be kept beside the tables.
#[derive(Default)]
pub struct BackupAssets {
    /// JSON text of an object of strings.
    pub local_storage: Option<String>,
    /// JSON text of an object of strings.
    pub session_storage: Option<String>,
    /// JSON text.
    pub config: Option<String>,
    /// Files by name; absent when nothing is said of them.
    pub files: Option<Sorted<String, Box<dyn ReadAt>>>,
}

impl BackupAssets {
    /// All of it in memory.
    ///
    /// # Errors
    ///
    /// `VALUE_TOO_LARGE`, `STORAGE_FAILED`.
    pub fn read(&self) -> Result<Assets> {
        let text =
            |text: &Option<String>| text.clone().map(|text| ByteBuf::from(text.into_bytes()));
        let read = |name: &String, file: &dyn ReadAt| {
            check_size(name, file.size(), HINT_SMALLER_FILES)?;
            let mut content = vec![0; file.size() as usize];
            file.read_at(0, &mut content)
                .map_err(|error| error.in_entry(name))?;
            Ok((name.clone(), ByteBuf::from(content)))
        };
        let files = self.files.as_ref().map(|files| {
            let files = files.iter().map(|(name, file)| read(name, &**file));
            files.collect::<Result<_>>()
        });
        Ok(Assets {
            local_storage: text(&self.local_storage),
            session_storage: text(&self.session_storage),
            config: text(&self.config),
            files: files.transpose()?,
        })
    }
}

/// Adds files, localStorage, sessionStorage and config; returns the names of the first three.
pub(in crate::jobs) async fn add_assets<P: PartFile>(
    job: &Job,
    archive: &mut ArchiveWriter<P>,
    assets: &BackupAssets,
) -> Outcome<Vec<String>> {
    let mut names = Vec::new();
    let mut content = EntryWriter::default();
    let storages = [
        (
            EntryName::LocalStorage,
            "localStorage",
            &assets.local_storage,
        ),
        (
            EntryName::SessionStorage,
            "sessionStorage",
            &assets.session_storage,
        ),
    ];
    for (entry, name, text) in storages {
        let Some(text) = text else { continue };
        check_size(name, text.len() as u64, HINT_SMALLER_STORAGE)?;
        if !is_string_map(text.as_bytes()) {
            return Err(unfit(
                "What is to be kept of a storage is no object of strings.",
                name,
            )
            .into());
        }
        content.write(text.as_bytes())?;
        archive.add(&entry, EntryType::File, &mut content)?;
        names.push(format!("{name}.json"));
    }
    let mut buffer = vec![0; READ_BYTES];
    for (name, file) in assets.files.iter().flat_map(Sorted::iter) {
        let entry = EntryName::file(name).ok_or_else(|| {
            let path = name.replace('~', "~0").replace('/', "~1");
            unfit(
                "A file has the name under which a storage is kept.",
                &format!("files/{path}"),
            )
            .with_hint(HINT_OTHER_NAME)
        })?;
        check_size(name, file.size(), HINT_SMALLER_FILES)?;
        let mut offset = 0;
        while offset < file.size() {
            job.breathe().await?;
            let is_first = offset == 0;
            let length = (file.size() - offset).min(READ_BYTES as u64) as usize;
            let chunk = buffer.get_mut(..length).unwrap_or_default();
            file.read_at(offset, chunk)
                .map_err(|error| error.in_entry(name))?;
            if is_first {
                content.sample(chunk)?;
            }
            content.write(chunk)?;
            offset += length as u64;
        }
        archive
            .add(&entry, EntryType::File, &mut content)
            .map_err(|error| error.in_entry(name))?;
        names.push(name.clone());
    }
    if let Some(config) = &assets.config {
        check_size("config", config.len() as u64, HINT_SMALLER_CONFIG)?;
        if !json::is_valid(config.as_bytes()) {
            return Err(unfit("The config is no JSON.", "config").into());
        }
        if is_too_deep(config.as_bytes()) {
            return Err(unfit("The config nests more than 256 levels deep.", "config").into());
        }
        content.write(config.as_bytes())?;
        archive.add(&EntryName::Config, EntryType::Config, &mut content)?;
    }
    Ok(names)
}

/// What is larger could be written, but not read again.
fn check_size(name: &str, bytes: u64, hint: &str) -> Result<()> {
    if bytes <= FILE_MAX_BYTES {
        return Ok(());
    }
    Err(
        Error::new(ErrorCode::ValueTooLarge, "A file is too large to be kept.")
            .with_hint(hint)
            .in_entry(name)
            .expected(format!("at most {FILE_MAX_BYTES} bytes"), bytes),
    )
}

/// The caller's mistake, at a place of its message.
fn unfit(message: &str, place: &str) -> Error {
    Error::new(ErrorCode::InvalidMessage, message)
        .with(|c| c.path = Some(format!("/assets/{place}")))
}
