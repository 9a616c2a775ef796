//! The settings of a livechat, section by section (spec.md §Settings).
//!
//! A section is validated as a whole and replaced as a whole: a bad field names itself and nothing is
//! half applied. Numbers are read wide and checked after, so that the error for every value out of range names the
//! range. Changes take effect at once; timers already running keep the deadline they have. One file per section: that
//! file holds its keys, units, ranges, defaults and validation. A new section is one file and one line in the table
//! below.

pub mod behaviour;
pub mod canned_replies;
pub mod capacity;
pub mod desk;
pub mod figures;
pub mod knowledge;
pub mod opening_hours;
pub mod operator_survey;
pub mod origins;
pub mod phrases;
mod references;
pub mod skills;
pub mod statuses;
mod stored;
pub mod surveys;
pub mod timeouts;
pub mod visitor_card;
pub mod visitor_survey;

use std::fmt;

use serde::{Deserialize, Serialize};

use self::stored::Stored;
use crate::field::{Check, FieldError, Range};
use crate::text::Received;

pub use behaviour::Behaviour;
pub use canned_replies::CannedReplies;
pub use capacity::Capacity;
pub use desk::{Desk, DeskOption};
pub use figures::Figures;
pub use knowledge::Knowledge;
pub use opening_hours::OpeningHours;
pub use operator_survey::OperatorSurvey;
pub use origins::Origins;
pub use phrases::{Phrase, Phrases};
pub use skills::{Skill, Skills};
pub use statuses::{Status, Statuses};
pub use surveys::Surveys;
pub use timeouts::Timeouts;
pub use visitor_card::VisitorCard;
pub use visitor_survey::VisitorSurvey;

macro_rules! sections {
    ($($(#[doc = $doc:literal])+ $field:ident: $section:ident,)+) => {
        /// All settings in force.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        pub struct Settings {
            $($(#[doc = $doc])+ pub $field: $section,)+
        }

        /// One section with its new content.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Section {
            $($(#[doc = $doc])+ $section($section),)+
        }

        /// The name of a section, as in its URL.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum SectionName {
            $($(#[doc = $doc])+ $section,)+
        }

        impl SectionName {
            /// Every section, in the order of the settings page.
            pub const ALL: &'static [Self] = &[$(Self::$section,)+];

            /// Its name in URLs and events.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$section => stringify!($field),)+
                }
            }
        }

        impl Section {
            /// Which section this is.
            pub const fn name(&self) -> SectionName {
                match self {
                    $(Self::$section(_) => SectionName::$section,)+
                }
            }

            pub(crate) fn read_texts(&mut self, texts: &mut Received) {
                match self {
                    $(Self::$section(section) => section.read_texts(texts),)+
                }
            }

            /// The version of the stored form.
            pub(crate) fn version(&self) -> &'static str {
                match self {
                    $(Self::$section(section) => section.version(),)+
                }
            }

            /// Checks every field of the section.
            ///
            /// # Errors
            /// All wrong fields, each with what it allows.
            pub fn validate(&self) -> Result<(), Vec<FieldError>> {
                let mut check = Check::new();
                self.check(&mut check);
                check.finish()
            }

            /// The range and the unit of every number of the section that has one.
            pub fn ranges(&self) -> Vec<Range> {
                let mut check = Check::new();
                self.check(&mut check);
                check.ranges()
            }

            fn check(&self, check: &mut Check) {
                match self {
                    $(Self::$section(section) => section.check(check),)+
                }
            }
        }

        impl Settings {
            /// The content of one section.
            pub fn section(&self, name: SectionName) -> Section {
                match name {
                    $(SectionName::$section => Section::$section(self.$field.clone()),)+
                }
            }

            /// Replaces one section.
            pub fn replace(&mut self, section: Section) {
                match section {
                    $(Section::$section(section) => self.$field = section,)+
                }
            }
        }
    };
}

sections! {
    /// How many conversations at once, and how many may wait.
    capacity: Capacity,
    /// Clocks of a conversation.
    timeouts: Timeouts,
    /// What operators may do on their desk.
    desk: Desk,
    /// Optional statuses.
    statuses: Statuses,
    /// Which survey operators fill in, and how.
    operator_survey: OperatorSurvey,
    /// Which survey visitors get, and how.
    visitor_survey: VisitorSurvey,
    /// The surveys themselves.
    surveys: Surveys,
    /// Answers by redirection, ends, disconnections.
    behaviour: Behaviour,
    /// When the livechat is open.
    opening_hours: OpeningHours,
    /// Automatic sentences.
    phrases: Phrases,
    /// What operators see of a visitor.
    visitor_card: VisitorCard,
    /// Articles to answer from.
    knowledge: Knowledge,
    /// Ready-made answers.
    canned_replies: CannedReplies,
    /// Ordered skills.
    skills: Skills,
    /// What figures are measured against.
    figures: Figures,
    /// Web sites whose pages may call.
    origins: Origins,
}

impl fmt::Display for SectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A section of which every value that can be read is allowed.
trait Unconstrained {
    fn check(&self, _check: &mut Check) {}
}

/// A section in which nobody writes anything that people read.
trait Textless {
    fn read_texts(&mut self, _texts: &mut Received) {}
}

impl Stored for Capacity {}
impl Stored for CannedReplies {}
impl Stored for Desk {}
impl Stored for Knowledge {}
impl Stored for OpeningHours {}
impl Stored for Origins {}
impl Stored for Phrases {}
impl Stored for Statuses {}
impl Stored for Surveys {}
impl Stored for VisitorCard {}
impl Stored for VisitorSurvey {}
impl Textless for Behaviour {}
impl Textless for Capacity {}
impl Textless for Desk {}
impl Textless for Figures {}
impl Textless for OperatorSurvey {}
impl Textless for Origins {}
impl Textless for Statuses {}
impl Textless for Timeouts {}
impl Textless for VisitorSurvey {}
impl Unconstrained for Desk {}
impl Unconstrained for Statuses {}
impl Unconstrained for VisitorSurvey {}
