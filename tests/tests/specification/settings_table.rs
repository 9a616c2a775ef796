//! `SETTINGS.md` is true: every key of every section is in it once at least, and every file and every test
//! that it names is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use domain::settings::{SectionName, Settings};
use projections::settings::content;

const TABLE: &str = include_str!("../../../SETTINGS.md");

struct Row {
    option: &'static str,
    key: &'static str,
    rule: &'static str,
    test: &'static str,
}

fn rows() -> Vec<Row> {
    let cells = |line: &'static str| line.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>();
    TABLE
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| option"))
        .map(|line| match cells(line)[..] {
            [option, key, rule, test] => Row {
                option,
                key: key.trim_matches('`'),
                rule: rule.trim_matches('`'),
                test: test.trim_matches('`'),
            },
            _ => panic!("not a row of four: {line}"),
        })
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The keys of the settings: those of each section that is an object, else the section itself.
fn keys() -> BTreeSet<String> {
    let of = |name: &SectionName| {
        let content = content(&Settings::default().section(*name));
        let fields: Vec<String> =
            content.as_object().into_iter().flat_map(|fields| fields.keys().cloned()).collect();
        if fields.is_empty() {
            vec![name.to_string()]
        } else {
            fields.into_iter().map(|key| format!("{name}.{key}")).collect()
        }
    };
    SectionName::ALL.iter().flat_map(of).collect()
}

#[test]
fn every_key_of_the_settings_has_its_row_and_no_row_invents_one() {
    let told: BTreeSet<String> =
        rows().iter().map(|row| row.key.to_owned()).filter(|key| !key.contains(' ')).collect();
    assert_eq!(told, keys());
}

#[test]
fn every_file_that_a_row_names_is_there() {
    for Row { option, rule, .. } in rows() {
        assert!(root().join(rule).is_file(), "{option}: there is no {rule}");
    }
}

#[test]
fn every_test_that_a_row_names_is_there() {
    for Row { option, test, .. } in rows() {
        let (module, name) = test.rsplit_once("::").unwrap();
        let path = Path::new(&module.replace("::", "/")).with_extension("rs");
        let folders = ["domain/tests", "projections/tests", "tests/tests/specification"];
        let sources = folders.map(|folder| root().join(folder).join(&path));
        let declares = |source: &PathBuf| {
            std::fs::read_to_string(source).is_ok_and(|source| source.contains(&format!("fn {name}(")))
        };
        assert!(sources.iter().any(declares), "{option}: there is no {test}");
    }
}
