//! Debian's Rust. It comes with the source of the standard library, out of which the one for
//! wasm32 is built.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{Toolchain, WASM, loads_wasm_std};
use crate::paths::{self, find_program};
use crate::process::{Cmd, say};
use crate::setup::apt::{Packages, Rights};

const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";
const LINKER: &str = "wasm-ld-19";

/// The name under which rustup knows Debian's toolchain.
const LINKED: &str = "debian-web";

/// The package that decides which standard library is the right one.
const RUSTC_PACKAGE: &str = "rustc-web";

/// The packages, each with a file of it.
const PACKAGES: [(&str, &str); 6] = [
    (RUSTC_PACKAGE, RUSTC),
    ("cargo-web", CARGO),
    (
        "rust-web-src",
        "/usr/lib/rustlib/src/rust/library/std/Cargo.toml",
    ),
    ("lld-19", "/usr/bin/wasm-ld-19"),
    ("rust-web-clippy", "/usr/bin/cargo-clippy"),
    ("rustfmt-web", "/usr/bin/rustfmt"),
];

/// The version of rustc-web that the library was built from, beside it.
const STAMP: &str = "built-for-pos-backup-from";

pub(super) fn require(packages: &mut Packages) {
    for (package, file) in PACKAGES {
        if !Path::new(file).exists() {
            packages.add(package, file);
        }
    }
}

/// Whether everything is in place.
pub(super) fn is_prepared() -> bool {
    let files = PACKAGES.iter().all(|(_, file)| Path::new(file).exists());
    files && library_dir().is_ok_and(|dir| has_library(&dir, &package_version()))
}

pub(super) fn prepare() -> Result<Toolchain> {
    let dir = library_dir()?;
    let version = package_version();
    if !has_library(&dir, &version) {
        let built = build_library(&version)?;
        install_library(&built, &dir, &version)?;
        forget_old_builds()?;
    }
    let mut toolchain = Toolchain {
        envs: vec![("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", LINKER.into())],
        bin: None,
    };
    if find_program("rustup").is_some() {
        link_with_rustup()?;
        toolchain.envs.push(("RUSTUP_TOOLCHAIN", LINKED.into()));
    } else {
        toolchain.envs.push(("RUSTC", RUSTC.into()));
        toolchain.bin = Some(bin_of_usr()?);
    }
    Ok(toolchain)
}

/// Where Debian's rustc looks for the standard library of wasm32.
fn library_dir() -> Result<PathBuf> {
    let rustc = Cmd::new(RUSTC).args(["--print", "target-libdir", "--target", WASM]);
    rustc.capture().map(PathBuf::from)
}

fn has_library(dir: &Path, version: &str) -> bool {
    // A library without our stamp came with a package, which keeps it in step with rustc.
    let stamp = fs::read_to_string(dir.join(STAMP));
    let is_current = stamp.map_or(true, |stamp| stamp.trim() == version);
    is_current && loads_wasm_std(Cmd::new(RUSTC))
}

fn package_version() -> String {
    let query = Cmd::new("dpkg-query").args(["-W", "-f", "${Version}", RUSTC_PACKAGE]);
    // A rustc from another package is known by what it says itself.
    let own = || Cmd::new(RUSTC).arg("--version").capture();
    query.capture().or_else(|_| own()).unwrap_or_default()
}

/// Builds the library; returns the directory with the result.
fn build_library(version: &str) -> Result<PathBuf> {
    say(
        "building Rust's standard library for wasm32, about 75 s on two cores, the first time only",
    );
    // One for each version: what another compiler left would be taken for a part of the library.
    let name = format!("debian-std-{}", version.replace('/', "_"));
    let project = paths::target().join(name);
    fs::create_dir_all(project.join("src"))?;
    // The table keeps cargo from taking it for a member of this workspace.
    let manifest =
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(project.join("Cargo.toml"), manifest)?;
    fs::write(project.join("src/lib.rs"), "")?;
    Cmd::new(CARGO)
        .dir(&project)
        // Without embedded bitcode, LTO fails.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", RUSTC)
        .args(["build", "--release", "-Z"])
        .arg("build-std=std,panic_abort,proc_macro,test")
        .args(["--target", WASM, "--target-dir"])
        .arg(project.join("target"))
        .hint("it needs crates.io, for what the standard library is made of")
        .run()?;
    Ok(project.join("target").join(WASM).join("release/deps"))
}

fn install_library(built: &Path, dir: &Path, version: &str) -> Result<()> {
    let library = paths::target().join("debian-std-library");
    if library.exists() {
        fs::remove_dir_all(&library)?;
    }
    fs::create_dir_all(&library)?;
    for entry in fs::read_dir(built)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libempty-") {
            fs::copy(entry.path(), library.join(name))?;
        }
    }
    fs::write(library.join(STAMP), format!("{version}\n"))?;

    // Two versions of one library side by side would be ambiguous, so the old ones go first.
    let script = "rm -f \"$2\"/*.rlib; mkdir -p \"$2\"; install -m 644 \"$1\"/* \"$2\"";
    let arguments = |shell: Cmd| {
        let shell = shell.args(["-c", script, "install"]);
        shell.arg(&library).arg(dir)
    };
    let Some(rights) = Rights::find() else {
        bail!(
            "the standard library for wasm32 is built, and putting it beside Debian's rustc needs \
             your password. Run this, then the same command again:\n\n    {}\n",
            arguments(Cmd::new("sudo").arg("sh"))
        );
    };
    arguments(rights.command("sh")).run()
}

/// cargo does not notice that a standard library has changed.
fn forget_old_builds() -> Result<()> {
    let builds = paths::target().join(WASM);
    if builds.exists() {
        fs::remove_dir_all(builds).context("removing what was built with the old library")?;
    }
    Ok(())
}

fn link_with_rustup() -> Result<()> {
    let list = Cmd::new("rustup").args(["toolchain", "list"]).capture()?;
    let is_linked = |line: &str| line.split_whitespace().next() == Some(LINKED);
    if list.lines().any(is_linked) {
        return Ok(());
    }
    say(format!("linking Debian's Rust into rustup as {LINKED}"));
    Cmd::new("rustup")
        .args(["toolchain", "link", LINKED, "/usr"])
        .run()
}

/// A directory with Debian's tools alone, to come first on PATH: another Rust may be there.
fn bin_of_usr() -> Result<PathBuf> {
    let bin = paths::target().join("debian-bin");
    fs::create_dir_all(&bin)?;
    for tool in [
        "cargo",
        "rustc",
        "rustdoc",
        "rustfmt",
        "cargo-fmt",
        "cargo-clippy",
        "clippy-driver",
    ] {
        let link = bin.join(tool);
        if link.symlink_metadata().is_err() {
            symlink(Path::new("/usr/bin").join(tool), link)?;
        }
    }
    Ok(bin)
}
