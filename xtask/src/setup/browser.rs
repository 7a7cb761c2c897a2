//! Chrome or Chromium, and the driver of the same version.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::apt::Packages;
use super::version::Version;
use crate::paths::find_programs;
use crate::process::Cmd;

/// The names under which Chrome and Chromium are installed.
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// A browser and its driver.
pub(crate) struct Browser {
    pub(crate) browser: PathBuf,
    pub(crate) driver: PathBuf,
}

impl Browser {
    /// Tells a program which browser to drive.
    pub(crate) fn apply(&self, command: Cmd) -> Cmd {
        command
            .env("CHROME", &self.browser)
            .env("CHROMEDRIVER", &self.driver)
    }
}

/// Wants Debian's browser, unless there is one.
pub(super) fn require(packages: &mut Packages) -> Result<()> {
    if find()?.is_none() {
        packages.add("chromium", "chromium (or Google Chrome)");
        packages.add("chromium-driver", "chromedriver of the same version");
    }
    Ok(())
}

/// A browser with a driver of the same major version: another one refuses to drive it.
pub(super) fn find() -> Result<Option<Browser>> {
    let browsers = candidates("CHROME", &BROWSERS)?;
    let drivers = candidates("CHROMEDRIVER", &["chromedriver"])?;
    let pair = matching(&browsers, &drivers);
    if pair.is_none() && env::var_os("CHROME").is_some() {
        bail!(
            "no chromedriver fits the browser in CHROME ({}): {}\n  hint: name it in \
             CHROMEDRIVER, or leave CHROME unset",
            described(&browsers),
            described(&drivers)
        );
    }
    Ok(pair)
}

type Candidate = (PathBuf, Version);

fn matching(browsers: &[Candidate], drivers: &[Candidate]) -> Option<Browser> {
    browsers.iter().find_map(|(browser, version)| {
        let (driver, _) = drivers.iter().find(|(_, v)| v.major == version.major)?;
        Some(Browser {
            browser: browser.clone(),
            driver: driver.clone(),
        })
    })
}

fn described(candidates: &[Candidate]) -> String {
    let all: Vec<_> = candidates
        .iter()
        .map(|(path, version)| format!("{} is {version}", path.display()))
        .collect();
    match all.is_empty() {
        true => "there is none".to_owned(),
        false => all.join(", "),
    }
}

/// What the variable names, or else every program of these names on PATH.
fn candidates(variable: &str, names: &[&str]) -> Result<Vec<Candidate>> {
    let known = |path: PathBuf| Version::of_program(&path).map(|version| (path, version));
    if let Some(path) = env::var_os(variable).map(PathBuf::from) {
        let candidate = known(path.clone());
        let named = || format!("{variable}={} is no such program", path.display());
        return Ok(vec![candidate.with_context(named)?]);
    }
    let on_path = names.iter().flat_map(|name| find_programs(name));
    Ok(on_path.filter_map(known).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(path: &str, major: u32) -> Candidate {
        (PathBuf::from(path), Version::new(major, 0, 1))
    }

    #[test]
    fn browser_and_driver_are_of_one_version() {
        let browsers = [candidate("chromium", 150), candidate("google-chrome", 156)];
        let drivers = [candidate("old-driver", 149), candidate("driver", 156)];
        let found = matching(&browsers, &drivers).unwrap();
        assert_eq!(found.browser, PathBuf::from("google-chrome"));
        assert_eq!(found.driver, PathBuf::from("driver"));
        assert!(matching(&browsers[..1], &drivers).is_none());
    }
}
