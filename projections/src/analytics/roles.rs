//! The roles that may read the views: names that PostgreSQL knows.

/// The role that may read every view without personal text, of the livechats that are granted.
pub const ROLE: &str = "pupitre_analyst";

/// The role that may read every view.
pub const ROLE_TEXT: &str = "pupitre_analyst_text";

/// The table that says which role sees which livechat.
pub(super) const GRANTS: &str = "analytics.grants";
