//! A PostgreSQL to test on.
//!
//! [`scratch`] gives an empty database: on the server that `DATABASE_URL` names, else on a private
//! server started once for the whole test binary from the programs found on this machine. Without
//! either the tests on PostgreSQL are skipped, loudly; `PUPITRE_TESTS_NEED_POSTGRES=1` makes that a
//! failure. [`PrivateServer`] is a server of one's own, to kill and restart.
//!
//! A private server never outlives the test binary: a shell script watches over it, holds the reading
//! end of a pipe whose writing end is ours, and when we are gone (in whatever way) stops the server and
//! removes its folder.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::patience::PATIENCE;

/// Watches over a server: `sh -c GUARD sh BIN FOLDER PORT`. It starts the server, obeys `kill` and
/// `start` line by line, and cleans up at the end of its input. A `start` while the server runs does
/// nothing: PostgreSQL itself refuses to run twice in one folder.
const GUARD: &str = r#"
trap '' HUP INT
bin=$1 folder=$2 port=$3
start() {
    "$bin/postgres" -D "$folder/data" -k "$folder" -p "$port" -c listen_addresses=127.0.0.1 \
        -c fsync=on -c synchronous_commit=on -c max_connections=300 </dev/null >>"$folder/log" 2>&1 &
    runs=yes
}
server() {
    head -n 1 "$folder/data/postmaster.pid"
}
start
while read -r order; do
    case $order in
        kill) kill -9 "$(server)" $(pgrep -P "$(server)"); runs=no; wait; echo killed ;;
        start) start; echo started ;;
    esac
done
[ $runs = yes ] && kill -QUIT "$(server)"
wait
rm -rf "$folder"
"#;

/// An empty database, dropped when this value is.
pub struct Scratch {
    server: String,
    name: String,
    url: String,
}

/// An empty database, or `None` where there is no PostgreSQL.
pub async fn scratch() -> Option<Scratch> {
    let server = match std::env::var("DATABASE_URL") {
        Ok(url) if url.starts_with("postgres") => url,
        _ => shared().await?.url().to_owned(),
    };
    let name = format!("pupitre_test_{}", uuid::Uuid::now_v7().simple());
    let options = PgConnectOptions::from_str(&server).expect("an address of a PostgreSQL");
    // `template0` has no other users, so that several databases can be made at once.
    execute(&options, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        .await
        .expect("an empty database is made");
    let url = options.database(&name).to_url_lossy().to_string();
    Some(Scratch { server, name, url })
}

impl Scratch {
    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A drop cannot await; a thread with a runtime of its own can.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let options = PgConnectOptions::from_str(&server)?;
            let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            runtime.block_on(execute(&options, &statement))
        });
        if let Ok(Err(error)) = dropping.join() {
            eprintln!("the database {} is left behind: {error}", self.name);
        }
    }
}

async fn execute(options: &PgConnectOptions, statement: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    connection.execute(statement).await?;
    connection.close().await
}

/// The private server that all tests of this binary share.
async fn shared() -> Option<&'static PrivateServer> {
    static SHARED: OnceCell<Option<PrivateServer>> = OnceCell::const_new();
    SHARED.get_or_init(PrivateServer::start_or_skip).await.as_ref()
}

/// A PostgreSQL of one's own, which may be killed and restarted. It is gone when this value is.
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
        match Self::start().await {
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
        let bin = programs().ok_or("set DATABASE_URL, or install it: no `initdb` and `postgres` found")?;
        let user = Unprivileged::find()?;
        let folder = folder(&user)?;
        let said = |error: std::io::Error| error.to_string();
        let initdb = user
            .command(bin.join("initdb"))
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
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
        let mut process = user
            .command("sh")
            .args(["-c", GUARD, "sh"])
            .args([bin.as_os_str(), folder.path().as_os_str()])
            .arg(port.to_string())
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
        const PAUSE: Duration = Duration::from_millis(20);
        let options = PgConnectOptions::from_str(&self.url)?;
        let started = Instant::now();
        loop {
            match execute(&options, "SELECT 1").await {
                Ok(()) => return Ok(()),
                Err(error) if started.elapsed() > patience => return Err(error),
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
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

/// Who runs the server: PostgreSQL refuses to run as root.
struct Unprivileged(Option<u32>);

impl Unprivileged {
    fn find() -> Result<Self, String> {
        if id(&["-u"]) != Some(0) {
            return Ok(Self(None));
        }
        let postgres =
            id(&["-u", "postgres"]).ok_or("it does not run as root, and no user postgres exists")?;
        Ok(Self(Some(postgres)))
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Some(user) = self.0 {
            command.uid(user);
        }
        command
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// A folder of a short name, since that of a socket has at most 107 characters, which the server's user
/// may enter.
fn folder(user: &Unprivileged) -> Result<TempDir, String> {
    let said = |error: std::io::Error| error.to_string();
    let short = Path::new("/tmp");
    let parent = if short.is_dir() { short.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::Builder::new().prefix("pupitre-").tempdir_in(parent).map_err(said)?;
    std::os::unix::fs::chown(folder.path(), user.0, None).map_err(said)?;
    Ok(folder)
}

/// Where the programs of the newest PostgreSQL here are.
fn programs() -> Option<PathBuf> {
    let mut packaged: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path()))
        .collect();
    packaged.sort_by_key(|path| {
        let version = path.file_name().and_then(|name| name.to_str()?.parse::<f32>().ok());
        std::cmp::Reverse(version.map(f32::to_bits))
    });
    let packaged = packaged.into_iter().map(|path| path.join("bin"));
    let configured = Command::new("pg_config").arg("--bindir").stderr(Stdio::null()).output().ok();
    let configured = configured.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let path = std::env::var_os("PATH").unwrap_or_default();
    packaged
        .chain(configured)
        .chain(std::env::split_paths(&path).collect::<Vec<_>>())
        .find(|bin| bin.join("initdb").is_file() && bin.join("postgres").is_file())
}

fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
