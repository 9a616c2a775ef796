//! Useful queries: one file each in `analytics/` at the top of the repository, written for PostgreSQL.

/// A query.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// The name of its file.
    pub file: &'static str,
    content: &'static str,
}

/// The beginning of a query that SQLite cannot run.
const NOT_PORTABLE: &str = "-- PostgreSQL only: ";

impl Query {
    /// The first line of its comment.
    pub fn title(&self) -> &'static str {
        self.content.lines().next().map(|line| line.trim_start_matches("-- ")).unwrap_or_default()
    }

    /// The rest of its comment: what it answers.
    pub fn sentence(&self) -> String {
        let lines = self.content.lines().skip(1);
        let lines = lines.take_while(|line| line.starts_with("--") && !line.starts_with(NOT_PORTABLE));
        lines.map(|line| line.trim_start_matches("-- ")).collect::<Vec<_>>().join(" ")
    }

    /// Why SQLite cannot run it, if so.
    pub fn only_postgres(&self) -> Option<&'static str> {
        let reason = self.content.lines().find_map(|line| line.strip_prefix(NOT_PORTABLE));
        reason.map(|reason| reason.trim_end_matches('.'))
    }

    /// As PostgreSQL takes it, without its comment.
    pub fn sql(&self) -> String {
        let lines = self.content.lines().skip_while(|line| line.starts_with("--"));
        lines.collect::<Vec<_>>().join("\n").trim_end_matches(';').to_owned()
    }

    /// As SQLite takes it, if it does.
    pub fn sqlite(&self) -> Option<String> {
        self.only_postgres().is_none().then(|| self.sql().replace("analytics.", "analytics_"))
    }
}

macro_rules! queries {
    ($($file:literal),* $(,)?) => {
        &[$(Query { file: $file, content: include_str!(concat!("../../../analytics/", $file)) }),*]
    };
}

/// All of them, in the order of the page.
pub const QUERIES: &[Query] = queries![
    "waits_by_hour.sql",
    "abandonment_per_day.sql",
    "service_level.sql",
    "how_requests_end.sql",
    "longest_conversations.sql",
    "visitors_who_came_back.sql",
    "transfers_who_to_whom.sql",
    "occupancy_per_operator.sql",
    "time_in_status.sql",
    "messages_per_operator.sql",
    "ratings_per_operator.sql",
];
