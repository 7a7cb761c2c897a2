//! Firefox, which is driven without a driver: it speaks WebDriver BiDi itself.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::apt::Packages;
use super::version::Version;
use crate::paths::find_programs;
use crate::process::Cmd;

/// The names under which Firefox is installed.
const NAMES: [&str; 2] = ["firefox", "firefox-esr"];

/// The first that Puppeteer drives without limits.
const OLDEST: Version = Version::new(129, 0, 0);

/// A Firefox that is new enough.
pub(crate) struct Firefox(PathBuf);

impl Firefox {
    /// Tells a program which one to drive.
    pub(crate) fn apply(&self, command: Cmd) -> Cmd {
        command.env("FIREFOX", &self.0)
    }
}

/// Wants Debian's Firefox, unless there is one.
pub(super) fn require(packages: &mut Packages) -> Result<()> {
    if find()?.is_none() {
        packages.add("firefox-esr", "firefox (129 or later)");
    }
    Ok(())
}

/// What `FIREFOX` names, or else the first on PATH that is new enough.
pub(super) fn find() -> Result<Option<Firefox>> {
    if let Some(path) = env::var_os("FIREFOX").map(PathBuf::from) {
        let version = Version::of_program(&path)
            .with_context(|| format!("FIREFOX={} is no such program", path.display()))?;
        if version < OLDEST {
            bail!(
                "FIREFOX={} is {version}, and {OLDEST} is needed",
                path.display()
            );
        }
        return Ok(Some(Firefox(path)));
    }
    let on_path = NAMES.iter().flat_map(|name| find_programs(name));
    let known = on_path.filter_map(|path| Some((Version::of_program(&path)?, path)));
    Ok(first_new_enough(known).map(Firefox))
}

fn first_new_enough(candidates: impl IntoIterator<Item = (Version, PathBuf)>) -> Option<PathBuf> {
    let mut candidates = candidates.into_iter();
    candidates.find_map(|(version, path)| (version >= OLDEST).then_some(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_firefox_is_passed_over() {
        let candidate = |major, path: &str| (Version::new(major, 7, 0), PathBuf::from(path));
        let both = [candidate(128, "firefox"), candidate(153, "firefox-esr")];
        assert_eq!(first_new_enough(both), Some(PathBuf::from("firefox-esr")));
        assert_eq!(first_new_enough([candidate(102, "firefox")]), None);
    }
}
