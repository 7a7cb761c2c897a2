//! Brings a machine into the state that a command needs. Everything that is already there is
//! taken; what is missing is installed, each step telling what it does and how long it may take.

mod apt;
mod browser;
mod firefox;
mod node;
mod toolchain;
mod version;
mod wasm_tools;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process::{Cmd, say};
use apt::Packages;
pub(crate) use browser::Browser;
pub(crate) use firefox::Firefox;
use toolchain::Toolchain;
pub(crate) use toolchain::WASM;

/// What a command may need.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Rust for this machine and for wasm32. Every command has it.
    Toolchain,
    /// rustfmt and clippy.
    Lints,
    /// wasm-bindgen, of the version in Cargo.lock.
    WasmBindgen,
    /// wasm-pack.
    WasmPack,
    /// Chrome or Chromium, and its driver.
    Browser,
    /// Firefox.
    Firefox,
    /// Node.js and the npm packages.
    Node,
    /// Programs that check an archive independently of us.
    ArchiveCheck,
}

/// What was prepared.
pub(crate) struct Kit {
    toolchain: Toolchain,
    wasm_bindgen: Option<PathBuf>,
    wasm_pack: Option<PathBuf>,
    browser: Option<Browser>,
    firefox: Option<Firefox>,
}

/// `cargo xtask setup`
pub(crate) fn everything() -> Result<()> {
    prepare(&[
        Need::Toolchain,
        Need::Lints,
        Need::WasmBindgen,
        Need::WasmPack,
        Need::Browser,
        Need::Firefox,
        Need::Node,
        Need::ArchiveCheck,
    ])?;
    say("everything is set up");
    Ok(())
}

/// Gets everything in `needs`, from this machine or by installing it.
pub(crate) fn prepare(needs: &[Need]) -> Result<Kit> {
    // First all Debian packages are collected, so that a person without the rights to install
    // them is told once, and all of them.
    let mut packages = Packages::default();
    let choice = toolchain::choose(needs.contains(&Need::Lints), &mut packages)?;
    if needs.contains(&Need::Browser) {
        browser::require(&mut packages)?;
    }
    if needs.contains(&Need::Firefox) {
        firefox::require(&mut packages)?;
    }
    if needs.contains(&Need::ArchiveCheck) {
        packages.program("unzip", "unzip");
        packages.program("python3", "python3");
    }
    packages.install()?;

    let toolchain = toolchain::prepare(choice)?;
    let browser = match needs.contains(&Need::Browser) {
        true => Some(browser::find()?.context("the browser that was just installed is missing")?),
        false => None,
    };
    let firefox = match needs.contains(&Need::Firefox) {
        true => Some(firefox::find()?.context("the Firefox that was just installed is missing")?),
        false => None,
    };
    if needs.contains(&Need::Node) {
        node::prepare()?;
    }
    let get = |need, tool: fn(&Toolchain) -> Result<PathBuf>| match needs.contains(&need) {
        true => tool(&toolchain).map(Some),
        false => Ok(None),
    };
    Ok(Kit {
        wasm_bindgen: get(Need::WasmBindgen, wasm_tools::wasm_bindgen)?,
        wasm_pack: get(Need::WasmPack, wasm_tools::wasm_pack)?,
        toolchain,
        browser,
        firefox,
    })
}

impl Kit {
    /// cargo, of the toolchain that knows wasm32.
    pub(crate) fn cargo(&self) -> Cmd {
        self.toolchain.apply(Cmd::new("cargo"))
    }

    /// wasm-pack, which finds our wasm-bindgen.
    pub(crate) fn wasm_pack(&self) -> Result<Cmd> {
        let wasm_pack = self.wasm_pack.as_ref().context("no wasm-pack prepared")?;
        let first = self.wasm_bindgen.as_deref().and_then(Path::parent);
        Ok(self.toolchain.apply_with_path(Cmd::new(wasm_pack), first))
    }

    /// wasm-bindgen of exactly the version in Cargo.lock.
    pub(crate) fn wasm_bindgen(&self) -> Result<Cmd> {
        let wasm_bindgen = self.wasm_bindgen.as_ref();
        Ok(Cmd::new(wasm_bindgen.context("no wasm-bindgen prepared")?))
    }

    pub(crate) fn browser(&self) -> Result<&Browser> {
        self.browser.as_ref().context("no browser prepared")
    }

    pub(crate) fn firefox(&self) -> Result<&Firefox> {
        self.firefox.as_ref().context("no Firefox prepared")
    }
}
