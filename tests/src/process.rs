//! The `pupitre` program as a process of its own, which a test can kill.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use api::auth::Keys;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use crate::actors::{Livechat, Person};
use crate::patience::eventually;
use crate::server::Site;

/// A server in a process.
pub struct ServerProcess {
    program: PathBuf,
    arguments: Vec<String>,
    site: Arc<Site>,
    child: Child,
}

impl ServerProcess {
    /// Starts `program` on a database and waits until it is ready.
    pub async fn start(program: &Path, database: &str, key_file: &Path) -> Self {
        Self::start_with(program, database, key_file, &[]).await
    }

    /// Starts `program` on a database with more options, and waits until it is ready.
    pub async fn start_with(program: &Path, database: &str, key_file: &Path, options: &[&str]) -> Self {
        let address = free_address();
        let key = Keys::from_file(key_file).expect("a key");
        let key_file = key_file.to_str().expect("a path in UTF-8");
        let listen = address.to_string();
        let arguments = ["serve", "--database", database, "--listen", &listen, "--key-file", key_file];
        let arguments: Vec<String> = arguments.iter().chain(options).copied().map(str::to_owned).collect();
        let child = spawn(program, &arguments);
        let site = Arc::new(Site::at(address, key, options.contains(&"--tls-certificate")));
        let server = Self { program: program.to_owned(), arguments, site, child };
        server.is_ready().await;
        server
    }

    /// Where it listens, also after a restart.
    pub fn url(&self) -> String {
        self.site.url("http", "")
    }

    /// Its process; none when it has ended.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// A livechat on it.
    pub fn livechat(&self, id: &str) -> Livechat {
        Livechat::new(self.site.clone(), id)
    }

    /// Somebody without a token.
    pub fn anybody(&self) -> Person {
        Person::nobody(self.site.clone())
    }

    /// Kills it as `kill -9` does.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("the process can be killed");
    }

    /// Kills it as `kill -9` does, and starts it again on the same address.
    pub async fn kill_and_restart(&mut self) {
        self.kill().await;
        self.child = spawn(&self.program, &self.arguments);
        self.is_ready().await;
    }

    async fn is_ready(&self) {
        let url = format!("{}/readyz", self.url());
        eventually("the server is ready", async || {
            self.site.http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success())
        })
        .await;
    }
}

/// A program that was called from a shell and has ended.
pub struct Finished {
    /// Its exit code; none when it was killed.
    pub code: Option<i32>,
    /// Its result.
    pub stdout: String,
    /// Everything else that it printed.
    pub stderr: String,
}

impl Finished {
    /// The one JSON value that it printed.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{}{}", self.stdout, self.stderr))
    }

    /// It ended with this code.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "often nothing more is asked of it")]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        self
    }
}

/// Calls a program with this input, and waits for its end.
pub async fn run(program: &Path, arguments: &[&str], input: &str) -> Finished {
    run_printing_to(Stdio::piped(), program, arguments, input).await
}

/// Calls a program whose reader has gone, as that of `program | head` has in the end, and waits for its end.
pub async fn run_unread(program: &Path, arguments: &[&str]) -> Finished {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    run_printing_to(writer.into(), program, arguments, "").await
}

async fn run_printing_to(output: Stdio, program: &Path, arguments: &[&str], input: &str) -> Finished {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(output)
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("its input").write_all(input.as_bytes()).await.expect("it reads its input");
    let output = child.wait_with_output().await.expect("the program ends");
    let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
    Finished { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn spawn(program: &Path, arguments: &[String]) -> Child {
    let mut program = Command::new(program);
    // An option says otherwise. The people of tests write faster than people do.
    let program = program.args(arguments).env("PUPITRE_LOG", "warn");
    let program = program.env("PUPITRE_VISITOR_MESSAGES", "0").env("PUPITRE_OPERATOR_MESSAGES", "0");
    program.kill_on_drop(true).spawn().expect("the program starts")
}

/// An address that is free now, and that a restarted server can have again.
fn free_address() -> SocketAddr {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|socket| socket.local_addr()).expect("a free port")
}
