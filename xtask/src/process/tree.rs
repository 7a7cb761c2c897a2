//! The processes below this one: found and ended as a whole, browsers included.

use std::collections::HashMap;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// How long a process may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(3);

/// What a shell reports for a program ended by Ctrl-C.
const INTERRUPTED_STATUS: i32 = 130;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// On Ctrl-C, or a signal to end, ends every process that descends from this one, then this one.
pub(crate) fn end_children_on_interrupt() -> Result<()> {
    // A process whose parent ended is handed to us instead of to init: a browser is found even
    // when its driver is gone.
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_child_subreaper(true).context("cannot adopt orphaned processes")?;
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        end(descendants(Pid::this()));
        std::process::exit(INTERRUPTED_STATUS);
    })
    .context("cannot handle Ctrl-C")
}

/// Leaves everything to the end of the process once it is interrupted: a program that ended because
/// of that has no result, and nothing more is to be started.
pub(super) fn stop_if_interrupted() {
    while INTERRUPTED.load(Ordering::SeqCst) {
        thread::park();
    }
}

/// Ends a program and every process below it.
pub(super) fn end_tree_of(child: &Child) {
    if let Some(pid) = pid_of(child) {
        let mut tree = descendants(pid);
        tree.push(pid);
        end(tree);
    }
}

/// Asks processes to end, and kills those that do not.
fn end(processes: Vec<Pid>) {
    // A process that ended meanwhile is what we want, so failures mean nothing here.
    for &pid in &processes {
        let _ = kill(pid, Signal::SIGTERM);
    }
    let deadline = Instant::now() + GRACE;
    let mut left = processes;
    while Instant::now() < deadline {
        left.retain(|pid| is_alive(*pid));
        if left.is_empty() {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    for pid in left {
        let _ = kill(pid, Signal::SIGKILL);
    }
}

/// Kills what a finished program left running in its group.
pub(super) fn end_group_of(child: &Child) {
    if let Some(pid) = pid_of(child) {
        let _ = killpg(pid, Signal::SIGKILL);
    }
}

fn pid_of(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().map(Pid::from_raw)
}

fn is_alive(pid: Pid) -> bool {
    parse_stat(&stat(pid.as_raw())).is_some()
}

fn stat(pid: i32) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default()
}

/// The living processes below one.
fn descendants(of: Pid) -> Vec<Pid> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        if let Some(parent) = parse_stat(&stat(pid)) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut found = Vec::new();
    let mut parents = vec![of.as_raw()];
    while let Some(parent) = parents.pop() {
        for &pid in children.get(&parent).into_iter().flatten() {
            found.push(Pid::from_raw(pid));
            parents.push(pid);
        }
    }
    found
}

/// The parent of a process, out of `/proc/<pid>/stat`. A dead process has none.
fn parse_stat(stat: &str) -> Option<i32> {
    // The name, in parentheses, may itself hold parentheses and spaces.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    (state != "Z").then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_with_its_parent() {
        assert_eq!(parse_stat("71 (sleep) S 12 71 12 0"), Some(12));
        assert_eq!(parse_stat("72 (a) (b) c) R 71 1 1 0"), Some(71));
    }

    #[test]
    fn a_dead_process_is_none() {
        assert_eq!(parse_stat("73 (sleep) Z 12 71 12 0"), None);
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn a_tree_is_found_and_ended() {
        let mut child = std::process::Command::new("sh")
            .args(["-c", "sleep 30 & wait"])
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        let below = loop {
            let below = descendants(pid_of(&child).unwrap());
            if !below.is_empty() {
                break below;
            }
            assert!(Instant::now() < deadline, "the shell starts its child");
            thread::sleep(Duration::from_millis(10));
        };
        end_tree_of(&child);
        child.wait().unwrap();
        assert!(below.iter().all(|pid| !is_alive(*pid)));
    }
}
