//! `cargo xtask serve`: dist/ on localhost.

mod files;
mod http;

use std::io::Write;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::process::say;
use crate::{build, paths, setup};

/// How many ports after the wanted one are tried when it is taken.
const PORTS_TO_TRY: u16 = 20;

#[derive(Args)]
pub(crate) struct Options {
    /// The port; the next free one is taken when it is in use, any free one for 0
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Serve dist/ as it is
    #[arg(long)]
    no_build: bool,
    #[command(flatten)]
    build: build::Options,
}

/// `cargo xtask serve`
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.no_build {
        if !paths::dist().join("index.html").exists() {
            bail!("dist/ is not built\n  hint: run `cargo xtask build`, or leave out --no-build");
        }
    } else {
        let kit = setup::prepare(&build::NEEDS)?;
        build::build_if_needed(&kit, &options.build)?;
    }
    let server = Server::bind(options.port)?;
    // Tests wait for this line, so it must not stay in a buffer.
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "listening on {}", server.url())?;
    stdout.flush()?;
    drop(stdout);
    say("Ctrl-C ends it");
    server.run();
    Ok(())
}

/// A server of dist/ for this machine alone.
pub(crate) struct Server {
    listeners: Vec<TcpListener>,
    port: u16,
    dir: PathBuf,
}

impl Server {
    /// Takes `port` or the next free one after it; any free one for 0.
    pub(crate) fn bind(port: u16) -> Result<Self> {
        let last = if port == 0 {
            0
        } else {
            port.saturating_add(PORTS_TO_TRY)
        };
        let listeners = (port..=last)
            .find_map(listen)
            .with_context(|| format!("the ports {port} to {last} are all in use"))?;
        let first = listeners.first().context("something listens")?;
        Ok(Self {
            port: first.local_addr()?.port(),
            listeners,
            dir: paths::dist(),
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Serves until this process ends.
    pub(crate) fn run(self) {
        let threads: Vec<_> = self
            .listeners
            .into_iter()
            .map(|listener| {
                let dir = self.dir.clone();
                thread::spawn(move || accept(&listener, &dir))
            })
            .collect();
        for thread in threads {
            let _ = thread.join();
        }
    }

    /// Serves in the background until this process ends; returns the address.
    pub(crate) fn run_in_background(self) -> String {
        let url = self.url();
        thread::spawn(|| self.run());
        url
    }
}

/// Listens on both addresses of `localhost`, so that no other server answers on one of them.
fn listen(port: u16) -> Option<Vec<TcpListener>> {
    let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
    let port = v4.local_addr().ok()?.port();
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
        Ok(v6) => Some(vec![v4, v6]),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => None,
        // A machine without IPv6.
        Err(_) => Some(vec![v4]),
    }
}

fn accept(listener: &TcpListener, dir: &std::path::Path) {
    for stream in listener.incoming().flatten() {
        let dir = dir.to_owned();
        thread::spawn(move || {
            // A browser that hangs up early is its own affair.
            let _ = answer(&stream, &dir);
        });
    }
}

fn answer(mut stream: &TcpStream, dir: &std::path::Path) -> std::io::Result<()> {
    let response = match http::read_request(stream)? {
        Some(request) => files::respond(dir, &request),
        None => http::Response::error(400, "not a request"),
    };
    response.write(&mut stream)
}
