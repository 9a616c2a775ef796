//! The statements that make the views, from the catalogue.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::catalogue::{Column, Dialect, View};
use super::{GRANTS, ROLE, ROLE_TEXT, VIEWS};
use crate::projection::Kind;

/// The name of a view in a database.
pub(super) fn name(view: &View, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => format!("analytics.{}", view.name),
        Dialect::Sqlite => format!("analytics_{}", view.name),
    }
}

/// The version of the catalogue on a database: it changes when a statement does.
pub(super) fn version(dialect: Dialect) -> String {
    let statements = match dialect {
        Dialect::Postgres => postgres::before() + &postgres::views() + &postgres::after(),
        Dialect::Sqlite => sqlite::views(),
    };
    let mut version = String::new();
    for byte in &Sha256::digest(statements)[..8] {
        // Writing to a string cannot fail.
        let _ = write!(version, "{byte:02x}");
    }
    version
}

fn select(view: &View, dialect: Dialect, restriction: Option<&str>) -> String {
    let columns: Vec<String> = view.columns.iter().map(|column| selected(column, dialect)).collect();
    let only = view.only.map(|only| only.on(dialect));
    let conditions: Vec<&str> = only.as_deref().into_iter().chain(restriction).collect();
    let filter =
        if conditions.is_empty() { String::new() } else { format!("\nWHERE {}", conditions.join(" AND ")) };
    format!("SELECT {}\nFROM {}{filter}", columns.join(", "), view.source.on(dialect))
}

/// Names are quoted: other programs read a file of SQLite by their own grammar, in which `at` is a word.
fn selected(column: &Column, dialect: Dialect) -> String {
    match (column.expression(dialect), dialect) {
        (None, Dialect::Postgres) => column.name.to_owned(),
        (None, Dialect::Sqlite) => format!("\"{}\"", column.name),
        (Some(expression), Dialect::Postgres) => format!("{expression} AS {}", column.name),
        (Some(expression), Dialect::Sqlite) => format!("{expression} AS \"{}\"", column.name),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// On PostgreSQL: names are those of the schema that the transaction has in its search path.
pub(super) mod postgres {
    use super::*;

    /// Two servers that start together make the views one after the other: "analytic" in ASCII.
    pub(crate) const LOCK: &str = "SELECT pg_advisory_xact_lock(7020113345164077411)";

    /// The schema, and which role may read which livechat. The owner of the views may read all. Views of former names go.
    pub(crate) fn before() -> String {
        format!(
            "CREATE SCHEMA IF NOT EXISTS analytics;
CREATE TABLE IF NOT EXISTS {GRANTS} (
    role     text NOT NULL,
    livechat text NOT NULL,
    PRIMARY KEY (role, livechat)
);
COMMENT ON TABLE {GRANTS} IS 'Which role sees which livechat in the views; no row, no livechat.';
COMMENT ON COLUMN {GRANTS}.role IS 'A login, or a group role that logins are members of.';
COMMENT ON COLUMN {GRANTS}.livechat IS 'The identifier of a livechat; * for all, those to come included.';
INSERT INTO {GRANTS} VALUES (current_user, '*') ON CONFLICT DO NOTHING;
DROP VIEW IF EXISTS analytics.stays, analytics.open_stays;
"
        )
    }

    /// The views. A condition of a reader is not evaluated on rows of a livechat that is not theirs: hence the
    /// security barrier.
    pub(crate) fn views() -> String {
        let mut sql = String::new();
        for view in VIEWS {
            let name = name(view, Dialect::Postgres);
            let restriction = restriction(view);
            let select = select(view, Dialect::Postgres, Some(&restriction));
            let _ = writeln!(sql, "CREATE OR REPLACE VIEW {name} WITH (security_barrier) AS\n{select};");
        }
        sql
    }

    /// Takes the views away, so that others can be made that differ in more than new columns at the end.
    pub(crate) fn drop_views() -> String {
        let names: Vec<String> = VIEWS.iter().map(|view| name(view, Dialect::Postgres)).collect();
        format!("DROP VIEW IF EXISTS {}", names.join(", "))
    }

    fn restriction(view: &View) -> String {
        if view.name == "livechats" {
            format!(
                "EXISTS (SELECT FROM {GRANTS} AS granted JOIN pg_roles AS held ON held.rolname = granted.role
    WHERE granted.livechat IN (livechats.livechat, '*') AND pg_has_role(current_user, held.oid, 'USAGE'))"
            )
        } else {
            "livechat IN (SELECT mine.livechat FROM analytics.livechats AS mine)".to_owned()
        }
    }

    /// Comments, and who may read.
    pub(crate) fn after() -> String {
        let mut sql = String::new();
        let mut names = [vec![], vec![]];
        for view in VIEWS {
            let name = name(view, Dialect::Postgres);
            let _ = writeln!(sql, "COMMENT ON VIEW {name} IS {};", quoted(view.comment));
            for column in view.columns {
                let comment = quoted(column.comment);
                let _ = writeln!(sql, "COMMENT ON COLUMN {name}.{} IS {comment};", column.name);
            }
            names[usize::from(view.personal)].push(name);
        }
        let [plain, personal] = names.map(|names| names.join(", "));
        let _ = write!(
            sql,
            "DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['{ROLE}', '{ROLE_TEXT}'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION
                -- Another database of this cluster makes them at the same moment.
                WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
    END LOOP;
EXCEPTION
    WHEN insufficient_privilege THEN NULL;
END
$$;
DO $$
BEGIN
    REVOKE ALL ON SCHEMA analytics FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
        GRANT USAGE ON SCHEMA analytics TO {ROLE};
        GRANT SELECT ON {plain} TO {ROLE};
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE_TEXT}') THEN
        GRANT USAGE ON SCHEMA analytics TO {ROLE_TEXT};
        GRANT SELECT ON {plain}, {personal} TO {ROLE_TEXT};
    END IF;
END
$$;
"
        );
        sql
    }
}

/// On SQLite: names begin with `analytics_`, and comments are rows of a table.
pub(super) mod sqlite {
    use super::*;

    pub(crate) fn views() -> String {
        let mut sql = String::from(
            "DROP TABLE IF EXISTS analytics_columns;
CREATE TABLE analytics_columns (
    view    TEXT NOT NULL,
    \"column\" TEXT NOT NULL,
    type    TEXT NOT NULL,
    comment TEXT NOT NULL,
    PRIMARY KEY (view, \"column\")
) STRICT;
",
        );
        for view in VIEWS {
            let name = name(view, Dialect::Sqlite);
            let select = select(view, Dialect::Sqlite, None);
            let _ = writeln!(sql, "DROP VIEW IF EXISTS {name};\nCREATE VIEW {name} AS\n{select};");
            let view_row = (name.as_str(), "", "", view.comment);
            let columns = view
                .columns
                .iter()
                .map(|column| (name.as_str(), column.name, type_name(column.kind), column.comment));
            for (view, column, kind, comment) in [view_row].into_iter().chain(columns) {
                let values = [view, column, kind, comment].map(quoted).join(", ");
                let _ = writeln!(sql, "INSERT INTO analytics_columns VALUES ({values});");
            }
        }
        sql
    }

    const fn type_name(kind: Kind) -> &'static str {
        match kind {
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Time => "text (RFC 3339, UTC)",
            Kind::Flag => "integer (0 or 1)",
            Kind::Json => "text (JSON)",
        }
    }
}
