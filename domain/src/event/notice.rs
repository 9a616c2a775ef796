//! Notices to the visitor while the visitor or the operator is silent. They hold nothing personal.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::Timestamp;
use crate::bilingual::{Bilingual, both};

/// A notice to the visitor about a silence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", prefix = "conversation.", const_into_str)]
pub enum Notice {
    /// The visitor has not replied to the operator for a while: the follow-up phrase is due.
    FollowedUp,
    /// The operator is looking for information: the search phrase is due.
    SearchNoticed {
        /// When the next one comes, if this lasts; never, when the phrase was switched off meanwhile.
        #[serde(default, with = "crate::timestamp::optional")]
        again_at: Option<Timestamp>,
    },
    /// The visitor is on hold still: the phrase is due again.
    StillOnHold,
    /// The operator has begun to look for information, or has stopped: the visitor is shown which.
    OperatorSearches {
        /// Whether the operator is looking.
        searching: bool,
    },
    /// The visitor has been silent for a while and was warned.
    TimeoutAnnounced {
        /// When the livechat ends if the visitor stays silent.
        #[serde(with = "crate::timestamp")]
        ends_at: Timestamp,
    },
}

impl Notice {
    /// What was noticed, in the words of a transcript.
    pub const fn sentence(&self) -> Bilingual {
        match self {
            Self::FollowedUp => both("The visitor does not answer", "L’internaute ne répond pas"),
            Self::SearchNoticed { .. } => both("The search goes on", "La recherche dure encore"),
            Self::StillOnHold => both("Still on hold", "Toujours en attente"),
            Self::OperatorSearches { searching: true } => {
                both("The operator is looking for information", "Le conseiller recherche des informations")
            }
            Self::OperatorSearches { searching: false } => both(
                "The operator has stopped looking for information",
                "Le conseiller ne recherche plus d’informations",
            ),
            Self::TimeoutAnnounced { .. } => {
                both("The visitor is warned of the end", "L’internaute est prévenu de la fin du livechat")
            }
        }
    }

    #[expect(clippy::unused_self, reason = "every group is asked alike")]
    pub(super) const fn version(&self) -> &'static str {
        "1.0"
    }
}
