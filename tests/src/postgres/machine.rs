//! What this machine has to run a PostgreSQL with.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Runs a command with a small disk.
const ON_DISK: &str = include_str!("disk.sh");

/// Who runs the server: PostgreSQL refuses to run as root.
pub(super) struct Unprivileged(Option<u32>);

impl Unprivileged {
    pub(super) fn find() -> Result<Self, String> {
        if id(&["-u"]) != Some(0) {
            return Ok(Self(None));
        }
        let postgres =
            id(&["-u", "postgres"]).ok_or("it does not run as root, and no user postgres exists")?;
        Ok(Self(Some(postgres)))
    }

    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Some(user) = self.0 {
            command.uid(user);
        }
        command
    }

    /// The same command with a small disk at `disk` below the folder, which starts as a copy of `data`.
    ///
    /// # Errors
    /// When no disk can be mounted here.
    pub(super) fn command_on_disk(&self, folder: &Path, mebibytes: u32) -> Result<Command, String> {
        let why = "a small disk is mounted by root only";
        let user = self.0.ok_or(why)?;
        let disk = folder.join("disk");
        std::fs::create_dir(&disk).map_err(|error| error.to_string())?;
        let mut attempt = Command::new("unshare");
        attempt.args(["--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(&disk);
        let tried = attempt.output().map_err(|error| format!("{why}, with `unshare`: {error}"))?;
        if !tried.status.success() {
            let said = String::from_utf8_lossy(&tried.stderr);
            return Err(format!("no small disk can be mounted: {}", said.trim()));
        }
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", ON_DISK, "sh"]);
        command.args([mebibytes.to_string(), user.to_string()]).arg(folder).arg("sh");
        Ok(command)
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// A folder of a short name, since that of a socket has at most 107 characters, which the server's user
/// may enter.
pub(super) fn folder(user: &Unprivileged) -> Result<TempDir, String> {
    let said = |error: std::io::Error| error.to_string();
    let short = Path::new("/tmp");
    let parent = if short.is_dir() { short.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::Builder::new().prefix("pupitre-").tempdir_in(parent).map_err(said)?;
    std::os::unix::fs::chown(folder.path(), user.0, None).map_err(said)?;
    Ok(folder)
}

/// Where the programs of the newest PostgreSQL here are.
pub(super) fn programs() -> Option<PathBuf> {
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

pub(super) fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
