//! Running programs: their command line and a hint in every error, a time limit where a program
//! may hang, and no process left behind.

mod tree;

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

pub(crate) use tree::end_children_on_interrupt;

/// How often a running program is looked at.
const POLL: Duration = Duration::from_millis(50);

/// How long output is awaited from processes that outlive the program that started them.
const LATE_OUTPUT: Duration = Duration::from_secs(2);

/// One program to run.
#[derive(Clone)]
pub(crate) struct Cmd {
    program: OsString,
    args: Vec<OsString>,
    envs: Vec<(OsString, Option<OsString>)>,
    dir: PathBuf,
    hint: Option<String>,
    limit: Option<Duration>,
}

/// What a program whose output was followed left.
pub(crate) struct Finished {
    /// Everything that it wrote to its standard output.
    pub(crate) stdout: String,
    /// Why it is not a success, if it is not.
    pub(crate) failure: Option<String>,
}

/// Whether these arguments, which are a script's own, ask it only what there is: nothing has to be built for that.
pub(crate) fn asks_for_help(args: &[String]) -> bool {
    args.iter().any(|arg| arg == "--help")
}

impl Cmd {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            args: Vec::new(),
            envs: Vec::new(),
            dir: crate::paths::root(),
            hint: None,
            limit: None,
        }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args
            .extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.envs
            .push((name.as_ref().to_owned(), Some(value.as_ref().to_owned())));
        self
    }

    pub(crate) fn env_remove(mut self, name: impl AsRef<OsStr>) -> Self {
        self.envs.push((name.as_ref().to_owned(), None));
        self
    }

    /// The directory to run in, the repository by default.
    pub(crate) fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = dir.into();
        self
    }

    /// What the person can do when this program fails.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The program is ended, and counts as failed, when it runs longer.
    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Runs it to its end. What it prints goes to standard error, which leaves standard output to
    /// the results of xtask.
    pub(crate) fn run(self) -> Result<()> {
        let stdout = std::io::stderr().as_fd().try_clone_to_owned()?;
        let mut child = self.spawn(stdout.into())?;
        let status = wait(&mut child, self.limit)?;
        self.checked(self.failure(status))
    }

    /// Runs it with our standard output, and returns how it exited.
    pub(crate) fn status(self) -> Result<ExitStatus> {
        let mut child = self.spawn(Stdio::inherit())?;
        wait(&mut child, self.limit)?.ok_or_else(|| self.error("took too long"))
    }

    /// What it prints to its standard output, trimmed.
    pub(crate) fn capture(self) -> Result<String> {
        let mut command = self.command();
        let output = command.output().map_err(|error| self.unstartable(&error))?;
        tree::stop_if_interrupted();
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            return Err(self.error(&format!("{}\n{}", output.status, stderr.trim())));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Runs it, passing on its standard output as it comes, and returns that with how it ended.
    pub(crate) fn follow(self) -> Result<Finished> {
        let started = Instant::now();
        let mut child = self.spawn(Stdio::piped())?;
        let output = child.stdout.take().context("the output is piped")?;
        let (sender, chunks) = mpsc::channel();
        thread::spawn(move || forward(output, &sender));

        let mut stdout = Vec::new();
        let mut exited: Option<(ExitStatus, Instant)> = None;
        loop {
            match chunks.recv_timeout(POLL) {
                Ok(chunk) => {
                    stdout.extend_from_slice(&chunk);
                    continue;
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {}
            }
            match exited {
                Some((_, at)) if at.elapsed() > LATE_OUTPUT => break,
                Some(_) => {}
                None => exited = child.try_wait()?.map(|status| (status, Instant::now())),
            }
            if exited.is_none() && self.limit.is_some_and(|limit| started.elapsed() > limit) {
                break;
            }
        }
        let status = match exited {
            Some((status, _)) => Some(status),
            None => {
                let left = self
                    .limit
                    .map(|limit| limit.saturating_sub(started.elapsed()));
                wait(&mut child, left)?
            }
        };
        tree::stop_if_interrupted();
        tree::end_group_of(&child);
        Ok(Finished {
            stdout: String::from_utf8_lossy(&stdout).into_owned(),
            failure: self.failure(status),
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).current_dir(&self.dir);
        command.stdin(Stdio::null());
        for (name, value) in &self.envs {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        // A group of its own: an interrupt from the terminal reaches xtask alone, which then ends
        // all its descendants in order.
        command.process_group(0);
        command
    }

    fn spawn(&self, stdout: Stdio) -> Result<Child> {
        let mut command = self.command();
        command.stdout(stdout);
        command.spawn().map_err(|error| self.unstartable(&error))
    }

    fn failure(&self, status: Option<ExitStatus>) -> Option<String> {
        match status {
            Some(status) if status.success() => None,
            Some(status) => Some(status.to_string()),
            None => Some(format!(
                "not finished after {} s",
                self.limit.unwrap_or_default().as_secs()
            )),
        }
    }

    fn checked(&self, failure: Option<String>) -> Result<()> {
        match failure {
            None => Ok(()),
            Some(failure) => Err(self.error(&failure)),
        }
    }

    fn unstartable(&self, error: &std::io::Error) -> anyhow::Error {
        self.error(&format!("could not be started: {error}"))
    }

    fn error(&self, what: &str) -> anyhow::Error {
        let mut text = format!("{what}\n  command: {self}");
        if let Some(hint) = &self.hint {
            text.push_str(&format!("\n  hint: {hint}"));
        }
        let program = Path::new(&self.program).file_name().unwrap_or_default();
        anyhow!("{}: {text}", program.to_string_lossy())
    }
}

/// The command line, ready to be pasted into a shell.
impl std::fmt::Display for Cmd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.dir != crate::paths::root() {
            write!(f, "cd {} && ", quoted(self.dir.as_os_str()))?;
        }
        for (name, value) in &self.envs {
            if let Some(value) = value {
                write!(f, "{}={} ", name.to_string_lossy(), quoted(value))?;
            }
        }
        f.write_str(&quoted(&self.program))?;
        for arg in &self.args {
            write!(f, " {}", quoted(arg))?;
        }
        Ok(())
    }
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Waits for the end of a program; `None` when it had to be ended at its limit.
fn wait(child: &mut Child, limit: Option<Duration>) -> Result<Option<ExitStatus>> {
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if limit.is_some_and(|limit| started.elapsed() >= limit) {
            tree::end_tree_of(child);
            child.wait()?;
            break None;
        }
        thread::sleep(POLL);
    };
    tree::stop_if_interrupted();
    Ok(status)
}

/// Passes on output as it comes, without waiting for whole lines.
fn forward(mut output: impl Read, sender: &mpsc::Sender<Vec<u8>>) {
    let mut buffer = [0; 8192];
    while let Ok(length) = output.read(&mut buffer) {
        let Some(chunk) = buffer.get(..length).filter(|chunk| !chunk.is_empty()) else {
            return;
        };
        let mut stdout = std::io::stdout().lock();
        let shown = stdout.write_all(chunk).and_then(|()| stdout.flush());
        if shown.is_err() || sender.send(chunk.to_vec()).is_err() {
            return;
        }
    }
}

/// Tells the person what happens now, on standard error.
pub(crate) fn say(text: impl std::fmt::Display) {
    eprintln!("xtask: {text}");
}

/// Fails unless the program exists on this machine.
pub(crate) fn require_program(name: &str, hint: &str) -> Result<()> {
    if crate::paths::find_program(name).is_none() {
        bail!("{name} is not installed\n  hint: {hint}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Cmd {
        Cmd::new("sh").args(["-c", script])
    }

    #[test]
    fn a_failure_names_the_command_and_the_hint() {
        let error = shell("exit 3").hint("try again").run().unwrap_err();
        let text = error.to_string();
        assert!(text.contains("exit status: 3"), "{text}");
        assert!(text.contains("command: sh -c 'exit 3'"), "{text}");
        assert!(text.contains("hint: try again"), "{text}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = Cmd::new("no-such-program").capture().unwrap_err();
        assert!(error.to_string().contains("no-such-program"), "{error}");
    }

    #[test]
    fn words_are_quoted_for_the_shell() {
        assert_eq!(quoted(OsStr::new("a/b=c")), "a/b=c");
        assert_eq!(quoted(OsStr::new("it's")), r"'it'\''s'");
        assert_eq!(quoted(OsStr::new("")), "''");
    }

    #[test]
    fn output_is_kept_and_the_exit_status_told() {
        let finished = shell("echo one; echo two; exit 1").follow().unwrap();
        assert_eq!(finished.stdout, "one\ntwo\n");
        assert_eq!(finished.failure.as_deref(), Some("exit status: 1"));
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let started = Instant::now();
        let limit = Duration::from_millis(200);
        let finished = shell("echo begun; sleep 60").limit(limit).follow().unwrap();
        assert_eq!(finished.stdout, "begun\n");
        assert!(finished.failure.is_some());
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
