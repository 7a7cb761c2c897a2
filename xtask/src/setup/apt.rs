//! Debian's packages, and the rights to install them.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use nix::unistd::Uid;

use crate::paths::find_program;
use crate::process::{Cmd, say};

/// Packages to install, with the program that each is needed for.
#[derive(Default)]
pub(super) struct Packages {
    wanted: Vec<Package>,
}

struct Package {
    name: &'static str,
    program: &'static str,
}

impl Packages {
    /// A package that is needed for `program`.
    pub(super) fn add(&mut self, name: &'static str, program: &'static str) {
        if !self.wanted.iter().any(|package| package.name == name) {
            self.wanted.push(Package { name, program });
        }
    }

    /// A package that is needed when `program` is not on PATH.
    pub(super) fn program(&mut self, program: &'static str, name: &'static str) {
        if find_program(program).is_none() {
            self.add(name, program);
        }
    }

    /// Installs them all, or says which command the person must run.
    pub(super) fn install(&self) -> Result<()> {
        if self.wanted.is_empty() {
            return Ok(());
        }
        if !is_debian() {
            bail!("{}", self.elsewhere());
        }
        let have_lists = have_package_lists();
        let Some(rights) = Rights::find() else {
            bail!("{}", self.for_the_person(have_lists));
        };
        say(format!(
            "installing Debian packages, a minute or two: {}",
            self.names().join(" ")
        ));
        if !have_lists {
            rights.command("apt-get").arg("update").run()?;
        }
        if self.apt_get(rights).run().is_err() && have_lists {
            // Lists that are too old name files that the mirrors no longer have.
            rights.command("apt-get").arg("update").run()?;
            self.apt_get(rights).run()?;
        }
        Ok(())
    }

    fn apt_get(&self, rights: Rights) -> Cmd {
        rights
            .command("env")
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y"])
            .args(["--no-install-recommends"])
            .args(self.names())
            .hint("`apt-get` says why above; once it works, run this command again")
    }

    fn names(&self) -> Vec<&'static str> {
        self.wanted.iter().map(|package| package.name).collect()
    }

    fn for_the_person(&self, have_lists: bool) -> String {
        let update = if have_lists {
            ""
        } else {
            "sudo apt-get update && "
        };
        format!(
            "some Debian packages are missing, and installing them needs your password. Run this, \
             then the same command again:\n\n    {update}sudo apt-get install -y {}\n",
            self.names().join(" ")
        )
    }

    fn elsewhere(&self) -> String {
        let programs: Vec<_> = self.wanted.iter().map(|package| package.program).collect();
        format!(
            "missing: {}. They are installed by themselves on Debian only; install them in the way \
             of this system, then run this command again",
            programs.join(", ")
        )
    }
}

/// How this process may act as root.
#[derive(Clone, Copy)]
pub(super) enum Rights {
    /// It is root.
    Root,
    /// sudo asks for no password.
    Sudo,
}

impl Rights {
    pub(super) fn find() -> Option<Self> {
        if Uid::effective().is_root() {
            return Some(Self::Root);
        }
        let sudo = Cmd::new("sudo").args(["-n", "true"]).capture();
        sudo.is_ok().then_some(Self::Sudo)
    }

    pub(super) fn command(self, program: &str) -> Cmd {
        match self {
            Self::Root => Cmd::new(program),
            Self::Sudo => Cmd::new("sudo").args(["-n", program]),
        }
    }
}

pub(super) fn is_debian() -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    names_debian(&release) && find_program("apt-get").is_some()
}

fn names_debian(os_release: &str) -> bool {
    os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or(line.strip_prefix("ID_LIKE=")))
        .flat_map(|ids| ids.trim_matches('"').split(' '))
        .any(|id| id == "debian")
}

fn have_package_lists() -> bool {
    let lists = Path::new("/var/lib/apt/lists");
    let entries = fs::read_dir(lists).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .any(|name| name.contains("_Packages"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages() -> Packages {
        let mut packages = Packages::default();
        packages.add("chromium", "chromium");
        packages.add("chromium-driver", "chromedriver");
        packages.add("chromium", "chromium");
        packages.program("sh", "dash");
        packages.program("no-such-program", "some-package");
        packages
    }

    #[test]
    fn the_person_gets_one_command_for_all_packages() {
        let text = packages().for_the_person(true);
        let command = "    sudo apt-get install -y chromium chromium-driver some-package\n";
        assert!(text.contains(command), "{text}");
        assert_eq!(text.matches("apt-get").count(), 1);
        let text = packages().for_the_person(false);
        assert!(text.contains("sudo apt-get update && sudo apt-get install"));
    }

    #[test]
    fn another_system_is_told_the_programs() {
        let text = packages().elsewhere();
        assert!(text.contains("missing: chromium, chromedriver, no-such-program."));
    }

    #[test]
    fn debian_and_its_children_are_known() {
        assert!(names_debian("NAME=\"Debian\"\nID=debian\n"));
        assert!(names_debian("ID=ubuntu\nID_LIKE=debian\n"));
        assert!(names_debian("ID=pop\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!names_debian("ID=fedora\nID_LIKE=\"rhel\"\n"));
    }
}
