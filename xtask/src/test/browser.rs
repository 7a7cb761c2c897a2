//! The worker's suites in a dedicated worker of a headless browser, by `wasm-pack test`.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::count::Count;
use crate::build::WORKER_PACKAGE;
use crate::paths;
use crate::setup::{Browser, Kit};

const CRATE: &str = "worker";

/// For one test binary in the browser, in seconds; the default of 20 is too short for a real
/// amount of data.
const TEST_TIMEOUT_S: &str = "600";

/// For one call of wasm-pack, compiling everything the first time included.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// What the runner prints for a binary without browser tests.
const NO_TESTS: &str = "no tests to run!";

pub(super) fn run(kit: &Kit, args: &[String]) -> Result<Count> {
    let (targets, runner_args) = split(args);
    let targets = match targets.is_empty() {
        true => targets_of(&metadata(kit)?)?,
        false => targets,
    };
    let capabilities = write_capabilities(kit.browser()?)?;
    let mut total = Count::default();
    // One call for each: cargo stops at the first binary that fails, and wasm-pack hands on no
    // option that keeps it going.
    for target in &targets {
        println!("--- {} ---", target.join(" "));
        total = total.plus(run_target(kit, target, &runner_args, &capabilities)?);
    }
    Ok(total.or_failure_if_empty("browser"))
}

fn run_target(
    kit: &Kit,
    target: &[String],
    runner_args: &[String],
    capabilities: &std::path::Path,
) -> Result<Count> {
    let browser = kit.browser()?;
    let mut command = kit
        .wasm_pack()?
        .args(["test", "--headless", "--chrome", "--chromedriver"])
        .arg(&browser.driver)
        .arg(CRATE)
        .args(target)
        .env("WASM_BINDGEN_TEST_TIMEOUT", TEST_TIMEOUT_S)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities)
        .limit(LIMIT);
    if !runner_args.is_empty() {
        // wasm-pack takes the first `--` for itself only when nothing stands before it.
        command = command.arg("--").args(runner_args);
    }
    let finished = command.follow()?;
    let count = Count::of_test_results(&finished.stdout).of(&finished);
    let says_none = finished.stdout.contains(NO_TESTS);
    if count == Count::default() && !says_none {
        println!("no result");
        return Ok(Count::failure());
    }
    Ok(count)
}

/// `--lib` and `--test NAME` choose what is compiled; everything else is for the runner.
fn split(args: &[String]) -> (Vec<Vec<String>>, Vec<String>) {
    let (mut targets, mut rest) = (Vec::new(), Vec::new());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--lib" => targets.push(vec![arg.clone()]),
            "--test" => targets.push(std::iter::once(arg).chain(args.next()).cloned().collect()),
            "--" => {}
            _ => rest.push(arg.clone()),
        }
    }
    (targets, rest)
}

fn metadata(kit: &Kit) -> Result<Value> {
    let text = kit
        .cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .capture()?;
    serde_json::from_str(&text).context("reading what `cargo metadata` prints")
}

/// The library and every test of the crate, as options of cargo.
fn targets_of(metadata: &Value) -> Result<Vec<Vec<String>>> {
    let package = metadata
        .get("packages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .find(|package| package.get("name").and_then(Value::as_str) == Some(WORKER_PACKAGE));
    let targets = package
        .and_then(|package| package.get("targets"))
        .and_then(Value::as_array)
        .with_context(|| format!("`cargo metadata` names no targets of {WORKER_PACKAGE}"))?;
    let tests = targets
        .iter()
        .filter(|target| target.pointer("/kind/0").and_then(Value::as_str) == Some("test"))
        .filter_map(|target| target.get("name").and_then(Value::as_str));
    let mut all = vec![vec!["--lib".to_owned()]];
    all.extend(tests.map(|name| vec!["--test".to_owned(), name.to_owned()]));
    Ok(all)
}

/// Tells the driver which browser to start, and how. The runner itself adds that it is headless
/// and, for root, without sandbox.
fn write_capabilities(browser: &Browser) -> Result<PathBuf> {
    let file = paths::target().join("webdriver.json");
    let capabilities = json!({
        "goog:chromeOptions": {
            "binary": browser.browser,
            "args": [
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        },
    });
    fs::create_dir_all(paths::target())?;
    fs::write(&file, capabilities.to_string()).context("writing the browser's capabilities")?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn targets_are_told_from_arguments_of_the_runner() {
        let args = words(&["--test", "restore", "--nocapture", "--lib", "cancel"]);
        let (targets, rest) = split(&args);
        assert_eq!(targets, [words(&["--test", "restore"]), words(&["--lib"])]);
        assert_eq!(rest, words(&["--nocapture", "cancel"]));
    }

    #[test]
    fn every_test_of_the_worker_is_found() {
        let metadata = json!({ "packages": [
            { "name": "pos-backup", "targets": [{ "kind": ["test"], "name": "engine" }] },
            { "name": "pos-backup-worker", "targets": [
                { "kind": ["cdylib", "rlib"], "name": "pos_backup_worker" },
                { "kind": ["test"], "name": "backup" },
                { "kind": ["test"], "name": "restore" },
                { "kind": ["custom-build"], "name": "build-script-build" },
            ] },
        ] });
        let expected = [
            words(&["--lib"]),
            words(&["--test", "backup"]),
            words(&["--test", "restore"]),
        ];
        assert_eq!(targets_of(&metadata).unwrap(), expected);
    }
}
