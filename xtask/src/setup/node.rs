//! Node.js, and the npm packages of the workspace as package-lock.json names them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use super::version::Version;
use crate::paths::root;
use crate::process::{Cmd, require_program, say};

const HOW_TO_GET_NODE: &str =
    "install a current Node.js with its npm, from https://nodejs.org or with a version manager";

pub(super) fn prepare() -> Result<()> {
    require_program("node", HOW_TO_GET_NODE)?;
    require_program("npm", HOW_TO_GET_NODE)?;
    let minimum = minimum_version()?;
    let found = Version::of_program("node").context("`node --version` shows no version")?;
    if found < minimum {
        bail!("Node.js {found} is too old, {minimum} is needed\n  hint: {HOW_TO_GET_NODE}");
    }
    if !packages_are_installed(&root())? {
        say("installing npm packages (npm ci), less than a minute");
        Cmd::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .hint("npm says why above; is the registry reachable?")
            .run()?;
    }
    hand_on_dexie()
}

/// The worker's browser suites make their databases with Dexie. wasm-bindgen takes only modules that
/// lie in the crate.
fn hand_on_dexie() -> Result<()> {
    let from = root().join("node_modules/dexie/dist/dexie.mjs");
    let to = root().join("worker/js/testing/dexie.js");
    let wanted = fs::read(&from).with_context(|| format!("reading {}", from.display()))?;
    // An unchanged file keeps its time, and cargo its build.
    if fs::read(&to).is_ok_and(|present| present == wanted) {
        return Ok(());
    }
    fs::write(&to, wanted).with_context(|| format!("writing {}", to.display()))
}

/// What package.json asks for.
fn minimum_version() -> Result<Version> {
    let package = read_json(&root().join("package.json"))?;
    package
        .pointer("/engines/node")
        .and_then(Value::as_str)
        .and_then(Version::find)
        .context("package.json names no minimum version in engines.node")
}

/// Whether node_modules holds what package-lock.json says.
fn packages_are_installed(root: &Path) -> Result<bool> {
    let installed = root.join("node_modules/.package-lock.json");
    if !installed.exists() {
        return Ok(false);
    }
    let installed = read_json(&installed)?;
    let wanted = read_json(&root.join("package-lock.json"))?;
    Ok(agree(packages(&wanted)?, packages(&installed)?))
}

/// Contents decide, not file times: those change with every checkout.
fn agree(wanted: &Map<String, Value>, installed: &Map<String, Value>) -> bool {
    let is_dependency =
        |path: &str| path.starts_with("node_modules/") || path.contains("/node_modules/");
    // An optional package for another system is in the lock and not on the disk.
    let is_optional = |package: &Value| package.get("optional") == Some(&Value::Bool(true));
    let all_wanted = wanted
        .iter()
        .filter(|(path, package)| is_dependency(path) && !is_optional(package))
        .all(|(path, _)| installed.contains_key(path));
    let all_right = installed
        .iter()
        .filter(|(path, _)| is_dependency(path))
        .all(|(path, package)| {
            let wanted = wanted.get(path);
            wanted.is_some_and(|wanted| source(wanted) == source(package))
        });
    all_wanted && all_right
}

/// Which release of a package it is, and from where.
fn source(package: &Value) -> [Option<&Value>; 3] {
    ["version", "resolved", "integrity"].map(|field| package.get(field))
}

fn packages(lock: &Value) -> Result<&Map<String, Value>> {
    lock.get("packages")
        .and_then(Value::as_object)
        .context("package-lock.json has no packages: it was written by an npm before 7")
}

fn read_json(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lock() -> Value {
        json!({
            "": { "name": "workspace" },
            "bridge/client": { "name": "pos-backup", "version": "0.1.0" },
            "node_modules/pos-backup": { "resolved": "bridge/client", "link": true },
            "node_modules/vite": { "version": "8.3.8", "integrity": "sha512-a" },
            "static/node_modules/dexie": { "version": "4.1.0", "integrity": "sha512-b" },
            "node_modules/fsevents": { "version": "2.3.3", "optional": true },
        })
    }

    fn agrees(change: impl FnOnce(&mut Map<String, Value>)) -> bool {
        let lock = lock();
        let wanted = lock.as_object().unwrap();
        let mut installed = wanted.clone();
        installed.remove("");
        installed.remove("node_modules/fsevents");
        change(&mut installed);
        agree(wanted, &installed)
    }

    #[test]
    fn what_was_installed_from_the_lock_is_kept() {
        assert!(agrees(|_| ()));
    }

    #[test]
    fn a_missing_package_is_noticed() {
        assert!(!agrees(|installed| {
            installed.remove("static/node_modules/dexie");
        }));
    }

    #[test]
    fn another_version_is_noticed() {
        assert!(!agrees(|installed| {
            installed["node_modules/vite"] = json!({ "version": "8.3.7", "integrity": "sha512-a" });
        }));
    }

    #[test]
    fn a_package_too_many_is_noticed() {
        assert!(!agrees(|installed| {
            installed.insert(
                "node_modules/left-pad".into(),
                json!({ "version": "1.3.0" }),
            );
        }));
    }
}
