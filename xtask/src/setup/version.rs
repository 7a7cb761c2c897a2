//! Versions, as programs print them.

use crate::process::Cmd;

/// The numbers of a version; compares as versions do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) major: u32,
    pub(crate) minor: u32,
    pub(crate) patch: u32,
}

impl Version {
    pub(crate) const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch,
        }
    }

    /// The first version in a text, such as `wasm-bindgen 0.2.130`, `v20.20.0` or `>=20.19`.
    pub(crate) fn find(text: &str) -> Option<Self> {
        text.split(|c: char| !c.is_ascii_digit() && c != '.')
            .find_map(Self::parse)
    }

    fn parse(word: &str) -> Option<Self> {
        let mut numbers = word.split('.');
        let major = numbers.next()?.parse().ok()?;
        let minor = numbers.next()?.parse().ok()?;
        let patch = match numbers.next() {
            Some(number) => number.parse().ok()?,
            None => 0,
        };
        Some(Self::new(major, minor, patch))
    }

    /// What a program says to `--version`.
    pub(crate) fn of_program(program: impl AsRef<std::ffi::OsStr>) -> Option<Self> {
        let text = Cmd::new(program).arg("--version").capture().ok()?;
        Self::find(&text)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_print() {
        let find = |text| Version::find(text).unwrap();
        assert_eq!(find("wasm-bindgen 0.2.130"), Version::new(0, 2, 130));
        assert_eq!(find("v20.20.0"), Version::new(20, 20, 0));
        assert_eq!(find(">=20.19"), Version::new(20, 19, 0));
        let chromium = "Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)";
        assert_eq!(find(chromium).major, 156);
        let driver = "ChromeDriver 156.0.8078.79 (3d8f1 refs/branch-heads/8078@{#1})";
        assert_eq!(find(driver).major, 156);
        assert_eq!(Version::find("no version 7"), None);
    }

    #[test]
    fn versions_compare_by_number() {
        assert!(Version::new(0, 2, 99) < Version::new(0, 2, 130));
        assert!(Version::new(22, 0, 0) > Version::new(20, 19, 0));
    }
}
