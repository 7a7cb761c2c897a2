//! dist/ as a whole: put together aside, swapped in at once, and known to be current or not.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::paths::{self, root};
use crate::process::{Cmd, say};

/// What dist/ is made of.
const SOURCES: [&str; 12] = [
    "Cargo.toml",
    "Cargo.lock",
    ".cargo",
    "src",
    "bridge",
    "worker",
    "static",
    "package.json",
    "package-lock.json",
    "tsconfig.base.json",
    "xtask/src/build.rs",
    "xtask/src/build",
];

/// Directories that hold results, not sources.
const RESULTS: [&str; 3] = ["node_modules", "target", "dist"];

/// What an app and the demo load by name.
const PROMISED: [&str; 5] = [
    "client.js",
    "client.d.ts",
    "worker.js",
    "pos_backup_worker_bg.wasm",
    "index.html",
];

/// Tells in dist/ how it was built, and by its time when.
const STAMP: &str = ".built-as";

/// Prints the size of a file as it is, and as servers compress it.
const SIZES: &str = "\
const { readFileSync } = require('node:fs'), zlib = require('node:zlib');
for (const path of process.argv.slice(1)) {
  const bytes = readFileSync(path);
  const kib = (data) => (data.length / 1024).toFixed(1).padStart(7) + ' KiB';
  console.log(path.split('/').at(-1).padEnd(26), kib(bytes),
    ' gzip', kib(zlib.gzipSync(bytes, { level: 9 })), ' brotli', kib(zlib.brotliCompressSync(bytes)));
}";

/// A new dist/ in the making.
pub(super) struct Staging {
    dir: PathBuf,
}

impl Staging {
    pub(super) fn new() -> Result<Self> {
        let dir = paths::target().join("dist.tmp");
        remove(&dir)?;
        fs::create_dir_all(&dir)?;
        Ok(Self { dir })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes it dist/. Until here, a failed build has left the last one untouched.
    pub(super) fn swap_in(self, kind: &str, started: SystemTime) -> Result<()> {
        for name in PROMISED {
            if !self.dir.join(name).is_file() {
                bail!("the build has written no {name}");
            }
        }
        let stamp = self.dir.join(STAMP);
        fs::write(&stamp, kind)?;
        // As old as the start: a source that changed during the build makes it out of date.
        let stamp = fs::File::options().write(true).open(&stamp)?;
        stamp.set_modified(started)?;

        let dist = paths::dist();
        let old = paths::target().join("dist.old");
        remove(&old)?;
        if dist.exists() {
            rename(&dist, &old)?;
        }
        rename(&self.dir, &dist)?;
        remove(&old)?;
        say("dist/ is built");
        Ok(())
    }
}

/// Renames, or copies when the target directory is on another file system.
fn rename(from: &Path, to: &Path) -> Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {
            copy_tree(from, to)?;
            remove(from)
        }
        result => result.with_context(|| format!("moving {} to {}", from.display(), to.display())),
    }
}

fn remove(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", dir.display()))
        }
        _ => Ok(()),
    }
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            let modified = entry.metadata()?.modified()?;
            fs::File::options()
                .write(true)
                .open(&target)?
                .set_modified(modified)?;
        }
    }
    Ok(())
}

/// Whether dist/ is complete, of this kind, and newer than its sources.
pub(super) fn is_current(kind: &str) -> Result<bool> {
    let dist = paths::dist();
    let stamp = dist.join(STAMP);
    let built = fs::metadata(&stamp).and_then(|meta| meta.modified());
    let (Ok(built), Ok(as_kind)) = (built, fs::read_to_string(&stamp)) else {
        return Ok(false);
    };
    let complete = PROMISED.iter().all(|name| dist.join(name).is_file());
    if !complete || as_kind != kind {
        return Ok(false);
    }
    for source in SOURCES {
        if newest(&root().join(source))?.is_some_and(|changed| changed >= built) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The time of the last change at or below `path`.
fn newest(path: &Path) -> Result<Option<SystemTime>> {
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
    };
    let changed = meta.modified()?;
    if !meta.is_dir() {
        return Ok(Some(changed));
    }
    let mut below = None;
    let mut has_results = false;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if RESULTS.iter().any(|name| entry.file_name() == *name) {
            has_results = true;
        } else {
            below = below.max(newest(&entry.path())?);
        }
    }
    // A directory's own time tells of removed files, and of results that a build puts there.
    let own = (!has_results).then_some(changed);
    Ok(below.max(own))
}

/// Tells how large the files are that every page has to load.
pub(super) fn print_sizes() -> Result<()> {
    let dist = paths::dist();
    let files = ["pos_backup_worker_bg.wasm", "worker.js", "client.js"];
    let sizes = Cmd::new("node")
        .args(["-e", SIZES])
        .args(files.map(|file| dist.join(file)))
        .capture()?;
    println!("{sizes}");
    Ok(())
}
