//! wasm-bindgen and wasm-pack.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::toolchain::Toolchain;
use super::version::Version;
use crate::paths::{self, find_programs, is_executable, root};
use crate::process::{Cmd, say};

/// What is installed when there is no wasm-pack.
const WASM_PACK: Version = Version::new(0, 15, 1);

/// The oldest wasm-pack that is taken when it is there.
const OLDEST_WASM_PACK: Version = Version::new(0, 13, 0);

/// wasm-bindgen of exactly the version in Cargo.lock: glue and wasm must agree.
pub(super) fn wasm_bindgen(toolchain: &Toolchain) -> Result<PathBuf> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("reading Cargo.lock")?;
    let wanted = locked_version(&lock, "wasm-bindgen")
        .context("Cargo.lock names no version of wasm-bindgen")?;
    // wasm-pack looks for the test runner beside it.
    let is_right = |path: &Path| {
        is_executable(&path.with_file_name("wasm-bindgen-test-runner"))
            && Version::of_program(path) == Some(wanted)
    };
    match find("wasm-bindgen", is_right) {
        Some(path) => Ok(path),
        None => install(toolchain, "wasm-bindgen-cli", wanted, "wasm-bindgen"),
    }
}

pub(super) fn wasm_pack(toolchain: &Toolchain) -> Result<PathBuf> {
    let is_new_enough =
        |path: &Path| Version::of_program(path).is_some_and(|version| version >= OLDEST_WASM_PACK);
    match find("wasm-pack", is_new_enough) {
        Some(path) => Ok(path),
        None => install(toolchain, "wasm-pack", WASM_PACK, "wasm-pack"),
    }
}

/// The first that serves, of ours and of those on PATH.
fn find(program: &str, serves: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let ours = paths::tools().join("bin").join(program);
    let ours = is_executable(&ours).then_some(ours);
    ours.into_iter()
        .chain(find_programs(program))
        .find(|path| serves(path))
}

fn install(
    toolchain: &Toolchain,
    package: &str,
    version: Version,
    program: &str,
) -> Result<PathBuf> {
    say(format!(
        "building {package} {version}, about 3 minutes on two cores, the first time only"
    ));
    let tools = paths::tools();
    let install = || {
        toolchain
            .apply(Cmd::new("cargo"))
            .args(["install", "--force", package, "--version"])
            .arg(version.to_string())
            .arg("--root")
            .arg(&tools)
            // Kept, so that an interrupted or repeated build starts where the last one ended.
            .arg("--target-dir")
            .arg(tools.join("build"))
            .hint("it needs crates.io, and a C compiler: `sudo apt-get install -y build-essential`")
    };
    if install().arg("--locked").run().is_err() {
        // Mirrors of crates.io lag behind, and may not have the very releases of the lock file.
        say("trying with other releases of its dependencies");
        install().run()?;
    }
    Ok(tools.join("bin").join(program))
}

/// The version of a package in Cargo.lock.
fn locked_version(lock: &str, package: &str) -> Option<Version> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines
        .nth(1)?
        .strip_prefix("version = ")
        .and_then(Version::find)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        let version = locked_version(lock, "wasm-bindgen");
        assert_eq!(version, Some(Version::new(0, 2, 130)));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
