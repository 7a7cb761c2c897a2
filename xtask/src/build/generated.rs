//! The files in the sources that are generated from the Rust types of the messages.

mod errors;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use pos_backup_bridge::typescript;

use crate::paths::root;
use crate::process::say;

const FILES: [Generated; 2] = [
    Generated {
        file: "bridge/client/src/protocol.ts",
        text: typescript::declarations,
    },
    Generated {
        file: "docs/errors.md",
        text: errors::page,
    },
];

/// Brings the files up to date.
pub(crate) fn write() -> Result<()> {
    for generated in &FILES {
        generated.write()?;
    }
    Ok(())
}

/// Fails unless the files are up to date.
pub(crate) fn check() -> Result<()> {
    for generated in &FILES {
        generated.check()?;
    }
    Ok(())
}

struct Generated {
    file: &'static str,
    text: fn() -> String,
}

impl Generated {
    fn write(&self) -> Result<()> {
        // Unchanged text is not written again: its time tells whether dist/ is current.
        if !self.is_current()? {
            let Self { file, text } = self;
            say(format!("writing {file}: the Rust types have changed"));
            fs::write(self.path(), text()).with_context(|| format!("writing {file}"))?;
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        if !self.is_current()? {
            bail!(
                "{} is not what the Rust types in bridge/src give\n  hint: run `cargo xtask build`, \
                 and commit the file with the change of the types",
                self.file
            );
        }
        Ok(())
    }

    fn is_current(&self) -> Result<bool> {
        match fs::read_to_string(self.path()) {
            Ok(text) => Ok(text == (self.text)()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error).with_context(|| format!("reading {}", self.file)),
        }
    }

    fn path(&self) -> PathBuf {
        root().join(self.file)
    }
}
