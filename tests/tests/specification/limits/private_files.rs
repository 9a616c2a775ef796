//! What the program writes is for its user alone.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use pupitre_tests::process::{ServerProcess, run};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

/// A script that starts the program with these rights for its files, and keeps what it logs.
pub(crate) fn program(folder: &Path, umask: &str) -> PathBuf {
    let script = folder.join("program");
    let log = folder.join("log");
    let text = format!("#!/bin/sh\numask {umask}\nexec {PROGRAM} \"$@\" 2>>{}\n", log.display());
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(log, "").unwrap();
    script
}

#[tokio::test]
async fn files_are_private_whatever_the_umask() {
    for umask in ["000", "022", "077"] {
        let folder = tempfile::tempdir().unwrap();
        let of_ours = folder.path().join("data");
        std::fs::create_dir(&of_ours).unwrap();
        let script = program(folder.path(), umask);
        let database = format!("sqlite://{}", of_ours.join("pupitre.db").display());
        let server = ServerProcess::start(&script, &database, &folder.path().join("key")).await;
        let livechat = server.livechat("support");
        livechat.is_created().await;
        livechat.operator("alice").await;
        let file = of_ours.join("log.jsonl");
        let export = ["log", "export", "--database", &database, "--file", file.to_str().unwrap()];
        run(&script, &export, "").await.ended(0);
        let key = of_ours.join("another.key");
        let token = [
            "token",
            "--livechat",
            "a",
            "--role",
            "analyst",
            "--subject",
            "b",
            "--key-file",
            key.to_str().unwrap(),
        ];
        run(&script, &token, "").await.ended(0);
        let mut found = vec![];
        for entry in std::fs::read_dir(&of_ours).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{:?} with umask {umask}", entry.file_name());
            found.push(entry.file_name().into_string().unwrap());
        }
        for expected in ["pupitre.db", "pupitre.db-wal", "pupitre-views.db", "log.jsonl", "another.key"] {
            assert!(found.iter().any(|name| name == expected), "{expected} is not among {found:?}");
        }
    }
}

fn gives(file: &Path, mode: u32) {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn a_key_that_others_may_open_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    let path = key.to_str().unwrap();
    let token = ["token", "--livechat", "a", "--role", "analyst", "--subject", "b", "--key-file", path];
    let serve =
        ["serve", "--listen", "127.0.0.1:0", "--key-file", path, "--database", "sqlite://nowhere/p.db"];
    run(Path::new(PROGRAM), &token, "").await.ended(0);
    // What root lets others read is another matter.
    let is_of_root = std::fs::metadata(&key).unwrap().uid() == 0;
    for (mode, is_open) in [
        (0o666, true),
        (0o660, true),
        (0o602, true),
        (0o640, !is_of_root),
        (0o644, !is_of_root),
        (0o400, false),
    ] {
        gives(&key, mode);
        let done = run(Path::new(PROGRAM), &token, "").await;
        assert_eq!(done.code, Some(i32::from(is_open)), "{mode:o}: {}", done.stderr);
        if is_open {
            assert!(done.stderr.contains(&format!("chmod 600 {path}")), "{}", done.stderr);
            assert_eq!(done.stdout, "", "{mode:o}");
            let stderr = run(Path::new(PROGRAM), &serve, "").await.ended(1).stderr;
            assert!(stderr.contains(&format!("{mode:04o}")), "{stderr}");
        }
    }
    gives(&key, 0o600);
    let done = run(Path::new(PROGRAM), &token, "").await.ended(0);
    assert_eq!(done.stderr, "");
}

#[tokio::test]
async fn others_being_able_to_open_an_existing_database_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let database = |name: &str| format!("sqlite://{}", file(name).display());
    let mut server = ServerProcess::start(Path::new(PROGRAM), &database("pupitre.db"), &file("key")).await;
    server.livechat("support").is_created().await;
    server.kill().await;
    let (log, lines, copy) = (database("pupitre.db"), file("log.jsonl"), database("copy.db"));
    let lines = lines.to_str().unwrap();
    let export = ["log", "export", "--database", &log, "--file", lines];
    let import = ["log", "import", "--database", &copy, "--file", lines];
    for (mode, is_reported) in
        [(0o666, true), (0o644, true), (0o604, true), (0o660, true), (0o640, false), (0o600, false)]
    {
        for name in ["pupitre.db", "log.jsonl", "copy.db"] {
            // All that is left of the one before.
            for end in ["-wal", "-shm"] {
                let _ = std::fs::remove_file(file(&format!("copy.db{end}")));
            }
            std::fs::File::create(file("copy.db")).unwrap();
            if !Path::new(lines).exists() {
                run(Path::new(PROGRAM), &export, "").await.ended(0);
            }
            for (other, mode) in
                [("pupitre.db", 0o600), ("log.jsonl", 0o600), ("copy.db", 0o600), (name, mode)]
            {
                gives(&file(other), mode);
            }
            let command = if name == "copy.db" { &import[..] } else { &export[..] };
            let stderr = run(Path::new(PROGRAM), command, "").await.ended(0).stderr;
            let reported = stderr.contains(&format!("{mode:04o}")) && stderr.contains(name);
            assert_eq!(reported, is_reported, "{name} {mode:o}: {stderr}");
        }
    }
}
