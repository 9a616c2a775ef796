//! The page that documents the views: `ANALYTICS.md` at the top of the repository.

use std::fmt::Write as _;

use super::catalogue::View;
use super::queries::QUERIES;
use super::views::VIEWS;
use crate::projection::Kind;

/// The page, generated from the catalogue.
pub fn page() -> String {
    let mut page = String::from(include_str!("introduction.md"));
    page.push_str("\n## Queries\n\n| view | one row is | text of visitors |\n|---|---|---|\n");
    for View { name, comment, personal, .. } in VIEWS {
        let personal = if *personal { "yes" } else { "" };
        let first =
            comment.split_inclusive(['.', ':']).next().unwrap_or(comment).trim_end_matches(['.', ':']);
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| [`{name}`](#{name}) | {first} | {personal} |");
    }
    for view in VIEWS {
        let _ =
            write!(page, "\n### {}\n\n{}\n\n| column | type | |\n|---|---|---|\n", view.name, view.comment);
        for column in view.columns {
            let _ = writeln!(page, "| `{}` | {} | {} |", column.name, word(column.kind), column.comment);
        }
    }
    page.push_str(
        "\n## Queries\n\nThey are files in [`analytics/`](analytics), to begin with and to change: a period is one \
         more condition (`requested_at >= '2027-01-01'`). On SQLite, write `analytics_` for `analytics.`.\n",
    );
    for query in QUERIES {
        let only =
            query.only_postgres().map_or_else(String::new, |reason| format!(" PostgreSQL only: {reason}."));
        let (title, sentence, file) = (query.title(), query.sentence(), query.file);
        let _ = write!(page, "\n### {title}\n\n{sentence}{only} ([`{file}`](analytics/{file}))\n\n");
        let _ = writeln!(page, "```sql\n{};\n```", query.sql());
    }
    page
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "integer",
        Kind::Time => "time",
        Kind::Flag => "flag",
        Kind::Json => "JSON",
    }
}
