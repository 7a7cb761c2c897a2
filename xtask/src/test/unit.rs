//! Tests of the TypeScript and JavaScript parts, by vitest.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::count::Count;
use super::vitest::Report;
use crate::paths::{npm_bin, root};
use crate::process::Cmd;
use crate::setup::Kit;

/// Where such tests are, if there are any.
const FOLDERS: [&str; 3] = ["bridge/client", "static", "worker/js"];

const LIMIT: Duration = Duration::from_secs(10 * 60);

pub(super) fn run(kit: &Kit, args: &[String]) -> Result<Count> {
    let mut total = Count::default();
    for folder in FOLDERS {
        if has_tests(&root().join(folder)) {
            println!("--- {folder} ---");
            total = total.plus(run_vitest(kit, folder, args)?);
        }
    }
    Ok(total.or_failure_if_empty("unit"))
}

/// Runs the tests of one folder, with its own configuration.
fn run_vitest(kit: &Kit, folder: &str, args: &[String]) -> Result<Count> {
    let report = Report::new();
    let vitest = Cmd::new(npm_bin("vitest"))
        .dir(root().join(folder))
        .arg("run")
        .args(report.args())
        .args(args)
        .limit(LIMIT);
    // Some of these tests look at what only a browser has.
    let finished = kit.browser()?.apply(vitest).follow()?;
    report.count(&finished)
}

/// Whether a folder has test files of its own.
fn has_tests(folder: &Path) -> bool {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_dir {
                name != "node_modules" && name != "dist" && has_tests(&entry.path())
            } else {
                is_test(&name)
            }
        })
}

fn is_test(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let has_code = [".ts", ".tsx", ".js", ".mjs"]
        .iter()
        .any(|end| name.ends_with(end));
    has_code && (stem.ends_with(".test") || stem.ends_with(".spec"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_files_are_known_by_name() {
        assert!(is_test("client.test.ts"));
        assert!(is_test("codec.test.js"));
        assert!(is_test("page.spec.tsx"));
        assert!(!is_test("client.ts"));
        assert!(!is_test("test.ts"));
        assert!(!is_test("client.test.ts.snap"));
    }
}
