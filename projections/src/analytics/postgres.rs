//! The statements that create the views on PostgreSQL: names are those of the schema that the transaction has in its
//! search path.

use std::fmt::Write as _;

use super::catalogue::View;
use super::definition::{self, name, quoted, select};
use super::roles::{GRANTS, ROLE, ROLE_TEXT};
use super::views::VIEWS;
use crate::database::Dialect;

/// The version of the views.
pub(super) fn version() -> String {
    definition::version(&(before() + &views() + &after()))
}

/// Two servers that start together create the views one after the other: "analytic" in ASCII.
pub(super) const LOCK: &str = "SELECT pg_advisory_xact_lock(7020113345164077411)";

/// The schema, and which role may read which livechat. The owner of the views may read all. Views of former names go.
pub(super) fn before() -> String {
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
pub(super) fn views() -> String {
    let mut sql = String::new();
    for view in VIEWS {
        let name = name(view, Dialect::Postgres);
        let restriction = restriction(view);
        let select = select(view, Dialect::Postgres, Some(&restriction));
        let _ = writeln!(sql, "CREATE OR REPLACE VIEW {name} WITH (security_barrier) AS\n{select};");
    }
    sql
}

/// Drops the views, so that others can be created that differ in more than new columns at the end.
pub(super) fn drop_views() -> String {
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

/// Comments, and the roles that may read.
pub(super) fn after() -> String {
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
