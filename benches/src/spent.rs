//! What was spent: time on the clock, time of processors, memory. As the system counts them in `/proc`.

use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};

use crate::database::Database;

/// How often the system counts in a second: `USER_HZ`, the same on every Linux.
const TICKS_PER_SECOND: u32 = 100;

/// Since when, and what had been spent until then.
pub struct Meter {
    started: Instant,
    program: Duration,
    server: Option<Server>,
}

struct Server {
    pid: String,
    until_then: Duration,
}

/// What was spent.
#[derive(Clone, Copy, Debug)]
pub struct Spent {
    /// On the clock.
    pub time: Duration,
    /// By the processors for this program, on all threads.
    pub program: Duration,
    /// By the processors for PostgreSQL, in all its processes; nothing for SQLite, which is in the program.
    pub server: Duration,
    /// The most memory the program has had meanwhile, in MiB.
    pub peak_mib: u64,
}

impl Meter {
    /// Counts from now on.
    pub async fn start(database: &Database) -> Self {
        let server = match database {
            Database::Postgres(server) => {
                let mut connection = PgConnection::connect(server.url()).await.expect("PostgreSQL");
                let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
                    .fetch_one(&mut connection)
                    .await
                    .expect("a process");
                let pid = fields(&pid.to_string()).expect("the process of a connection")[1].clone();
                let until_then = of_server(&pid);
                Some(Server { pid, until_then })
            }
            Database::Sqlite(_) => None,
        };
        // The peak is counted anew.
        std::fs::write("/proc/self/clear_refs", "5").expect("the peak of memory is forgotten");
        Self { started: Instant::now(), program: of_process("self"), server }
    }

    /// What was spent since.
    pub fn stop(&self) -> Spent {
        Spent {
            time: self.started.elapsed(),
            program: of_process("self").saturating_sub(self.program),
            server: self
                .server
                .as_ref()
                .map(|server| of_server(&server.pid).saturating_sub(server.until_then))
                .unwrap_or_default(),
            peak_mib: peak_mib(),
        }
    }
}

/// The fields of `/proc/PID/stat` after the name of the program, which may hold anything.
fn fields(pid: &str) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after) = stat.rsplit_once(") ")?;
    Some(after.split(' ').map(str::to_owned).collect())
}

fn ticks(fields: &[String]) -> Duration {
    let ticks: u32 = fields.iter().map(|field| field.parse::<u32>().unwrap_or_default()).sum();
    Duration::from_secs(1) * ticks / TICKS_PER_SECOND
}

fn of_process(pid: &str) -> Duration {
    fields(pid).map(|fields| ticks(&fields[11..13])).unwrap_or_default()
}

/// The first process of a server, those that it waited for, and those that are there.
fn of_server(pid: &str) -> Duration {
    let own = fields(pid).map(|fields| ticks(&fields[11..15])).unwrap_or_default();
    let processes = std::fs::read_dir("/proc").expect("the processes");
    let children = processes.filter_map(|entry| {
        let fields = fields(entry.ok()?.file_name().to_str()?)?;
        (fields[1] == pid).then(|| ticks(&fields[11..13]))
    });
    own + children.sum::<Duration>()
}

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1_024
}
