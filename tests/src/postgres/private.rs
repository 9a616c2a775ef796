//! A PostgreSQL of one's own.
//!
//! It never outlives the test binary: a shell script watches over it, holds the reading end of a pipe
//! whose writing end is ours, and when we are gone (in whatever way) stops the server and removes its
//! folder.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;

use super::execute;
use super::machine::{Unprivileged, folder, free_port, programs};
use crate::patience::{PATIENCE, poll};

/// Watches over a server.
const GUARD: &str = include_str!("guard.sh");

/// How a server is set up.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How many connections it takes at once.
    pub connections_max: u16,
    /// The size of a disk of its own, which can be filled up; without, it shares that of the machine.
    pub disk_mebibytes: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { connections_max: 300, disk_mebibytes: None }
    }
}

/// A PostgreSQL of one's own, which may be stopped, killed and restarted. It is gone when this value is.
pub struct PrivateServer {
    url: String,
    guard: Mutex<Guard>,
}

struct Guard {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl PrivateServer {
    /// Starts a server, or says loudly that the tests which need one are skipped.
    pub async fn start_or_skip() -> Option<Self> {
        Self::start_or_skip_with(Settings::default()).await
    }

    /// Starts a server that is set up like this, or says loudly that the tests which need one are skipped.
    pub async fn start_or_skip_with(settings: Settings) -> Option<Self> {
        match Self::start_with(settings).await {
            Ok(server) => Some(server),
            Err(why) => {
                let needed = std::env::var("PUPITRE_TESTS_NEED_POSTGRES").is_ok_and(|value| value == "1");
                assert!(!needed, "no PostgreSQL, and PUPITRE_TESTS_NEED_POSTGRES is set: {why}");
                // Past the test runner's capture: a skipped test must be seen. Nobody can be told that
                // there is nowhere to tell it.
                let _ = writeln!(std::io::stderr().lock(), "SKIPPED: no PostgreSQL: {why}");
                None
            }
        }
    }

    /// Starts a server.
    ///
    /// # Errors
    /// Why there can be none here.
    pub async fn start() -> Result<Self, String> {
        Self::start_with(Settings::default()).await
    }

    /// Starts a server that is set up like this.
    ///
    /// # Errors
    /// Why there can be none here.
    pub async fn start_with(settings: Settings) -> Result<Self, String> {
        let bin = programs().ok_or("set DATABASE_URL, or install it: no `initdb` and `postgres` found")?;
        let user = Unprivileged::find()?;
        let folder = folder(&user)?;
        let said = |error: std::io::Error| error.to_string();
        // On a small disk in small pieces, so that there is room for more than two.
        let piece = if settings.disk_mebibytes.is_some() { "1" } else { "16" };
        let initdb = user
            .command(bin.join("initdb"))
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .args(["--wal-segsize", piece])
            .arg("--pgdata")
            .arg(folder.path().join("data"))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .map_err(said)?;
        if !initdb.status.success() {
            return Err(format!("initdb failed: {}", String::from_utf8_lossy(&initdb.stderr)));
        }
        let port = free_port().map_err(said)?;
        let (mut command, data) = match settings.disk_mebibytes {
            None => (user.command("sh"), folder.path().join("data")),
            Some(size) => (user.command_on_disk(folder.path(), size)?, folder.path().join("disk")),
        };
        let mut process = command
            .args(["-c", GUARD, "sh"])
            .args([bin.as_os_str(), folder.path().as_os_str(), data.as_os_str()])
            .arg(port.to_string())
            .arg(format!("--max_connections={}", settings.connections_max))
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Interrupted at the keyboard, we end; the guard then ends the server in good order.
            .process_group(0)
            .spawn()
            .map_err(said)?;
        let (Some(orders), Some(answers)) = (process.stdin.take(), process.stdout.take()) else {
            return Err("the guard of the server cannot be spoken to".to_owned());
        };
        // From here on it is the guard who removes it.
        let folder = folder.keep();
        let guard = Guard { process, orders: Some(orders), answers: BufReader::new(answers) };
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let server = Self { url, guard: Mutex::new(guard) };
        server.answers(PATIENCE).await.map_err(|error| {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            format!("the server does not answer: {error}\n{log}")
        })?;
        Ok(server)
    }

    /// Its address, with the database `postgres`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills the server and all its processes, as `kill -9` does.
    pub fn kill(&self) {
        self.order("kill");
    }

    /// Stops the server in good order, but drops every connection.
    pub fn stop(&self) {
        self.order("stop");
    }

    /// Fills up its disk. The server may free some of it again.
    pub fn fill_disk(&self) {
        self.order("fill");
    }

    /// Frees what the disk was filled up with.
    pub fn free_disk(&self) {
        self.order("spare");
    }

    /// Starts it again on the same address, and returns once it answers.
    pub async fn restart(&self) {
        const ATTEMPTS: u32 = 10;
        for _ in 0..ATTEMPTS {
            // It does not start while a process of the killed one still holds its memory.
            self.order("start");
            if self.answers(PATIENCE / ATTEMPTS).await.is_ok() {
                return;
            }
        }
        panic!("the server does not recover within {PATIENCE:?}");
    }

    /// Has an order carried out, which takes as long as it takes.
    fn order(&self, order: &str) {
        let mut guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
        let orders = guard.orders.as_mut().expect("orders are taken until the drop");
        writeln!(orders, "{order}").expect("the guard takes orders");
        let mut done = String::new();
        guard.answers.read_line(&mut done).expect("the guard answers");
        assert!(!done.is_empty(), "the guard of the server is gone");
    }

    /// Returns once the server answers.
    async fn answers(&self, patience: Duration) -> Result<(), sqlx::Error> {
        let options = PgConnectOptions::from_str(&self.url)?;
        let started = Instant::now();
        poll(async || match execute(&options, "SELECT 1").await {
            Err(_) if started.elapsed() <= patience => None,
            answer => Some(answer),
        })
        .await
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        let guard = self.guard.get_mut().unwrap_or_else(PoisonError::into_inner);
        // The end of its input tells the guard to clean up.
        guard.orders.take();
        if let Err(error) = guard.process.wait() {
            eprintln!("the guard of the server cannot be awaited: {error}");
        }
    }
}
