//! How a term is looked for in the rows of both databases. Its meaning is defined in [`crate::text_search`].

use crate::text_search::Term;
use domain::LivechatId;

use crate::database::Statement;

/// A term as a condition on rows.
pub(crate) trait TermInRows {
    /// Adds: it is said in the line `l`.
    fn is_in_line(&self, statement: &mut Statement);

    /// Adds: it is said in the conversation.
    fn is_said(&self, statement: &mut Statement);

    /// Adds a query for `what` of every line `l` in which it is said, by the full-text index.
    fn matches(&self, statement: &mut Statement, what: &str, livechat: &LivechatId);
}

impl TermInRows for Term {
    fn is_in_line(&self, statement: &mut Statement) {
        const LINE: &str = "' ' || l.stems || ' '";
        match self {
            Term::Word(stem) => statement.contains(LINE, &format!(" {stem} ")),
            Term::Prefix { begins, stem } => {
                statement.push_sql("(");
                statement.contains(LINE, &format!(" {begins}"));
                statement.push_sql(" OR ");
                statement.contains(LINE, &format!(" {stem} "));
                statement.push_sql(")");
            }
            Term::Phrase { stems, open } => {
                let end = if *open { "" } else { " " };
                statement.contains(LINE, &format!(" {}{end}", stems.join(" ")));
            }
        }
    }

    fn is_said(&self, statement: &mut Statement) {
        statement.push_sql(
            "EXISTS (SELECT 1 FROM search_lines AS l WHERE l.livechat = conversations.livechat \
             AND l.conversation = conversations.conversation AND ",
        );
        self.is_in_line(statement);
        statement.push_sql(")");
    }

    fn matches(&self, statement: &mut Statement, what: &str, livechat: &LivechatId) {
        statement.push_sql(&format!("SELECT {what} FROM "));
        statement.dialect(
            "search_index CROSS JOIN search_lines AS l ON l.id = search_index.rowid WHERE search_index MATCH ",
            "search_lines AS l WHERE search_words(l.livechat, l.stems) @@ ",
        );
        statement.dialect_text(&for_sqlite(self, livechat), &for_postgres(self, livechat));
        statement.dialect("", "::tsquery");
        statement.push_sql(" AND l.livechat = ");
        statement.text(livechat);
        if let Term::Phrase { .. } = self {
            statement.push_sql(" AND ");
            self.is_in_line(statement);
        }
    }
}

/// In the language of FTS5. The index has each stem with its livechat before it.
fn for_sqlite(term: &Term, livechat: &LivechatId) -> String {
    match term {
        Term::Word(stem) => format!("\"{livechat}/{stem}\""),
        Term::Prefix { begins, stem } => format!("\"{livechat}/{begins}\" * OR \"{livechat}/{stem}\""),
        Term::Phrase { stems, open } => {
            let all: Vec<String> = stems.iter().map(|stem| format!("\"{livechat}/{stem}\"")).collect();
            all.join(" AND ") + if *open { " *" } else { "" }
        }
    }
}

/// In the language of `tsquery`.
fn for_postgres(term: &Term, livechat: &LivechatId) -> String {
    match term {
        Term::Word(stem) => format!("'{livechat}/{stem}'"),
        Term::Prefix { begins, stem } => format!("'{livechat}/{begins}':* | '{livechat}/{stem}'"),
        Term::Phrase { stems, open } => {
            let all: Vec<String> = stems.iter().map(|stem| format!("'{livechat}/{stem}'")).collect();
            all.join(" & ") + if *open { ":*" } else { "" }
        }
    }
}
