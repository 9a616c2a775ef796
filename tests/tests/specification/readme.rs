//! What the README has a newcomer type ends in a conversation that is answered.

use std::fmt::Write;
use std::net::TcpListener;
use std::path::Path;

use tokio::process::Command;

use pupitre_tests::patience::soon;

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

/// The commands of a section, block by block.
fn commands(section: &str) -> Vec<String> {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let (_, rest) = readme.split_once(&format!("\n## {section}\n")).expect("the section");
    let section = rest.split("\n## ").next().unwrap();
    section.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn two_people_talk_at_the_end_of_run_it() {
    if Command::new("curl").arg("--version").output().await.is_err() {
        eprintln!("SKIPPED: there is no curl");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let blocks = commands("Run it");
    let [start, talk] = &blocks[..] else { panic!("{blocks:?}") };
    let serve = start.lines().find(|line| line.contains("pupitre serve")).expect("a server is started");
    let mut script = String::new();
    writeln!(script, "{serve} >server.txt 2>&1 &\nserver=$!").unwrap();
    writeln!(script, "until curl -fs http://127.0.0.1:8080/readyz; do sleep 0.1; done").unwrap();
    script += talk;
    writeln!(script, "kill $server; wait $server").unwrap();
    let script = script.replace("target/release/pupitre", PROGRAM).replace(":8080", &format!(":{port}"));
    let shell = Command::new("sh").arg("-c").arg(script).current_dir(folder.path()).output();
    let done = soon(shell).await.unwrap();
    let transcript = String::from_utf8_lossy(&done.stdout);
    let stderr = String::from_utf8_lossy(&done.stderr);
    let place = |words: &str| {
        transcript.find(words).unwrap_or_else(|| panic!("no {words} in\n{transcript}\n{stderr}"))
    };
    assert!(place("Where is my parcel?") < place("On its way: it arrives tomorrow."), "{transcript}");
    assert!(transcript.contains("Zoe") && transcript.contains("Alice"), "{transcript}");
    assert!(!transcript.contains("urn:pupitre:problem"), "{transcript}");
    let desk = std::fs::read_to_string(folder.path().join("alice-desk.txt")).unwrap();
    assert!(desk.contains("Where is my parcel?"), "what Zoe wrote is on Alice's desk: {desk}");
}
