//! No circles: when a file of a crate imports another, that one must not lead back to it.
//!
//! An arrow leads from a file to the file that *defines* what it names; a re-export alone makes none.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{code, tokens};
use super::{crates, files, read, report};

/// How many files of a crate stand in circles still. The numbers may only shrink; a crate that is not here has none.
const IN_CIRCLES: &[(&str, usize)] = &[];

#[test]
fn files_of_a_crate_import_each_other_in_one_direction() {
    let mut findings = vec![];
    for name in crates() {
        let krate = Crate::read(&format!("{name}/src"));
        let circles = krate.circles();
        let count: usize = circles.iter().map(BTreeSet::len).sum();
        let known = IN_CIRCLES.iter().find(|(known, _)| *known == name).map_or(0, |(_, count)| *count);
        if count > known {
            findings.push(format!("{name}: {count} files stand in circles, {known} are known"));
            findings.extend(circles.iter().map(|circle| krate.describe(circle)));
        } else if count < known {
            findings.push(format!(
                "{name}: only {count} files stand in circles: lower the {known} in IN_CIRCLES"
            ));
        }
    }
    report(&findings);
}

/// A module: its path from the root of the crate, without the file's ending.
type Path = Vec<String>;

#[derive(Default)]
struct Module {
    file: String,
    /// What it imports or re-exports, by the name it has here.
    names: BTreeMap<String, Path>,
    /// Modules of which it imports everything.
    globs: Vec<Path>,
    /// What it defines.
    defined: BTreeSet<String>,
    /// Every path that its code follows.
    used: Vec<Path>,
}

struct Crate {
    modules: BTreeMap<Path, Module>,
}

impl Crate {
    fn read(folder: &str) -> Self {
        let sources = files(folder, &["rs"]).into_iter().map(|file| {
            let source = read(&file);
            (file, source)
        });
        Self::of(folder, sources)
    }

    fn of(folder: &str, sources: impl Iterator<Item = (String, String)>) -> Self {
        let sources: Vec<_> = sources.collect();
        let library = sources.iter().any(|(file, _)| *file == format!("{folder}/lib.rs"));
        let mut modules = BTreeMap::new();
        for (file, source) in sources {
            let path = file.trim_start_matches(folder).trim_start_matches('/').trim_end_matches(".rs");
            let mut path: Path = path.split('/').map(str::to_owned).collect();
            match path.last().map(String::as_str) {
                Some("mod" | "lib") => drop(path.pop()),
                // Beside a library, the program is another crate.
                Some("main") if path.len() == 1 && library => continue,
                Some("main") if path.len() == 1 => path.clear(),
                _ => {}
            }
            modules.insert(path, Module::read(file, &code(&source)));
        }
        Self { modules }
    }

    /// The module that defines what a path names, seen from a module.
    fn definition(&self, from: &Path, path: &[String], hops: usize) -> Option<Path> {
        if hops > 16 {
            return None;
        }
        let mut at = from.clone();
        let mut rest = &path[1..];
        match path[0].as_str() {
            "crate" => at.clear(),
            "self" => {}
            "super" => drop(at.pop()),
            name if self.child(&at, name).is_some() || self.modules[from].names.contains_key(name) => {
                rest = path;
            }
            // Another crate.
            _ => return None,
        }
        while let Some(name) = rest.first() {
            let module = self.modules.get(&at)?;
            if name == "super" {
                at.pop();
            } else if let Some(child) = self.child(&at, name) {
                at = child;
            } else if let Some(alias) = module.names.get(name) {
                let path: Path = alias.iter().chain(&rest[1..]).cloned().collect();
                return self.definition(&at, &path, hops + 1);
            } else if module.defined.contains(name) {
                return Some(at);
            } else {
                let through = |glob: &Path| {
                    let path: Path = glob.iter().chain(rest).cloned().collect();
                    self.definition(&at, &path, hops + 1)
                };
                return module.globs.iter().find_map(through).or(Some(at));
            }
            rest = &rest[1..];
        }
        Some(at)
    }

    fn child(&self, of: &Path, name: &str) -> Option<Path> {
        let path: Path = of.iter().cloned().chain([name.to_owned()]).collect();
        self.modules.contains_key(&path).then_some(path)
    }

    /// From each module to those that it needs.
    fn arrows(&self) -> BTreeMap<&Path, BTreeSet<Path>> {
        let of = |path: &Path, module: &Module| {
            let targets = module.used.iter().filter_map(|used| self.definition(path, used, 0));
            targets.filter(|target| target != path && self.modules.contains_key(target)).collect()
        };
        self.modules.iter().map(|(path, module)| (path, of(path, module))).collect()
    }

    /// Each set of files that all lead to each other.
    fn circles(&self) -> Vec<BTreeSet<Path>> {
        let arrows = self.arrows();
        let reached = |from: &Path| {
            let mut seen = BTreeSet::new();
            let mut open = vec![from];
            while let Some(path) = open.pop() {
                for next in &arrows[path] {
                    if seen.insert(next) {
                        open.push(next);
                    }
                }
            }
            seen
        };
        let reached: BTreeMap<&Path, BTreeSet<&Path>> =
            self.modules.keys().map(|path| (path, reached(path))).collect();
        let mut circles = BTreeSet::new();
        for (path, targets) in &reached {
            if targets.contains(path) {
                circles.insert(
                    targets
                        .iter()
                        .filter(|target| reached[**target].contains(path))
                        .map(|path| (*path).clone())
                        .collect(),
                );
            }
        }
        circles.into_iter().collect()
    }

    /// Its arrows; of a large circle only the pairs that import each other, where to begin.
    fn describe(&self, circle: &BTreeSet<Path>) -> String {
        let arrows = self.arrows();
        let file = |path: &Path| self.modules[path].file.clone();
        let large = circle.len() > 8;
        let mut lines =
            vec![format!("  a circle of {}{}:", circle.len(), if large { ", with these pairs" } else { "" })];
        for from in circle {
            let targets = arrows[from].iter().filter(|to| circle.contains(*to));
            let targets: Vec<_> =
                targets.filter(|to| !large || arrows[to].contains(from)).map(file).collect();
            if !targets.is_empty() {
                lines.push(format!("    {} -> {}", file(from), targets.join(", ")));
            }
        }
        lines.join("\n")
    }
}

impl Module {
    fn read(file: String, code: &str) -> Self {
        let mut module = Self { file, ..Self::default() };
        let tokens = tokens(code);
        let mut reexports = vec![];
        let mut words = BTreeSet::new();
        let mut index = 0;
        while index < tokens.len() {
            match tokens[index] {
                "use" => {
                    let exported = index > 0 && matches!(tokens[index - 1], "pub" | ")");
                    let end = tokens[index..]
                        .iter()
                        .position(|token| *token == ";")
                        .map_or(tokens.len(), |end| index + end);
                    let mut leaves = vec![];
                    tree(&tokens[index + 1..end], &mut vec![], &mut leaves);
                    for (name, path) in leaves {
                        if let Some(name) = &name {
                            module.names.insert(name.clone(), path.clone());
                        } else {
                            module.globs.push(path.clone());
                        }
                        match name {
                            Some(name) if exported => reexports.push((name, path)),
                            None if exported => {}
                            _ => module.used.push(path),
                        }
                    }
                    index = end;
                }
                "struct" | "enum" | "trait" | "type" | "fn" | "const" | "static" | "macro_rules" => {
                    let name =
                        tokens[index + 1..].iter().find(|token| !matches!(**token, "!" | "fn" | "mut"));
                    module.defined.extend(name.map(|name| (*name).to_owned()));
                }
                word if word.starts_with(|c: char| c.is_alphabetic())
                    && tokens.get(index + 1) == Some(&"::") =>
                {
                    words.insert(word);
                    let mut path = vec![word.to_owned()];
                    while tokens.get(index + 1) == Some(&"::")
                        && tokens
                            .get(index + 2)
                            .is_some_and(|next| next.starts_with(|c: char| c.is_alphabetic() || c == '_'))
                    {
                        path.push(tokens[index + 2].to_owned());
                        index += 2;
                    }
                    module.used.push(path);
                }
                word => drop(words.insert(word)),
            }
            index += 1;
        }
        // A re-export is an arrow only where the file itself uses what it re-exports.
        module.used.extend(
            reexports.into_iter().filter(|(name, _)| words.contains(name.as_str())).map(|(_, path)| path),
        );
        module
    }
}

/// The leaves of a `use` tree: the name that each has here (none for `*`), and its path.
fn tree(tokens: &[&str], prefix: &mut Path, leaves: &mut Vec<(Option<String>, Path)>) {
    let mut start = 0;
    let mut depth = 0_usize;
    for index in 0..=tokens.len() {
        match tokens.get(index) {
            Some(&"{") => depth += 1,
            Some(&"}") => depth -= 1,
            Some(&",") | None if depth == 0 => {
                branch(&tokens[start..index], prefix, leaves);
                start = index + 1;
            }
            _ => {}
        }
    }
}

fn branch(tokens: &[&str], prefix: &mut Path, leaves: &mut Vec<(Option<String>, Path)>) {
    let depth = prefix.len();
    let mut rest = tokens;
    loop {
        match rest {
            [] => break,
            ["{", inner @ .., "}"] => {
                tree(inner, prefix, leaves);
                break;
            }
            ["*"] => {
                leaves.push((None, prefix.clone()));
                break;
            }
            ["self", after @ ..] if !prefix.is_empty() => {
                leaves.push((Some(name_of(after, prefix.last().unwrap())), prefix.clone()));
                break;
            }
            [name, "::", after @ ..] => {
                prefix.push((*name).to_owned());
                rest = after;
            }
            ["::", after @ ..] => rest = after,
            [name, after @ ..] => {
                prefix.push((*name).to_owned());
                leaves.push((Some(name_of(after, name)), prefix.clone()));
                break;
            }
        }
    }
    prefix.truncate(depth);
}

fn name_of(after: &[&str], name: &str) -> String {
    match after {
        ["as", other] => (*other).to_owned(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
fn circles_of(sources: &[(&str, &str)]) -> Vec<Vec<String>> {
    let sources = sources.iter().map(|(file, source)| (format!("src/{file}"), (*source).to_owned()));
    let circles = Crate::of("src", sources).circles();
    circles.iter().map(|circle| circle.iter().map(|path| path.join("::")).collect()).collect()
}

#[test]
fn a_circle_is_found_through_groups_aliases_and_paths_in_the_code() {
    let sources = [
        ("lib.rs", "mod a; mod b; mod c; pub use a::A;"),
        ("a.rs", "use crate::{b::{self, B as Other}, std};\npub struct A;"),
        ("b.rs", "pub struct B;\nfn f() { crate::c::g() }"),
        ("c.rs", "use crate::A;\npub fn g() {}"),
    ];
    assert_eq!(circles_of(&sources), [["a", "b", "c"]]);
}

#[test]
fn a_re_export_and_a_test_make_no_circle() {
    let sources = [
        ("lib.rs", "mod a;"),
        ("a/mod.rs", "mod b; pub use b::B; pub struct A;"),
        ("a/b.rs", "use super::A; pub struct B;\n#[cfg(test)]\nmod tests { use crate::a::b::B; }"),
    ];
    assert_eq!(circles_of(&sources), Vec::<Vec<String>>::new());
}
