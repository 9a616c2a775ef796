//! `pupitre replay`, as it is called from a shell, without a terminal.

use std::path::Path;
use std::time::{Duration, Instant};

use pupitre_tests::process::{Finished, run};
use pupitre_tests::server::{Server, seconds};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

async fn replay(arguments: &[&str], database: &str, input: &str) -> Finished {
    let all: Vec<&str> = ["--log", "warn", "replay"]
        .iter()
        .chain(arguments)
        .chain(&["--database", database])
        .copied()
        .collect();
    run(Path::new(PROGRAM), &all, input).await
}

/// A conversation of half a minute, in the log of a server that runs.
async fn half_a_minute(server: &Server) -> String {
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    server.clock.advance(seconds(30));
    visitor.says("bonjour \u{1b}[31mrouge").await;
    alice.says(&visitor, "au revoir").await;
    alice.ends(&visitor).await;
    visitor.conversation.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_is_read_line_by_line_at_its_intervals() {
    let server = Server::start().await;
    let id = half_a_minute(&server).await;
    let begun = Instant::now();
    let done = replay(&["conversation", &id, "--speed", "20"], server.database(), "").await.ended(0);
    assert!(begun.elapsed() >= Duration::from_millis(1_500), "{:?}", begun.elapsed());
    let printed = done.stdout;
    let at = |text: &str| printed.find(text).unwrap_or_else(|| panic!("{text} in\n{printed}"));
    assert!(
        at("takes the conversation in charge") < at("bonjour") && at("bonjour") < at("Alice: au revoir"),
        "{printed}"
    );
    assert!(!printed.contains('\u{1b}'), "what visitors write does not steer the terminal");

    let stepped = replay(&["conversation", &id, "--step"], server.database(), "\n\n\n").await.ended(0);
    let lines = |text: &str| text.lines().filter(|line| line.starts_with(char::is_numeric)).count();
    assert_eq!(lines(&stepped.stdout), 3, "{}", stepped.stdout);
    let french =
        replay(&["conversation", &id, "--speed", "1000", "--lang", "fr"], server.database(), "").await;
    assert!(french.ended(0).stdout.contains("Échange du"));
    let unknown = "018f0000-0000-7000-8000-000000000000";
    let nothing = replay(&["conversation", unknown], server.database(), "").await.ended(1);
    assert!(nothing.stderr.contains("there is no conversation"), "{}", nothing.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_floor_is_read_line_by_line_between_two_moments() {
    let server = Server::start().await;
    half_a_minute(&server).await;
    let done = replay(&["floor", "--speed", "1000"], server.database(), "").await.ended(0);
    for happened in
        ["v1: requested", "v1: picked up  (Alice)", "v1: message posted  (Alice)", "Alice: connected"]
    {
        assert!(done.stdout.contains(happened), "{happened} in\n{}", done.stdout);
    }
    assert!(!done.stdout.contains("bonjour"), "nothing that was said");
    let part = replay(&["floor", "--speed", "1000", "--from", "3", "--to", "5"], server.database(), "")
        .await
        .ended(0);
    assert_eq!(part.stdout.lines().count(), 2, "{}", part.stdout);
    replay(&["floor", "--from", "yesterday"], server.database(), "").await.ended(2);
    replay(&["floor", "--speed", "0"], server.database(), "").await.ended(2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn state_snapshots_are_created_by_a_command() {
    let server = Server::start().await;
    half_a_minute(&server).await;
    let done = replay(&["snapshots"], server.database(), "").await.ended(0);
    assert!(done.stdout.contains("0 state snapshots created"), "a short log needs none: {}", done.stdout);
    let found = replay(&["snapshots", "--json"], server.database(), "").await.ended(0).json();
    assert_eq!((&found["livechats"], &found["snapshots"]), (&1.into(), &0.into()));
    replay(&["snapshots", "--livechat", "nobody"], server.database(), "").await.ended(1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_period_that_cannot_be_measured_says_so() {
    let server = Server::start().await;
    half_a_minute(&server).await;
    let forecast = async |from: &str, to: &str, more: &[&str]| {
        let period = ["forecast", "--livechat", "support", "--from", from, "--to", to];
        let arguments: Vec<&str> = period.iter().chain(more).copied().collect();
        replay(&arguments, server.database(), "").await
    };
    let nobody = forecast("2030-01-04", "2030-02-04", &[]).await.ended(1);
    assert!(nobody.stderr.contains("nothing to measure"), "{}", nobody.stderr);
    let long = forecast("2021-01-04", "9999-01-01", &[]).await.ended(1);
    assert!(long.stderr.contains("at most 3660 days"), "{}", long.stderr);
    forecast("2027-01-01", "2027-02-01", &["--service-level", "99.99/20"]).await.ended(2);
    let told = forecast("2027-01-01", "2027-02-01", &["--service-level", "80.5/20"]).await.ended(0);
    assert!(told.stdout.contains("80.5 % answered within 20 s"), "{}", told.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_would_be_otherwise_has_a_range() {
    let server = Server::start().await;
    half_a_minute(&server).await;
    for (option, status) in
        [("--service-level=0", 2), ("--service-level=-5", 2), ("--service-level=3601", 2), ("--hours=", 1)]
    {
        let period =
            ["what-if", "--livechat", "support", "--from", "2027-01-01", "--to", "2027-02-01", option];
        let done = replay(&period, server.database(), "").await.ended(status);
        assert!(!done.stderr.is_empty(), "{option}");
    }
}
