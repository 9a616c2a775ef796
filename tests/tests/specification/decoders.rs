//! Decoders: whatever bytes come, their laws hold (`tests/src/decoders/`). Here with the seeds of `fuzz/seeds/`, the golden
//! events, and random changes of both; more cases with `PROPTEST_CASES`, and other ones with the targets of `fuzz/`.

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, TestRunner};
use pupitre_tests::decoders::{ALL, named};

/// What decoders have to look at twice.
const TELLING: [&[u8]; 24] = [
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\n",
    b"\0",
    b".",
    b"-",
    b" ",
    b"null",
    b"true",
    b"-1",
    b"1e400",
    b"18446744073709551616",
    b"9999-12-31T23:59:59.999999999Z",
    b"\\u0000",
    b"\\ud800",
    "\u{202e}".as_bytes(),
    "\u{e9}".as_bytes(),
    b"\xff",
];

/// The files of a folder, in the order of their names.
fn files(folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    if name == "event" { files("domain/tests/goldens") } else { files(&format!("fuzz/seeds/{name}")) }
}

/// One change: what, where, how much of it, and with what.
type Change = (u8, u16, u8, u8);

fn changed(seed: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for (what, at, length, with) in changes {
        let from = usize::from(*at) % (bytes.len() + 1);
        let until = (from + usize::from(*length) % 16).min(bytes.len());
        let telling = TELLING[usize::from(*with) % TELLING.len()];
        match what % 6 {
            0 => drop(bytes.splice(from..until, telling.iter().copied())),
            1 => drop(bytes.splice(from..from, telling.iter().copied())),
            2 => drop(bytes.drain(from..until)),
            3 => bytes[from..until].fill(*with),
            4 => bytes.splice(from..from, seed[..seed.len().min(until)].to_vec()).for_each(drop),
            _ => bytes.truncate(from),
        }
    }
    bytes
}

#[test]
fn the_laws_of_every_decoder_hold_for_any_bytes() {
    for (name, decoder) in ALL {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in &seeds {
            decoder(seed);
        }
        let config = Config { failure_persistence: None, ..Config::default() };
        let changes = vec(any::<Change>(), 0..8);
        let bytes = (0..seeds.len(), changes).prop_map(|(seed, changes)| changed(&seeds[seed], &changes));
        let run = TestRunner::new(config).run(&bytes, |bytes| {
            decoder(&bytes);
            Ok(())
        });
        run.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn every_decoder_has_a_fuzz_target() {
    let manifest = include_str!("../../../fuzz/Cargo.toml");
    for (name, _) in ALL {
        let target = format!("fuzz_targets/{name}.rs");
        assert!(manifest.contains(&target), "{target}");
        let text =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(target));
        assert!(text.unwrap().contains(&format!("named(\"{name}\")")), "{name}");
        named(name);
    }
}
