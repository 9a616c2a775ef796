//! Rust source, read roughly: what is code, what is a comment, what is a test.

/// The code of a file, line for line: comments are gone, what stands in quotes is blackened, and items under
/// `#[cfg(test)]` are gone.
pub(super) fn code(source: &str) -> String {
    without_tests(&without_comments(source))
}

fn without_comments(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = quoted(rest, &out) {
            out.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { '"' }));
            rest = &rest[length..];
            continue;
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        out.extend(rest[..length].chars().filter(|c| *c == '\n'));
        rest = &rest[length..];
    }
    out
}

/// The length of the string or character literal that begins here, if one does.
fn quoted(rest: &str, before: &str) -> Option<usize> {
    let inside_word = before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with('r') && !inside_word {
        let hashes = rest[1..].bytes().take_while(|byte| *byte == b'#').count();
        if rest[1 + hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let begin = 2 + hashes;
            return Some(rest[begin..].find(&end).map_or(rest.len(), |found| begin + found + end.len()));
        }
    }
    if rest.starts_with('"') {
        return Some(closing(rest, '"').unwrap_or(rest.len()));
    }
    // `'a'` and `'\n'` are characters, `'a` is a lifetime.
    let mut characters = rest.strip_prefix('\'')?.chars();
    let first = characters.next()?;
    (first == '\\' || characters.next() == Some('\'')).then(|| closing(rest, '\'').unwrap_or(rest.len()))
}

fn closing(rest: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (index, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(index + c.len_utf8()),
            _ => {}
        }
    }
    None
}

fn without_tests(code: &str) -> String {
    const TEST: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(TEST) {
        out.push_str(&rest[..start]);
        rest = &rest[start + TEST.len()..];
        let mut depth = 0_usize;
        let end = rest.char_indices().find_map(|(index, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            (depth == 0 && matches!(c, ';' | '}')).then_some(index + 1)
        });
        rest = &rest[end.unwrap_or(rest.len())..];
    }
    out.push_str(rest);
    out
}

/// Words and single marks; `::` is one mark.
pub(super) fn tokens(code: &str) -> Vec<&str> {
    let mut found = vec![];
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = match word {
            0 if rest.starts_with("::") => 2,
            0 => first.len_utf8(),
            length => length,
        };
        found.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    found
}

#[test]
fn comments_quotes_and_tests_are_no_code() {
    let source = "fn a<'x>() { // crate::b\n \"crate::c\"; r#\"\"d\"\"#; '\"'; crate::e }\n#[cfg(test)]\nmod t { fn f() {} }";
    let code = code(source);
    assert!(code.contains("crate::e") && code.contains("fn a<'x>"), "{code}");
    assert!(!code.contains("crate::b") && !code.contains("crate::c") && !code.contains("mod t"), "{code}");
}
