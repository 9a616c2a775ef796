//! Every clock of a conversation, where it stands × who spoke last × the status of the operator × a
//! restart: which deadlines run, and from when.
//!
//! Every clock is on, with its own time: unanswered 30 minutes, automatic transfer 90 seconds, follow-up 3
//! minutes, search phrase 2 minutes, end after 10 minutes with the reminder 60 seconds before. The story is
//! in seconds: zoe asks at 0; words before a move fall at 5, the move at 10, words after it at 20.

use std::fmt;

use pupitre_domain::settings::Status;
use pupitre_domain::settings::Status::{Available, OnBreak, Searching};
use pupitre_domain::state::timers::TimerKind;
use pupitre_domain::{Fact, LivechatFact};

use crate::support::*;

/// Where the conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    /// In the queue since 0.
    Waiting,
    /// On alice's desk since 0, not picked up.
    Flashing,
    /// Picked up by alice at 10; on her desk since 0.
    PickedUp,
    /// Picked up by alice at 0, transferred to bob at 10, who has not picked up.
    Transferred,
    /// The same, and bob picks up at 15.
    TransferredAndPickedUp,
    /// Ignored by alice from 0, given to bob by rule at 90, who has not picked up.
    AutoTransferred,
    /// The same, and bob picks up at 95.
    AutoTransferredAndPickedUp,
    /// On alice's desk, not picked up, until she signs out at 10; in the queue since.
    BackUnheard,
    /// Picked up by alice at 0, who signs out at 10; in the queue since.
    Back,
    /// The same, and bob is given it at 15.
    BackAndAssigned,
}

/// Whose word is the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spoke {
    /// Nobody's.
    Nobody,
    /// The visitor's, before the move.
    VisitorBefore,
    /// The visitor's, after it.
    Visitor,
    /// The first operator's, before the move.
    OperatorBefore,
    /// The operator's, after it.
    Operator,
    /// A supervisor's in the operator's stead, after it.
    Supervisor,
    /// An article that the operator sent.
    Article,
    /// The phrase that Pupitre says at that turn.
    Phrase,
}

use Spoke::{Article, Nobody, Operator, OperatorBefore, Phrase, Supervisor, Visitor, VisitorBefore};
use Stands::{
    AutoTransferred, AutoTransferredAndPickedUp, Back, BackAndAssigned, BackUnheard, Flashing, PickedUp,
    Transferred, TransferredAndPickedUp, Waiting,
};

/// The clocks of the table, in its order. What runs on hold is in `hold.rs`.
const CLOCKS: [TimerKind; 6] = [
    TimerKind::Unanswered,
    TimerKind::AutoTransfer,
    TimerKind::FollowUp,
    TimerKind::SearchNotice,
    TimerKind::TimeoutReminder,
    TimerKind::VisitorInactivity,
];

/// Seconds since the request at which each clock falls due; `NO` = it does not run.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Due([Option<i64>; 6]);

const NO: Option<i64> = None;

#[expect(clippy::unnecessary_wraps, reason = "the table reads `at(90)` beside `NO`")]
const fn at(secs: i64) -> Option<i64> {
    Some(secs)
}

/// | stands | spoke last | `unanswered` | `auto_transfer` | `follow_up` | `search_notice` | reminder | end |
///
/// The column `search_notice` is for an operator in the status `searching`; in any other it never runs.
#[rustfmt::skip]
const TABLE: &[(Stands, Spoke, [Option<i64>; 6])] = &[
    (Waiting,                    Nobody,         [at(1_800), NO,      NO,      NO,      NO,      NO]),
    (Waiting,                    Visitor,        [at(1_800), NO,      NO,      NO,      NO,      NO]),
    (Waiting,                    Phrase,         [at(1_800), NO,      NO,      NO,      NO,      NO]),

    (Flashing,                   Nobody,         [at(1_800), at(90),  NO,      NO,      NO,      NO]),
    (Flashing,                   Visitor,        [at(1_800), at(90),  NO,      NO,      NO,      NO]),
    (Flashing,                   Supervisor,     [at(1_800), at(90),  at(200), NO,      at(560), at(620)]),

    (PickedUp,                   Nobody,         [NO,        NO,      NO,      NO,      NO,      NO]),
    (PickedUp,                   Phrase,         [NO,        NO,      NO,      NO,      NO,      NO]),
    (PickedUp,                   VisitorBefore,  [NO,        at(100), NO,      at(130), NO,      NO]),
    (PickedUp,                   Visitor,        [NO,        at(110), NO,      at(140), NO,      NO]),
    (PickedUp,                   Operator,       [NO,        NO,      at(200), NO,      at(560), at(620)]),
    (PickedUp,                   Supervisor,     [NO,        NO,      at(200), NO,      at(560), at(620)]),
    (PickedUp,                   Article,        [NO,        NO,      at(200), NO,      at(560), at(620)]),

    (Transferred,                Nobody,         [NO,        at(100), NO,      NO,      NO,      NO]),
    (Transferred,                Phrase,         [NO,        at(100), NO,      NO,      NO,      NO]),
    (Transferred,                VisitorBefore,  [NO,        at(100), NO,      NO,      NO,      NO]),
    (Transferred,                OperatorBefore, [NO,        at(100), NO,      NO,      NO,      NO]),
    (Transferred,                Visitor,        [NO,        at(100), NO,      NO,      NO,      NO]),
    (Transferred,                Supervisor,     [NO,        at(100), at(200), NO,      at(560), at(620)]),

    (TransferredAndPickedUp,     Nobody,         [NO,        NO,      NO,      NO,      NO,      NO]),
    (TransferredAndPickedUp,     Phrase,         [NO,        NO,      NO,      NO,      NO,      NO]),
    (TransferredAndPickedUp,     VisitorBefore,  [NO,        at(105), NO,      at(135), NO,      NO]),
    (TransferredAndPickedUp,     OperatorBefore, [NO,        NO,      NO,      NO,      NO,      NO]),
    (TransferredAndPickedUp,     Visitor,        [NO,        at(110), NO,      at(140), NO,      NO]),
    (TransferredAndPickedUp,     Operator,       [NO,        NO,      at(200), NO,      at(560), at(620)]),
    (TransferredAndPickedUp,     Supervisor,     [NO,        NO,      at(200), NO,      at(560), at(620)]),
    (TransferredAndPickedUp,     Article,        [NO,        NO,      at(200), NO,      at(560), at(620)]),

    (AutoTransferred,            Nobody,         [at(1_800), at(180), NO,      NO,      NO,      NO]),
    (AutoTransferred,            Phrase,         [at(1_800), at(180), NO,      NO,      NO,      NO]),
    (AutoTransferred,            VisitorBefore,  [at(1_800), at(180), NO,      NO,      NO,      NO]),
    (AutoTransferred,            Visitor,        [at(1_800), at(180), NO,      NO,      NO,      NO]),
    (AutoTransferred,            Supervisor,     [at(1_800), at(180), at(280), NO,      at(640), at(700)]),

    (AutoTransferredAndPickedUp, Nobody,         [NO,        NO,      NO,      NO,      NO,      NO]),
    (AutoTransferredAndPickedUp, VisitorBefore,  [NO,        at(185), NO,      at(215), NO,      NO]),
    (AutoTransferredAndPickedUp, Visitor,        [NO,        at(190), NO,      at(220), NO,      NO]),
    (AutoTransferredAndPickedUp, Operator,       [NO,        NO,      at(280), NO,      at(640), at(700)]),
    (AutoTransferredAndPickedUp, Supervisor,     [NO,        NO,      at(280), NO,      at(640), at(700)]),
    (AutoTransferredAndPickedUp, Article,        [NO,        NO,      at(280), NO,      at(640), at(700)]),

    (BackUnheard,                Nobody,         [at(1_800), NO,      NO,      NO,      NO,      NO]),
    (BackUnheard,                VisitorBefore,  [at(1_800), NO,      NO,      NO,      NO,      NO]),
    (BackUnheard,                Visitor,        [at(1_800), NO,      NO,      NO,      NO,      NO]),

    (Back,                       Nobody,         [NO,        NO,      NO,      NO,      NO,      NO]),
    (Back,                       Phrase,         [NO,        NO,      NO,      NO,      NO,      NO]),
    (Back,                       VisitorBefore,  [NO,        NO,      NO,      NO,      NO,      NO]),
    (Back,                       OperatorBefore, [NO,        NO,      NO,      NO,      NO,      NO]),
    (Back,                       Visitor,        [NO,        NO,      NO,      NO,      NO,      NO]),

    (BackAndAssigned,            Nobody,         [NO,        at(105), NO,      NO,      NO,      NO]),
    (BackAndAssigned,            VisitorBefore,  [NO,        at(105), NO,      NO,      NO,      NO]),
    (BackAndAssigned,            OperatorBefore, [NO,        at(105), NO,      NO,      NO,      NO]),
    (BackAndAssigned,            Visitor,        [NO,        at(105), NO,      NO,      NO,      NO]),
    (BackAndAssigned,            Supervisor,     [NO,        at(105), at(200), NO,      at(560), at(620)]),
];

const STATUSES: [Status; 3] = [Available, Searching, OnBreak];

/// The story up to the last word. Whoever has the conversation at the end is in this status from the move
/// on. Yann, where somebody has to be full, was picked up and no word was said: no clock of his runs.
fn story(stands: Stands, spoke: Spoke, status: Status) -> Scene {
    let new = if spoke == Phrase { given_with_phrases([]) } else { given([]) };
    let scene = new.past([change(all_clocks()), change(every_status()), change(an_article())]);
    let scene = scene.past([connected_with_capacity("alice", 1)]);
    let before = || match spoke {
        VisitorBefore => writes("zoe"),
        OperatorBefore => answers("alice", "zoe"),
        Nobody | Visitor | Operator | Supervisor | Article | Phrase => Step::All(vec![]),
    };
    let bob = || connected_with_capacity("bob", 1);
    let bob_is_full = || Step::All(vec![bob(), asks("yann"), picks_up("bob", "yann")]);
    let (scene, who) = match stands {
        Waiting => {
            let busy = [asks("yann"), picks_up("alice", "yann"), asks("zoe"), later(seconds(10))];
            (scene.past(busy), "alice")
        }
        Flashing => (scene.past([asks("zoe"), later(seconds(10))]), "alice"),
        PickedUp => {
            let moves = [asks("zoe"), later(seconds(5)), before(), later(seconds(5))];
            (scene.past(moves).past([takes("alice", status), picks_up("alice", "zoe")]), "alice")
        }
        Transferred | TransferredAndPickedUp => {
            let moves = [picks_up("alice", "zoe"), later(seconds(5)), before(), later(seconds(5))];
            let scene = scene.past([asks("zoe"), bob()]).past(moves);
            (scene.past([transfers("alice", "zoe", "bob")]), "bob")
        }
        AutoTransferred | AutoTransferredAndPickedUp => {
            let moves = [asks("zoe"), bob(), later(seconds(5)), before(), later(seconds(85))];
            (scene.past(moves), "bob")
        }
        BackUnheard | Back | BackAndAssigned => {
            let scene = scene.past([asks("zoe"), bob_is_full()]);
            let scene = if stands == BackUnheard { scene } else { scene.past([picks_up("alice", "zoe")]) };
            let moves = [later(seconds(5)), before(), later(seconds(5)), signs_out("alice")];
            (scene.past(moves), "bob")
        }
    };
    // Only who does not receive any more may take a break before being given the conversation.
    let scene = match stands {
        BackAndAssigned => scene.past([later(seconds(5)), ends("bob", "yann"), takes(who, status)]),
        Waiting | Flashing | Transferred | AutoTransferred | BackUnheard | Back => {
            scene.past([takes(who, status)])
        }
        PickedUp => scene,
        TransferredAndPickedUp | AutoTransferredAndPickedUp => {
            scene.past([takes(who, status), later(seconds(5)), picks_up(who, "zoe")])
        }
    };
    // The last words fall at 20, or at 100 after a transfer by rule.
    let words_at = match stands {
        AutoTransferred | AutoTransferredAndPickedUp => seconds(100),
        Waiting
        | Flashing
        | PickedUp
        | Transferred
        | TransferredAndPickedUp
        | BackUnheard
        | Back
        | BackAndAssigned => seconds(20),
    };
    let wait = words_at - (scene.now() - start());
    let word = match spoke {
        Visitor => writes("zoe"),
        Operator => answers(who, "zoe"),
        Supervisor => supervisor_answers("zoe"),
        Article => Step::Do(operator(who), send_article("zoe")),
        Nobody | VisitorBefore | OperatorBefore | Phrase => Step::All(vec![]),
    };
    scene.past([later(wait), word])
}

fn expected(row: [Option<i64>; 6], status: Status) -> Due {
    let mut due = row;
    if status != Searching {
        due[TimerKind::SearchNotice as usize] = None;
    } else if due[TimerKind::SearchNotice as usize].is_some() {
        // Who searches is at work while the visitor is told so.
        due[TimerKind::AutoTransfer as usize] = None;
    }
    Due(due)
}

fn running(scene: &Scene) -> Due {
    Due(CLOCKS.map(|clock| scene.due("zoe", clock).map(|due| due.num_seconds())))
}

fn of_zoe(fact: &Fact) -> bool {
    fact.conversation_id() == Some(conversation("zoe"))
}

/// What each clock makes happen. With nobody else free, a transfer fails, which is its turn too.
const fn names(clock: TimerKind) -> &'static [&'static str] {
    match clock {
        TimerKind::Unanswered => &["conversation.released"],
        TimerKind::AutoTransfer => &["conversation.auto_transferred", "conversation.auto_transfer_failed"],
        TimerKind::FollowUp => &["conversation.followed_up"],
        TimerKind::SearchNotice => &["conversation.search_noticed"],
        TimerKind::HoldPhrase => &["conversation.still_on_hold"],
        TimerKind::TimeoutReminder => &["conversation.timeout_announced"],
        TimerKind::VisitorInactivity => &["conversation.ended"],
    }
}

/// What happens to zoe during `time`, by name; a moment after, nothing more does.
fn happens_to_zoe(scene: Scene, time: chrono::TimeDelta) -> (Scene, Vec<&'static str>) {
    let past = scene.log.len();
    let scene = scene.after(time).then_whatever();
    let names = scene.log[past..].iter().filter(|event| of_zoe(&event.fact)).map(|event| event.fact.name());
    let names = names.filter(|name| *name != "conversation.message_posted").collect();
    (scene, names)
}

fn each_row(check: impl Fn(&str, Scene, Due)) {
    for (stands, spoke, row) in TABLE {
        for status in STATUSES {
            let told = format!("{stands:?}, last word: {spoke:?}, {status}");
            check(&told, story(*stands, *spoke, status), expected(*row, status));
        }
    }
}

#[test]
fn these_clocks_run_and_no_others() {
    each_row(|told, scene, due| assert_eq!(running(&scene), due, "{told}"));
}

#[test]
fn the_same_clocks_run_after_a_restart() {
    each_row(|told, scene, due| assert_eq!(running(&scene.restarted()), due, "{told}"));
}

#[test]
fn the_first_fires_not_a_second_early_and_once_with_and_without_a_restart() {
    each_row(|told, scene, due| {
        let Some((first, clock)) = due.first() else {
            let (_, happened) = happens_to_zoe(scene.restarted(), minutes(600));
            assert!(happened.is_empty(), "{told}: {happened:?}");
            return;
        };
        for scene in [scene.clone(), scene.restarted()] {
            let wait = seconds(first) - (scene.now() - start());
            let (scene, early) = happens_to_zoe(scene, wait - seconds(1));
            assert!(early.is_empty(), "{told}: early {early:?}");
            let (scene, happened) = happens_to_zoe(scene.restarted(), seconds(1));
            assert_eq!(happened.len(), 1, "{told}: {happened:?}");
            assert!(names(clock).contains(&happened[0]), "{told}: {happened:?}");
            let (_, again) = happens_to_zoe(scene.restarted(), seconds(1));
            assert!(again.is_empty(), "{told}: again {again:?}");
        }
    });
}

#[test]
fn no_clock_of_the_visitors_silence_ever_fires_on_a_visitor_who_waits_for_an_answer() {
    each_row(|told, scene, _| {
        let scene = scene.past([writes("zoe")]);
        for clock in [TimerKind::FollowUp, TimerKind::TimeoutReminder, TimerKind::VisitorInactivity] {
            assert_eq!(scene.due("zoe", clock), None, "{told}");
        }
    });
}

#[test]
fn running_clocks_keep_their_deadlines_when_every_setting_changes() {
    each_row(|told, scene, due| {
        for new in [only(|_| ()), only(|clocks| *clocks = pupitre_domain::settings::Timeouts::default())] {
            assert_eq!(running(&scene.clone().past([change(new)])), due, "{told}");
        }
    });
}

#[test]
fn a_clock_of_the_machine_that_is_set_back_takes_nothing_off_what_is_left() {
    each_row(|row, scene, due| {
        // Everything in the story began in the twenty minutes that never were.
        let scene = scene.past([clock_set_back(minutes(20))]).after(seconds(0)).then_whatever();
        let told = scene.log.iter().rfind(|event| event.sets_back()).unwrap();
        let Fact::Livechat(LivechatFact::ClockSetBack { from, to }) = &told.fact else { unreachable!() };
        let moved = Due(due.0.map(|due| due.map(|due| due - (*from - *to).num_seconds())));
        assert_eq!(running(&scene), moved, "{row}");
    });
}

#[test]
fn a_server_that_was_down_past_several_deadlines_fires_them_in_their_order_and_each_once() {
    let owes_an_answer = || story(PickedUp, Operator, Available);
    let (scene, happened) = happens_to_zoe(owes_an_answer().restarted(), minutes(600));
    assert_eq!(
        happened,
        ["conversation.followed_up", "conversation.timeout_announced", "conversation.ended"]
    );
    let (_, again) = happens_to_zoe(scene, minutes(600));
    assert!(again.is_empty());

    let waits = story(PickedUp, Visitor, Searching);
    let (scene, happened) = happens_to_zoe(waits.restarted(), minutes(600));
    assert_eq!(happened, ["conversation.search_noticed"]);
    assert_eq!(scene.due("zoe", TimerKind::AutoTransfer), None);
    assert_eq!(scene.due("zoe", TimerKind::SearchNotice), Some(minutes(602) + seconds(20)));
}

#[test]
fn what_falls_due_together_comes_in_the_order_of_the_specification() {
    let together = only(|clocks| {
        clocks.disconnect_notice = 60;
        clocks.auto_transfer = 60;
        clocks.timeout_reminder = 60;
        clocks.visitor_inactivity = 2;
    });
    // The supervisor has the last word before alice picks up, so that all of them run at once.
    let scene = given([change(together), connected("alice"), asks("zoe"), supervisor_answers("zoe")]);
    let past = scene.log.len();
    let scene = scene.past([loses_connection("alice"), change(without_transfer_on_disconnect())]);
    let scene = scene.after(minutes(1)).then_whatever();
    let names: Vec<&str> = scene.log[past + 2..].iter().map(|event| event.fact.name()).collect();
    assert_eq!(
        names,
        ["operator.disconnected", "conversation.auto_transfer_failed", "conversation.timeout_announced"]
    );
}

impl Due {
    /// The first to fall due, in the order in which they fire.
    fn first(self) -> Option<(i64, TimerKind)> {
        CLOCKS.into_iter().filter_map(|clock| Some((self.0[clock as usize]?, clock))).min()
    }
}

impl fmt::Debug for Due {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clocks = CLOCKS.into_iter();
        let running = clocks.filter_map(|clock| Some((clock, self.0[clock as usize]?)));
        f.debug_map().entries(running).finish()
    }
}
