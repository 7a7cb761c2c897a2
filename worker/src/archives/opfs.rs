//! Archives on disk, in the origin private file system: `pos-backup/<database>/<id>.zip`, and
//! `<id>.zip.part` while one is being written.

use js_sys::{AsyncIterator, Function, Math, Promise, Reflect, Uint8Array};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use pos_backup::storage::{Finished, PartFile, ReadAt, Storage};
use pos_backup_bridge::{Error, ErrorCode, Handle, Result, sort_by};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions,
    FileSystemGetFileOptions, FileSystemReadWriteOptions, FileSystemSyncAccessHandle,
    StorageManager,
};

use super::archive_name;
use crate::dom::{DomError, navigator_property, storage_error, stored};

const DIRECTORY: &str = "pos-backup";
const PART_SUFFIX: &str = ".part";

/// What a copy moves at a time, where files cannot be renamed.
const COPY_BYTES: usize = 1024 * 1024;

/// A place on disk.
#[derive(Debug, Clone)]
pub struct OpfsArchives {
    directory: FileSystemDirectoryHandle,
}

/// An archive being written to disk.
#[derive(Debug)]
pub struct OpfsPartFile {
    directory: FileSystemDirectoryHandle,
    name: String,
    handle: FileSystemFileHandle,
    file: FileSystemSyncAccessHandle,
    size: u64,
}

impl OpfsArchives {
    /// The place for a database's archives; `None` where the browser has no such file system, or
    /// none that can be written at once.
    pub async fn open(database: &str) -> Option<Self> {
        let file_handle = Reflect::get(&js_sys::global(), &"FileSystemFileHandle".into()).ok()?;
        let prototype = Reflect::get(&file_handle, &"prototype".into()).ok()?;
        if !Reflect::has(&prototype, &"createSyncAccessHandle".into()).ok()? {
            return None;
        }
        let storage: StorageManager = navigator_property("storage")?.unchecked_into();
        if !Reflect::has(&storage, &"getDirectory".into()).ok()? {
            return None;
        }
        // A private window may refuse; memory serves there.
        let root: FileSystemDirectoryHandle =
            stored(storage.get_directory(), "Opening the storage")
                .await
                .ok()?;
        let ours = subdirectory(&root, DIRECTORY).await.ok()?;
        let database = format!("db-{}", utf8_percent_encode(database, NON_ALPHANUMERIC));
        let directory = subdirectory(&ours, &database).await.ok()?;
        Some(Self { directory })
    }

    /// The names of all files, `.part` files among them.
    pub async fn names(&self) -> Result<Vec<String>> {
        let doing = "Listing the backups";
        let names: AsyncIterator = self.directory.keys();
        let mut all = Vec::new();
        loop {
            let next = names.next_promise(doing)?;
            let next = JsFuture::from(next)
                .await
                .map_err(|error| storage_error(&error, doing))?;
            let done = Reflect::get(&next, &"done".into())
                .map_err(|error| storage_error(&error, doing))?;
            if done.is_truthy() {
                return Ok(all);
            }
            let name = Reflect::get(&next, &"value".into())
                .map_err(|error| storage_error(&error, doing))?;
            all.extend(name.as_string());
        }
    }

    /// Whether there is a `.part` file.
    pub async fn has_part_files(&self) -> bool {
        let names = self.names().await.unwrap_or_default();
        names.iter().any(|name| name.ends_with(PART_SUFFIX))
    }

    /// Removes the `.part` files of runs that did not end, and returns their names.
    pub async fn remove_part_files(&self) -> Result<Vec<String>> {
        let mut removed = Vec::new();
        for name in self.names().await? {
            let Some(finished) = name.strip_suffix(PART_SUFFIX) else {
                continue;
            };
            // One that cannot be removed is being written: then it is none of a run that ended.
            if remove(&self.directory, &name).await.is_ok() {
                // Where files cannot be renamed, the crash may have left half of a copy.
                let _ = remove(&self.directory, finished).await;
                removed.push(name);
            }
        }
        sort_by(&mut removed, Ord::cmp);
        Ok(removed)
    }

    /// A finished archive; `None` when there is none of this id.
    pub async fn file(&self, id: &str) -> Result<Option<File>> {
        let handle = JsFuture::from(self.directory.get_file_handle(&archive_name(id))).await;
        match handle {
            Ok(handle) => {
                let handle: FileSystemFileHandle = handle.unchecked_into();
                stored(handle.get_file(), "Opening a backup")
                    .await
                    .map(Some)
            }
            Err(error) => match DomError::from(&error).name.as_str() {
                // A TypeError: an id that is no file name.
                "NotFoundError" | "TypeError" | "TypeMismatchError" => Ok(None),
                _ => Err(storage_error(&error, "Opening a backup")),
            },
        }
    }
}

/// `next()` of an async iterator without the throwing binding's own error type.
trait NextPromise {
    fn next_promise(&self, doing: &str) -> Result<Promise>;
}

impl NextPromise for AsyncIterator {
    fn next_promise(&self, doing: &str) -> Result<Promise> {
        self.next().map_err(|error| storage_error(&error, doing))
    }
}

async fn subdirectory(
    parent: &FileSystemDirectoryHandle,
    name: &str,
) -> Result<FileSystemDirectoryHandle> {
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(true);
    stored(
        parent.get_directory_handle_with_options(name, &options),
        "Opening the storage",
    )
    .await
}

async fn create_file(
    directory: &FileSystemDirectoryHandle,
    name: &str,
) -> Result<FileSystemFileHandle> {
    let options = FileSystemGetFileOptions::new();
    options.set_create(true);
    stored(
        directory.get_file_handle_with_options(name, &options),
        "Creating the archive's file",
    )
    .await
}

async fn remove(directory: &FileSystemDirectoryHandle, name: &str) -> Result<()> {
    stored::<JsValue>(directory.remove_entry(name), "Removing a file").await?;
    Ok(())
}

impl Storage for OpfsArchives {
    type PartFile = OpfsPartFile;

    fn keeps(&self) -> bool {
        true
    }

    async fn has_room(&self, bytes: u64) -> bool {
        // A file of that size, with nothing in it, takes no time and no place on the disk; but it takes its part of the
        // quota. Should it stay behind, the next start removes it.
        let Ok(probe) = self.create(&format!("room-{}", Math::random())).await else {
            return false;
        };
        let fits = probe.file.truncate_with_f64(bytes as f64).is_ok();
        // The answer counts.
        let _ = probe.discard().await;
        fits
    }

    async fn remove(&self, id: &str) -> Result<()> {
        let doing = "Removing a backup";
        let removed = JsFuture::from(self.directory.remove_entry(&archive_name(id))).await;
        match removed {
            Ok(_) => Ok(()),
            Err(error) if DomError::from(&error).name == "NotFoundError" => Ok(()),
            Err(error) => Err(storage_error(&error, doing)),
        }
    }

    async fn create(&self, id: &str) -> Result<OpfsPartFile> {
        let name = format!("{}{PART_SUFFIX}", archive_name(id));
        let handle = create_file(&self.directory, &name).await?;
        let file = match stored(
            handle.create_sync_access_handle(),
            "Opening the archive's file",
        )
        .await
        {
            Ok(file) => file,
            Err(error) => {
                // The reason counts; what stays behind is removed at the next start.
                let _ = remove(&self.directory, &name).await;
                return Err(error);
            }
        };
        Ok(OpfsPartFile {
            directory: self.directory.clone(),
            name,
            handle,
            file,
            size: 0,
        })
    }
}

fn at(offset: u64) -> FileSystemReadWriteOptions {
    let options = FileSystemReadWriteOptions::new();
    options.set_at(offset as f64);
    options
}

impl ReadAt for OpfsPartFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let wanted = buffer.len();
        let read = self
            .file
            .read_with_u8_array_and_options(buffer, &at(offset))
            .map_err(|error| storage_error(&error, "Reading the archive back"))?;
        if read as usize == wanted {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::StorageFailed,
            "The archive's file ends too early.",
        )
        .expected(wanted, read))
    }
}

impl PartFile for OpfsPartFile {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self
            .file
            .write_with_u8_array_and_options(bytes, &at(self.size))
            .map_err(|error| storage_error(&error, "Writing the archive"))?;
        if written as usize != bytes.len() {
            return Err(Error::new(
                ErrorCode::QuotaExceeded,
                "The storage took only a part of what was written.",
            )
            .expected(bytes.len(), written));
        }
        self.size += bytes.len() as u64;
        Ok(())
    }

    async fn finish(self) -> Result<Finished> {
        let renamed = self.rename().await;
        if renamed.is_err() {
            // The reason counts; what stays behind is removed at the next start.
            let _ = remove(&self.directory, self.name.trim_end_matches(PART_SUFFIX)).await;
            let _ = remove(&self.directory, &self.name).await;
        }
        let file: File = stored(renamed?.get_file(), "Opening the finished archive").await?;
        Ok(Finished {
            file: Handle::from(JsValue::from(file)),
            stored: true,
        })
    }

    async fn discard(self) -> Result<()> {
        self.file.close();
        remove(&self.directory, &self.name).await
    }
}

impl OpfsPartFile {
    /// Lets go of the file as it is, as a crash does.
    pub fn close(self) {
        self.file.close();
    }

    async fn rename(&self) -> Result<FileSystemFileHandle> {
        let doing = "Renaming the archive";
        let flushed = self
            .file
            .flush()
            .map_err(|error| storage_error(&error, "Writing the archive"));
        let name = self.name.trim_end_matches(PART_SUFFIX);
        // Not every browser has it, and web-sys has not.
        let move_to = Reflect::get(&self.handle, &"move".into())
            .ok()
            .and_then(|function| function.dyn_into::<Function>().ok());
        match (flushed, move_to) {
            (Err(error), _) => {
                self.file.close();
                Err(error)
            }
            (Ok(()), Some(move_to)) => {
                self.file.close();
                let moved = move_to
                    .call1(&self.handle, &name.into())
                    .map_err(|error| storage_error(&error, doing))?;
                stored::<JsValue>(moved.unchecked_into(), doing).await?;
                Ok(self.handle.clone())
            }
            (Ok(()), None) => {
                let copied = self.copy_to(name).await;
                self.file.close();
                if copied.is_ok() {
                    remove(&self.directory, &self.name).await?;
                }
                copied
            }
        }
    }

    async fn copy_to(&self, name: &str) -> Result<FileSystemFileHandle> {
        let handle = create_file(&self.directory, name).await?;
        let copy: FileSystemSyncAccessHandle = stored(
            handle.create_sync_access_handle(),
            "Opening the archive's file",
        )
        .await?;
        let copied = self.copy_bytes(&copy);
        copy.close();
        copied.map(|()| handle)
    }

    fn copy_bytes(&self, copy: &FileSystemSyncAccessHandle) -> Result<()> {
        let mut buffer = vec![0; COPY_BYTES];
        let mut offset = 0;
        while offset < self.size {
            let length = (self.size - offset).min(COPY_BYTES as u64) as usize;
            let chunk = buffer.get_mut(..length).unwrap_or_default();
            self.read_at(offset, chunk)?;
            let written = copy
                .write_with_js_u8_array_and_options(&Uint8Array::from(&*chunk), &at(offset))
                .map_err(|error| storage_error(&error, "Writing the archive"))?;
            if written as usize != length {
                return Err(Error::new(
                    ErrorCode::QuotaExceeded,
                    "The storage took only a part of what was written.",
                ));
            }
            offset += length as u64;
        }
        copy.flush()
            .map_err(|error| storage_error(&error, "Writing the archive"))
    }
}
