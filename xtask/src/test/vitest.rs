//! What vitest reports, beside what it shows.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::count::Count;
use crate::paths;
use crate::process::Finished;

/// The report of one run.
pub(super) struct Report(PathBuf);

impl Report {
    pub(super) fn new() -> Self {
        let file = paths::target().join("vitest.json");
        // An old report must not stand in for a missing one.
        let _ = fs::remove_file(&file);
        Self(file)
    }

    /// What vitest has to be told.
    pub(super) fn args(&self) -> [String; 4] {
        [
            "--reporter=default".to_owned(),
            "--reporter=json".to_owned(),
            format!("--outputFile.json={}", self.0.display()),
            // A name that is looked for need not be in every folder.
            "--passWithNoTests".to_owned(),
        ]
    }

    pub(super) fn count(&self, finished: &Finished) -> Result<Count> {
        let report = fs::read_to_string(&self.0).context("vitest has written no report")?;
        let count = Count::of_vitest(&report).context("reading the report of vitest")?;
        Ok(count.of(finished))
    }
}
