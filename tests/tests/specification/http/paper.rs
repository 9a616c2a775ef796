//! The page, printed by a real browser. Without Chromium and the tools that read PDF these tests are skipped,
//! loudly.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use pupitre_tests::server::Server;

use super::exchange::Exchange;

/// Prints a page, and gives the text of each sheet; nothing without the programs that it takes.
fn printed(name: &str, page: &str) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let (html, pdf) = (folder.path().join("page.html"), folder.path().join("page.pdf"));
    std::fs::write(&html, page).unwrap();
    let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
    let chromium = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(|program| {
        let mut command = Command::new(program);
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", &profile]);
        command.arg(format!("--print-to-pdf={}", pdf.display())).arg(format!("file://{}", html.display()));
        command.output().ok()
    });
    let read =
        chromium.and_then(|_| Command::new("pdftotext").args(["-layout"]).arg(&pdf).arg("-").output().ok());
    let Some(read) = read else {
        let _ = writeln!(std::io::stderr(), "SKIPPED, because chromium or pdftotext is not there: paper");
        return None;
    };
    assert!(read.status.success(), "{read:?}");
    keep(name, &html, &pdf);
    let text = String::from_utf8(read.stdout).unwrap();
    Some(text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect())
}

/// For people who want to look at it: `PUPITRE_TESTS_KEEP=FOLDER`.
fn keep(name: &str, html: &Path, pdf: &Path) {
    if let Some(folder) = std::env::var_os("PUPITRE_TESTS_KEEP") {
        for file in [html, pdf] {
            let kept = Path::new(&folder).join(name).with_extension(file.extension().unwrap());
            std::fs::copy(file, kept).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_is_on_paper_and_each_sheet_has_its_number() {
    let server = Server::start().await;
    let mut exchange = Exchange::happens(&server).await;
    let page = exchange.read(&exchange.livechat.supervisor(), "html", "fr").await;
    let Some(sheets) = printed("exchange", page.as_str().unwrap()) else { return };
    assert!((2..=4).contains(&sheets.len()), "{} sheets", sheets.len());
    for (sheet, number) in sheets.iter().zip(1..) {
        assert!(sheet.trim_end().ends_with(&format!("Page {number} / {}", sheets.len())), "{sheet}");
    }
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let all = squeezed(&sheets.concat());
    for told in [
        "Échange du 15 janvier 2027",
        "vendredi 15 janvier 2027",
        "Asia/Tokyo",
        "Que puis-je pour vous ?",
        "<script>alert(\"a & b\")</script>",
        "12:00:00 Zoé: une autre",
        "Elle a déjà écrit hier.",
        "écrit par sophie, superviseur",
        "facture.pdf (2,4 Mo, application/pdf)",
        "Alice → Bob (compétence : facturation)",
        "Merci à Bob",
        "Le ton, La rapidité",
    ] {
        assert!(all.contains(&squeezed(told)), "{told} is not in\n{}", sheets.join("\n"));
    }
    exchange.bob.types(&exchange.visitor).await;
    exchange.alice.types(&exchange.visitor).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_cut_off_at_the_edge_of_the_paper() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    // An address that cannot be broken at a space, and a message longer than a sheet.
    let address = format!("https://exemple.fr/{}/fin", "segment-sans-espace/".repeat(40));
    visitor.says(&address).await;
    let lines: Vec<String> = (0..180).map(|n| format!("ligne {n} d’un long message\n")).collect();
    let long = lines.concat();
    visitor.says(&long).await;
    let position = alice.ends(&visitor).await;
    let path = visitor.path(&format!("/transcript?format=html&at_least={position}"));
    let page = livechat.supervisor().get(&path).await.is(200);
    let Some(sheets) = printed("long", page.as_str().unwrap()) else { return };
    assert!(sheets.len() > 3, "{} sheets", sheets.len());
    let all: String = sheets.concat().split_whitespace().collect();
    assert!(all.contains(&address), "{}", sheets[0]);
    for n in 0..180 {
        assert!(all.contains(&format!("ligne{n}d’unlongmessage")), "line {n}");
    }
}
