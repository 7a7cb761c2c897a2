//! A Rust toolchain that can compile for wasm32: rustup's, or Debian's where rustup cannot.

mod debian;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};

use super::apt::{Packages, is_debian};
use crate::paths::{self, find_program};
use crate::process::{Cmd, say};

/// The target of the worker.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Forces one of the two ways.
const CHOICE: &str = "POS_BACKUP_TOOLCHAIN";

/// What rustup may take for a download. Behind some firewalls it waits for ever.
const RUSTUP_LIMIT: Duration = Duration::from_secs(300);

/// How to call cargo and what cargo calls.
#[derive(Default)]
pub(super) struct Toolchain {
    envs: Vec<(&'static str, OsString)>,
    /// Comes first on PATH.
    bin: Option<PathBuf>,
}

pub(super) enum Choice {
    /// The toolchain that runs us is complete.
    Current,
    Debian,
}

/// Finds out which toolchain can be used, letting rustup complete the current one.
pub(super) fn choose(lints: bool, packages: &mut Packages) -> Result<Choice> {
    let forced = env::var(CHOICE).ok();
    let choice = match forced.as_deref() {
        Some("debian") => Choice::Debian,
        Some("rustup") => {
            complete_with_rustup(lints)?;
            Choice::Current
        }
        Some(other) => bail!("{CHOICE}={other} is unknown; it can be rustup or debian"),
        None => find_or_complete(lints)?,
    };
    if matches!(choice, Choice::Debian) {
        debian::require(packages);
    }
    // Compiles what is written in C, for wasm32 too.
    packages.program("clang", "clang");
    Ok(choice)
}

pub(super) fn prepare(choice: Choice) -> Result<Toolchain> {
    match choice {
        Choice::Current => Ok(Toolchain::default()),
        Choice::Debian => debian::prepare(),
    }
}

fn find_or_complete(lints: bool) -> Result<Choice> {
    // Debian's Rust without rustup, its wasm32 library possibly built by us.
    if rustc_file("sysroot").is_some_and(|sysroot| sysroot == Path::new("/usr")) {
        return Ok(Choice::Debian);
    }
    if is_complete(lints) {
        return Ok(Choice::Current);
    }
    // Once it had to be Debian's, it stays so: rustup may need its whole time limit to fail.
    if debian::is_prepared() {
        return Ok(Choice::Debian);
    }
    match complete_with_rustup(lints) {
        Ok(()) => Ok(Choice::Current),
        Err(error) if is_debian() => {
            say(format!("{error}\nxtask: using Debian's Rust instead"));
            Ok(Choice::Debian)
        }
        Err(error) => Err(error),
    }
}

fn complete_with_rustup(lints: bool) -> Result<()> {
    if is_complete(lints) {
        return Ok(());
    }
    if find_program("rustup").is_none() {
        bail!("this Rust cannot compile for {WASM}, and there is no rustup to add that");
    }
    say("adding the wasm32 target by rustup, less than a minute");
    let rustup = || Cmd::new("rustup").limit(RUSTUP_LIMIT);
    rustup().args(["target", "add", WASM]).run()?;
    if lints {
        rustup()
            .args(["component", "add", "rustfmt", "clippy"])
            .run()?;
    }
    if !is_complete(lints) {
        bail!("rustup added {WASM}, and yet rustc cannot compile for it");
    }
    Ok(())
}

fn is_complete(lints: bool) -> bool {
    let has = |tool| {
        Cmd::new("cargo")
            .args([tool, "--version"])
            .capture()
            .is_ok()
    };
    loads_wasm_std(Cmd::new("rustc")) && (!lints || (has("fmt") && has("clippy")))
}

/// Whether a compiler finds a standard library for wasm32, made for its very version.
fn loads_wasm_std(rustc: Cmd) -> bool {
    // A file of our own: rustc would replace any other, a device included.
    let probe = paths::target().join("probe");
    let compiled = fs::create_dir_all(&probe).is_ok()
        && rustc
            // The empty program, on standard input.
            .args(["--target", WASM, "--crate-type=lib", "--crate-name=probe"])
            .args(["--emit=metadata", "-", "--out-dir"])
            .arg(&probe)
            .capture()
            .is_ok();
    // It serves no further, and a failure to remove it does no harm.
    let _ = fs::remove_dir_all(&probe);
    compiled
}

/// A path that rustc prints.
fn rustc_file(what: &str) -> Option<PathBuf> {
    let rustc = Cmd::new("rustc").args(["--print", what]);
    rustc.capture().ok().map(PathBuf::from)
}

impl Toolchain {
    /// Makes a command use this toolchain.
    pub(super) fn apply(&self, command: Cmd) -> Cmd {
        self.apply_with_path(command, None)
    }

    /// The same, with more directories at the front of PATH.
    pub(super) fn apply_with_path<'a>(
        &'a self,
        mut command: Cmd,
        first: impl IntoIterator<Item = &'a Path>,
    ) -> Cmd {
        for (name, value) in &self.envs {
            command = command.env(name, value);
        }
        let dirs: Vec<&Path> = first.into_iter().chain(self.bin.as_deref()).collect();
        if dirs.is_empty() {
            return command;
        }
        let path = env::var_os("PATH").unwrap_or_default();
        let all = dirs
            .into_iter()
            .map(Path::to_owned)
            .chain(env::split_paths(&path));
        match env::join_paths(all) {
            Ok(path) => command.env("PATH", path),
            Err(_) => command,
        }
    }
}
