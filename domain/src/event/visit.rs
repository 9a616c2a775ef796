//! Where the visitor is on the web site.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use super::page::Page;
use super::page::Presence;

/// Where the visitor is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", prefix = "conversation.", const_into_str)]
pub enum Visit {
    /// The visitor has been away from the page for a while, is back, or has left the site.
    VisitorPresence {
        /// Where the visitor is now.
        presence: Presence,
    },
    /// The visitor has gone to another page of the site.
    PageChanged {
        /// Which one.
        page: Page,
    },
}

impl Visit {
    #[expect(clippy::unused_self, reason = "every group is asked alike")]
    pub(super) const fn version(&self) -> &'static str {
        "1.0"
    }
}
