//! Which of two versions of the app is the later one.

use std::cmp::Ordering;

use pos_backup_bridge::{AppVersions, BackupMetadata, Config, VersionOrder};
use semver::Version;

/// The app's version that made an archive, and the one that is to restore it.
pub(super) fn app_versions(metadata: &BackupMetadata, config: &Config) -> AppVersions {
    AppVersions {
        archive: metadata.app_version.clone(),
        app: config.app_version.clone(),
        archive_is: compare(&metadata.app_version, &config.app_version),
    }
}

fn compare(version: &str, other: &str) -> VersionOrder {
    if version == other {
        return VersionOrder::Same;
    }
    match (read(version), read(other)) {
        (Some(version), Some(other)) => match version.cmp_precedence(&other) {
            Ordering::Less => VersionOrder::Older,
            Ordering::Equal => VersionOrder::Same,
            Ordering::Greater => VersionOrder::Newer,
        },
        _ => VersionOrder::Other,
    }
}

/// A version as apps write them: perhaps with a `v`, with one number, two or three.
fn read(version: &str) -> Option<Version> {
    let version = version.trim().trim_start_matches(['v', 'V']);
    let end = version.find(['-', '+']).unwrap_or(version.len());
    let (numbers, rest) = version.split_at_checked(end)?;
    let missing = 2_usize.checked_sub(numbers.matches('.').count())?;
    // Years and builds are written with zeros in front.
    let numbers = numbers
        .split('.')
        .map(|number| match number.trim_start_matches('0') {
            "" if !number.is_empty() => "0",
            number => number,
        });
    let numbers = numbers.collect::<Vec<_>>().join(".");
    Version::parse(&format!("{numbers}{}{rest}", ".0".repeat(missing))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_far_as_they_say() {
        use VersionOrder::{Newer, Older, Other, Same};
        for (version, other, expected) in [
            ("2.3.0", "2.3.0", Same),
            ("2.3", "2.3.0", Same),
            ("2.3.0+build.7", "2.3.0", Same),
            ("2.9.0", "2.10.0", Older),
            ("2", "1.99.3", Newer),
            ("v3.1", "3.0.9", Newer),
            ("3.0.0-rc.1", "3.0.0", Older),
            ("2026.04.1", "2026.11", Older),
            ("2.3.0.1", "2.3.0", Other),
            ("spring", "summer", Other),
            ("", "1", Other),
            (".", "1", Other),
        ] {
            assert_eq!(compare(version, other), expected, "{version} {other}");
        }
    }
}
