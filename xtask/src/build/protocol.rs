//! bridge/client/src/protocol.ts, generated from the Rust types of the messages.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::paths::root;
use crate::process::say;

const FILE: &str = "bridge/client/src/protocol.ts";

/// Brings the file up to date.
pub(crate) fn write() -> Result<()> {
    // Unchanged text is not written again: its time tells whether dist/ is current.
    if !is_current()? {
        say(format!("writing {FILE}: the Rust types have changed"));
        fs::write(path(), expected()).with_context(|| format!("writing {FILE}"))?;
    }
    Ok(())
}

/// Fails unless the file is up to date.
pub(crate) fn check() -> Result<()> {
    if !is_current()? {
        bail!(
            "{FILE} is not what the Rust types in bridge/src give\n  hint: run `cargo xtask build`, \
             and commit the file with the change of the types"
        );
    }
    Ok(())
}

fn is_current() -> Result<bool> {
    match fs::read_to_string(path()) {
        Ok(text) => Ok(text == expected()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("reading {FILE}")),
    }
}

fn path() -> PathBuf {
    root().join(FILE)
}

fn expected() -> String {
    pos_backup_bridge::typescript::declarations()
}
