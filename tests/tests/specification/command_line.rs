//! What every command promises to the shell that calls it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use pupitre_tests::process::{run, run_unread};
use pupitre_tests::server::Server;

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

/// The exit code of a program that the system stops because nobody reads what it prints.
const LEFT: i32 = 141;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_closes_the_pipe_ends_a_command_silently() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let _alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    visitor.says("bonjour").await;
    let (database, conversation) = (server.database(), &visitor.conversation[..]);
    // As the program makes it: a file that others may read is reported.
    let file = database.strip_prefix("sqlite://").unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
    for command in [
        &["openapi"][..],
        &["figures"],
        &["analytics"],
        &["--log", "warn", "log", "status", "--database", database],
        &["replay", "conversation", conversation, "--speed", "1000", "--database", database],
    ] {
        let program = Path::new(PROGRAM);
        assert!(!run(program, command, "").await.ended(0).stdout.is_empty(), "{command:?}");
        let left = run_unread(program, command).await.ended(LEFT);
        assert_eq!(left.stderr, "", "{command:?}");
    }
}
