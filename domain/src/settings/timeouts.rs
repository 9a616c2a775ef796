//! Timeouts (spec.md §Timeouts): the clocks of a conversation. `0` means off.
//!
//! A clock that runs keeps the deadline it was given when this section changes; new ones use the new
//! value. What each clock does is in the file of its rule: `conversation/inactivity.rs`,
//! `follow_up.rs`, `search_notice.rs`, `hold.rs`, `auto_transfer/`, `unanswered.rs`, `operator/lose_connection.rs`,
//! `survey/`, and `conversation/request.rs` for `queue_closing`.

use std::ops::RangeInclusive;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::stored::Stored;
use crate::bilingual::{Bilingual, both};
use crate::field::Check;

/// A day: beyond it a "conversation" is a ticket.
const MINUTES: RangeInclusive<i64> = 0..=1_440;
/// An hour: a setting in seconds is meant to be short.
const SECS: RangeInclusive<i64> = 0..=3_600;
/// A week, for surveys are answered later than messages.
const PENDING_SURVEY_MINUTES: RangeInclusive<i64> = 0..=10_080;

/// The timeouts section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// Minutes of silence of the visitor, after the operator's last message, that end the livechat:
    /// 0 to 1,440, 10 by default; 0 = off.
    pub visitor_inactivity: i64,
    /// Seconds before that end at which the operator and the visitor are warned: 0 to 3,600, 60 by
    /// default; 0 = off. Shorter than `visitor_inactivity`.
    pub timeout_reminder: i64,
    /// Minutes without a reply to the operator's last message after which the visitor gets the phrase
    /// `follow_up`, once per silence: 0 to 1,440, 3 by default; 0 = off. Shorter than `visitor_inactivity`.
    pub follow_up: i64,
    /// Minutes after which a visitor who waits for an operator in the status `searching` gets the phrase
    /// `still_searching`, and again after each such interval: 0 to 1,440, 2 by default; 0 = off.
    pub search_notice: i64,
    /// Minutes after which a visitor on hold gets the phrase `on_hold` again, and so on as long as that lasts: 0 to
    /// 1,440, 2 by default; 0 = only once, when the conversation is put on hold.
    pub hold_phrase: i64,
    /// Seconds of inactivity of the operator (not picked up, or a message unanswered) after which the
    /// conversation goes to another: 0 to 3,600, 90 by default; 0 = off.
    pub auto_transfer: i64,
    /// Whether the visitor is informed of a transfer by rule: yes by default.
    pub auto_transfer_notice: bool,
    /// Seconds after which an operator whose connection is lost counts as disconnected and the visitor is notified: 0
    /// to 3,600, 30 by default; 0 = the visitor is never notified.
    pub disconnect_notice: i64,
    /// Minutes after the request at which a conversation that nobody picked up is released with the
    /// phrase `no_operator`: 0 to 1,440, 0 by default; 0 = off.
    pub unanswered: i64,
    /// Minutes after the end during which a survey waits for the visitor's answer: 0 to 10,080, 30 by
    /// default; 0 = until closed by hand.
    pub pending_survey: i64,
    /// Minutes before closing time from which nobody new enters the queue: 0 to 1,440, 10 by default;
    /// 0 = off.
    pub queue_closing: i64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            visitor_inactivity: 10,
            timeout_reminder: 60,
            follow_up: 3,
            search_notice: 2,
            hold_phrase: 2,
            auto_transfer: 90,
            auto_transfer_notice: true,
            disconnect_notice: 30,
            unanswered: 0,
            pending_survey: 30,
            queue_closing: 10,
        }
    }
}

impl Stored for Timeouts {
    // 1.0 had `visitor_inactivity` and `timeout_reminder` only, and 1.1 no `hold_phrase`.
    fn version(&self) -> &'static str {
        "1.2"
    }
}

impl Timeouts {
    /// Every timer switched off.
    pub const OFF: Self = Self {
        visitor_inactivity: 0,
        timeout_reminder: 0,
        follow_up: 0,
        search_notice: 0,
        hold_phrase: 0,
        auto_transfer: 0,
        auto_transfer_notice: true,
        disconnect_notice: 0,
        unanswered: 0,
        pending_survey: 0,
        queue_closing: 0,
    };

    pub(super) fn check(&self, check: &mut Check) {
        const MINUTES_OFF: Bilingual = both("minutes (0 = off)", "minutes (0 = désactivé)");
        const MINUTES_ONCE: Bilingual = both("minutes (0 = only once)", "minutes (0 = une seule fois)");
        const SECS_OFF: Bilingual = both("seconds (0 = off)", "secondes (0 = désactivé)");
        check.range("visitor_inactivity", &self.visitor_inactivity, &MINUTES, MINUTES_OFF);
        check.range("timeout_reminder", &self.timeout_reminder, &SECS, SECS_OFF);
        check.range("follow_up", &self.follow_up, &MINUTES, MINUTES_OFF);
        check.range("search_notice", &self.search_notice, &MINUTES, MINUTES_OFF);
        check.range("hold_phrase", &self.hold_phrase, &MINUTES, MINUTES_ONCE);
        check.range("auto_transfer", &self.auto_transfer, &SECS, SECS_OFF);
        check.range("disconnect_notice", &self.disconnect_notice, &SECS, SECS_OFF);
        check.range("unanswered", &self.unanswered, &MINUTES, MINUTES_OFF);
        check.range(
            "pending_survey",
            &self.pending_survey,
            &PENDING_SURVEY_MINUTES,
            both("minutes (0 = until closed by hand)", "minutes (0 = jusqu’à fermeture manuelle)"),
        );
        check.range("queue_closing", &self.queue_closing, &MINUTES, MINUTES_OFF);
        // With the timeout off there is nothing to be shorter than, and the reminder never runs.
        if self.visitor_inactivity > 0 {
            check.must(
                self.timeout_reminder < self.visitor_inactivity.saturating_mul(60),
                "timeout_reminder",
                both("shorter than visitor_inactivity", "plus court que visitor_inactivity"),
            );
            check.must(
                self.follow_up < self.visitor_inactivity,
                "follow_up",
                both(
                    "shorter than visitor_inactivity, or it is never said (0 = off)",
                    "plus court que visitor_inactivity, sinon elle n’est jamais dite (0 = désactivé)",
                ),
            );
        }
    }

    /// How long the visitor may be silent; `None` when off.
    pub fn inactivity(&self) -> Option<TimeDelta> {
        minutes(self.visitor_inactivity)
    }

    /// How long before the end by inactivity the reminder comes; `None` when off.
    pub fn reminder(&self) -> Option<TimeDelta> {
        secs(self.timeout_reminder)
    }

    /// How long the visitor may leave the operator's last message without a reply; `None` when off.
    pub fn follow_up(&self) -> Option<TimeDelta> {
        minutes(self.follow_up)
    }

    /// How often a visitor gets the search phrase again; `None` when off.
    pub fn search_notice(&self) -> Option<TimeDelta> {
        minutes(self.search_notice)
    }

    /// How often a visitor on hold gets the phrase again; `None` when only once.
    pub fn hold_phrase(&self) -> Option<TimeDelta> {
        minutes(self.hold_phrase)
    }

    /// How long an operator may be inactive; `None` when off.
    pub fn auto_transfer(&self) -> Option<TimeDelta> {
        secs(self.auto_transfer)
    }

    /// How long a lost desk may be away before the visitor is notified; `None` when never.
    pub fn disconnect_notice(&self) -> Option<TimeDelta> {
        secs(self.disconnect_notice)
    }

    /// How long a request may stay without being picked up; `None` when off.
    pub fn unanswered(&self) -> Option<TimeDelta> {
        minutes(self.unanswered)
    }

    /// How long a survey waits for the visitor after the end; `None` when until closed by hand.
    pub fn pending_survey(&self) -> Option<TimeDelta> {
        minutes(self.pending_survey)
    }

    /// How long before closing time the queue closes; `None` when off.
    pub fn queue_closing(&self) -> Option<TimeDelta> {
        minutes(self.queue_closing)
    }
}

fn minutes(count: i64) -> Option<TimeDelta> {
    (count > 0).then(|| TimeDelta::minutes(count))
}

fn secs(count: i64) -> Option<TimeDelta> {
    (count > 0).then(|| TimeDelta::seconds(count))
}
