//! Administration: suspend, reinstate and remove operators; rename, close and reopen the livechat.

use pupitre_domain::event::Bearer;
use pupitre_domain::event::Closing;
use pupitre_domain::event::Profile;
use pupitre_domain::event::RefusalReason;
use pupitre_domain::event::ReleaseReason;
use pupitre_domain::livechat::rename::Renaming;
use pupitre_domain::patch::Patch;
use pupitre_domain::settings::opening_hours::TimeZone;
use pupitre_domain::settings::surveys::Audience;
use pupitre_domain::settings::{OpeningHours, Section};
use pupitre_domain::text::{Language, Name};
use pupitre_domain::{Action, Actor, Command, ConversationAction, Event, Fact, LivechatFact, OperatorFact};
use serde_json::json;

use crate::support::*;

fn suspend(name: &str) -> Action {
    Action::SuspendOperator(operator_id(name))
}

fn reinstate(name: &str) -> Action {
    Action::ReinstateOperator(operator_id(name))
}

fn remove(name: &str) -> Action {
    Action::RemoveOperator(operator_id(name), None)
}

fn of(name: &str, fact: OperatorFact) -> Fact {
    Fact::Operator { operator: operator_id(name), fact }
}

fn given_to_others() -> Scene {
    given([connected_with_capacity("alice", 2), asks("zoe"), asks("yann"), connected_with_capacity("bob", 1)])
}

#[test]
fn a_suspended_operator_is_signed_out_and_the_conversations_go_to_others_or_back_to_the_queue() {
    for action in [suspend("alice"), remove("alice")] {
        let fact = if matches!(action, Action::RemoveOperator(..)) {
            OperatorFact::Removed
        } else {
            OperatorFact::Suspended
        };
        given_to_others()
            .when(administrator(), action)
            .then([
                of("alice", fact),
                operator_signed_out("alice"),
                moved_from_disconnected("zoe", "alice", "bob"),
                returned_to_queue("yann", "alice", 1),
            ])
            .restarted();
    }
}

#[test]
fn the_conversations_go_also_where_they_would_stay_after_a_sign_out() {
    let scene = given([
        change(without_transfer_on_disconnect()),
        connected_with_capacity("alice", 2),
        asks("zoe"),
        connected_with_capacity("bob", 1),
        signs_out("alice"),
    ]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("alice"));
    let scene = scene
        .when(administrator(), remove("alice"))
        .then([of("alice", OperatorFact::Removed), moved_from_disconnected("zoe", "alice", "bob")])
        .restarted();
    assert!(scene.livechat.operator(&operator_id("alice")).is_none());
}

#[test]
fn a_suspended_operator_may_not_connect_and_is_assigned_nothing_until_reinstated() {
    let scene = given([registered("alice", profile(&[], None)), Step::Do(administrator(), suspend("alice"))]);
    scene.clone().when(operator("alice"), connect("alice")).then_refused("operator_suspended");
    scene.clone().when(administrator(), suspend("alice")).then_nothing();
    scene
        .when(administrator(), reinstate("alice"))
        .then([of("alice", OperatorFact::Reinstated)])
        .when(administrator(), reinstate("alice"))
        .then_nothing()
        .when(operator("alice"), connect("alice"))
        .then([operator_connected("alice")])
        .when(visitor("zoe"), request("zoe"))
        .then([requested("zoe"), assigned("zoe", "alice")]);
}

#[test]
fn each_suspension_and_removal_begins_a_new_generation_of_tokens() {
    let tokens = |scene: &Scene| scene.livechat.operator(&operator_id("alice")).unwrap().tokens;
    let scene = given([registered("alice", profile(&[], None))]);
    let first = tokens(&scene);
    // A new profile changes nothing.
    let scene = scene.past([registered("alice", profile(&[], Some(2)))]);
    assert_eq!(tokens(&scene), first);
    let scene = scene
        .past([Step::Do(administrator(), suspend("alice")), Step::Do(administrator(), reinstate("alice"))]);
    let second = tokens(&scene);
    assert!(second > first);
    let scene = scene
        .past([Step::Do(administrator(), remove("alice")), Step::Do(administrator(), reinstate("alice"))]);
    assert!(tokens(&scene) > second);
}

#[test]
fn a_removed_operator_is_unknown_and_the_identifier_is_not_reused() {
    let scene = given([connected("alice")])
        .when(administrator(), remove("alice"))
        .then([of("alice", OperatorFact::Removed), operator_signed_out("alice")]);
    scene.clone().when(operator("alice"), connect("alice")).then_refused("unknown_operator");
    for action in
        [remove("alice"), suspend("alice"), Action::IssueToken(Bearer::Operator(operator_id("alice")))]
    {
        scene.clone().when(administrator(), action).then_refused("unknown_operator");
    }
    // Neither as she was nor as somebody else, nor after a restart.
    for scene in [scene.clone(), scene.clone().restarted()] {
        for other in [profile(&[], None), named("Bob")] {
            scene.clone().when(administrator(), register("alice", other)).then_refused("identifier_taken");
        }
    }
    scene
        .when(administrator(), register("alice2", profile(&[], None)))
        .then([operator_registered("alice2", profile(&[], None))]);
}

#[test]
fn a_removed_operator_returns_as_the_same_person_without_deleted_skills() {
    let scene = given([
        change(skills(&["billing", "sales"])),
        change(kept_open()),
        connected_with_skills("alice", &["billing", "sales"]),
        asks("zoe"),
        talks_to("alice", "zoe"),
        ends("alice", "zoe"),
        takes_a_break("alice"),
        Step::Do(administrator(), remove("alice")),
        change(skills(&["billing"])),
    ]);
    let back = profile(&["billing"], Some(1));
    let scene = scene
        .when(administrator(), reinstate("alice"))
        .then_by_actor([of("alice", OperatorFact::Reinstated), operator_registered("alice", back)])
        .restarted();
    scene.clone().when(administrator(), reinstate("alice")).then_nothing();
    // What she had is hers: zoe goes back to her.
    let again = || plain_request("zoe", None);
    scene
        .past([Step::Do(operator("alice"), connect("alice")), connected("bob")])
        .when(visitor("zoe"), request_again("zoe", again()))
        .then([requested_again("zoe", again()), assigned("zoe", "alice")]);
}

#[test]
fn an_operator_who_reuses_an_identifier_in_an_old_log_inherits_nothing() {
    let past = given([change(kept_open()), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .past([ends("alice", "zoe"), Step::Do(administrator(), remove("alice"))]);
    let at = past.now();
    let fact = operator_registered("alice", named("Alicia"));
    let log: Vec<Event> = past.log.into_iter().chain([Event { at, by: administrator(), fact }]).collect();
    let mut livechat = fold(&log);
    assert_eq!(livechat.kept()[&conversation("zoe")].operator, None);
    let mut does = |by: Actor, action: Action| livechat.handle_command(&Command { at, by, action });
    let marks = does(
        operator("alice"),
        Action::Conversation(conversation("zoe"), ConversationAction::MarkImportant(true)),
    );
    assert_eq!(marks.unwrap_err().code(), "not_your_conversation");
    let copy =
        does(operator("alice"), Action::Conversation(conversation("zoe"), ConversationAction::MailCopy));
    assert_eq!(copy.unwrap_err().code(), "conversation_over");
    // Bob has waited for longer: nothing leads back to alice.
    does(administrator(), register("bob", named("Bob"))).unwrap();
    does(operator("bob"), connect("bob")).unwrap();
    does(operator("alice"), connect("alice")).unwrap();
    does(visitor("zoe"), request_again("zoe", plain_request("zoe", None))).unwrap();
    let zoe = livechat.conversation(conversation("zoe")).unwrap();
    assert_eq!((&zoe.previous, zoe.operator()), (&None, Some(&operator_id("alice"))));
}

#[test]
fn a_removal_for_another_revision_of_the_profile_is_refused() {
    let revision = |scene: &Scene| scene.livechat.operator(&operator_id("alice")).unwrap().revision;
    let scene = given([registered("alice", profile(&[], None))]);
    let seen = revision(&scene);
    let scene = scene.past([registered("alice", profile(&[], Some(2)))]);
    let now = revision(&scene);
    let remove = |expected| Action::RemoveOperator(operator_id("alice"), Some(expected));
    scene.clone().when(administrator(), remove(seen)).then_refused("profile_changed");
    scene.when(administrator(), remove(now)).then([of("alice", OperatorFact::Removed)]);
}

#[test]
fn open_surveys_of_a_removed_operator_are_closed_and_nobody_is_asked_instead() {
    let survey = section("surveys", json!([survey("wrap_up", "operator")]));
    let scene = given([
        change(survey),
        change(section("operator_survey", json!({"survey": "wrap_up"}))),
        connected("alice"),
        asks("zoe"),
        talks_to("alice", "zoe"),
        ends("alice", "zoe"),
    ]);
    let scene = scene.when(administrator(), remove("alice")).then_first_two_by_actor([
        of("alice", OperatorFact::Removed),
        survey_closed_for("zoe", "alice", Audience::Operator, Closing::ByHand),
        operator_signed_out("alice"),
    ]);
    assert_eq!(scene.livechat.pending_surveys().count(), 0);
}

#[test]
fn only_an_administrator_administers() {
    let all = [
        suspend("alice"),
        reinstate("alice"),
        remove("alice"),
        Action::RenameLivechat(Renaming::default()),
        Action::CloseLivechat,
        Action::ReopenLivechat,
    ];
    for action in all {
        for actor in [visitor("zoe"), operator("alice"), supervisor(), analyst(), bot()] {
            given([connected("alice")]).when(actor, action.clone()).then_refused("forbidden");
        }
    }
    given([]).when(administrator(), suspend("alice")).then_refused("unknown_operator");
    given([]).when(administrator(), reinstate("alice")).then_refused("unknown_operator");
}

fn rename(name: Option<&str>, language: Option<Language>, time_zone: Option<&str>) -> Action {
    Action::RenameLivechat(Renaming {
        name: name.map(|name| Name::parse(name).unwrap()),
        language,
        time_zone: time_zone.map(|zone| TimeZone(zone.to_owned())),
    })
}

fn called(name: &str, language: Language) -> Fact {
    Fact::Livechat(LivechatFact::IdentityChanged { name: Name::parse(name).unwrap(), language })
}

#[test]
fn a_livechat_is_renamed_and_what_is_not_named_stays() {
    given([])
        .when(administrator(), rename(Some("Après-vente"), None, None))
        .then([called("Après-vente", Language::Fr)])
        .when(administrator(), rename(None, Some(Language::En), None))
        .then([called("Après-vente", Language::En)])
        .when(administrator(), rename(Some("Après-vente"), Some(Language::En), Some("Europe/Paris")))
        .then_nothing()
        .restarted();
}

#[test]
fn the_language_is_the_one_that_phrases_fall_back_to_at_once() {
    let scene = given_with_phrases([connected("alice")])
        .past([Step::Do(administrator(), rename(None, Some(Language::En), None))]);
    assert_eq!(scene.livechat.identity().unwrap().language, Language::En);
}

#[test]
fn another_time_zone_is_another_opening_time_at_once() {
    // Ten in the morning in Paris is four in Montreal.
    let open = given([change(daily("09:00", "18:00")), connected("alice")]);
    assert!(open.livechat.is_open(None, open.now()));
    let Section::OpeningHours(hours) = daily("09:00", "18:00") else { panic!("opening hours") };
    let moved = OpeningHours { time_zone: TimeZone("America/Montreal".to_owned()), ..hours };
    open.when(administrator(), rename(None, None, Some("America/Montreal")))
        .then([settings_changed(Section::OpeningHours(moved)), closed_for_the_day(None)])
        .when(visitor("zoe"), request("zoe"))
        .then([requested("zoe"), refused("zoe", RefusalReason::OutsideHours)]);
    given([]).when(administrator(), rename(None, None, Some("Mars/Olympus"))).then_wrong(["time_zone"]);
}

#[test]
fn closing_a_livechat_releases_waiting_visitors_and_refuses_new_ones_while_conversations_continue() {
    let scene = given([connected_with_capacity("alice", 1), asks("zoe"), asks("yann"), asks("xena")])
        .when(administrator(), Action::CloseLivechat)
        .then([
            Fact::Livechat(LivechatFact::Shut),
            released("yann", ReleaseReason::LivechatClosed),
            released("xena", ReleaseReason::LivechatClosed),
        ])
        .restarted();
    let scene = scene
        .when(visitor("lea"), request("lea"))
        .then([requested("lea"), refused("lea", RefusalReason::LivechatClosed)]);
    let scene = scene.past([talks_to("alice", "zoe"), ends("alice", "zoe")]);
    scene.clone().when(administrator(), Action::CloseLivechat).then_nothing();
    scene
        .when(administrator(), Action::ReopenLivechat)
        .then([Fact::Livechat(LivechatFact::Reopened)])
        .when(administrator(), Action::ReopenLivechat)
        .then_nothing()
        .when(visitor("ivan"), request("ivan"))
        .then([requested("ivan"), assigned("ivan", "alice")]);
}

#[test]
fn released_visitors_are_notified() {
    given_with_phrases([connected_with_capacity("alice", 1), asks("zoe"), asks("yann")])
        .when(administrator(), Action::CloseLivechat)
        .then_kinds(["livechat.shut", "conversation.released", "conversation.message_posted"]);
}

#[test]
fn nobody_goes_back_to_the_queue_of_a_livechat_that_is_closed() {
    given([
        connected_with_capacity("alice", 1),
        asks("zoe"),
        Step::Do(administrator(), Action::CloseLivechat),
    ])
    .when(operator("alice"), disconnect("alice"))
    .then([operator_signed_out("alice"), released_from("zoe", "alice", ReleaseReason::LivechatClosed)]);
}

#[test]
fn a_profile_is_changed_for_the_revision_that_was_seen() {
    let change = |expected, profile: Profile| Action::ChangeProfile {
        operator: operator_id("alice"),
        profile: Box::new(profile),
        expected,
        patch: None,
    };
    let scene = given([registered("bob", profile(&[], None)), registered("alice", profile(&[], None))]);
    let seen = scene.livechat.operator(&operator_id("alice")).unwrap().revision;
    let scene = scene
        .when(administrator(), change(Some(seen), profile(&[], Some(2))))
        .then([operator_registered("alice", profile(&[], Some(2)))]);
    let scene = scene
        .when(administrator(), change(Some(seen), profile(&[], Some(3))))
        .then_refused("profile_changed");
    scene
        .when(administrator(), change(None, profile(&[], Some(3))))
        .then([operator_registered("alice", profile(&[], Some(3)))]);
    given([]).when(administrator(), change(None, profile(&[], None))).then_refused("unknown_operator");
}

#[test]
fn a_patch_that_was_done_is_known_although_others_changed_something_else_since() {
    let patched = |patch| Action::ChangeProfile {
        operator: operator_id("alice"),
        // What it would lead to now.
        profile: Box::new(profile(&["sales"], Some(9))),
        expected: None,
        patch: Some(Patch(patch)),
    };
    let told = operator_registered("alice", profile(&[], Some(2)));
    assert!(patched(json!({"capacity": 2})).is_recorded_as(&told));
    assert!(patched(json!({"email": null})).is_recorded_as(&told));
    assert!(!patched(json!({"capacity": null})).is_recorded_as(&told));
    assert!(!patched(json!({"capacity": 3})).is_recorded_as(&told));
    assert!(!patched(json!({"skills": ["sales"]})).is_recorded_as(&told));
    let queue =
        |patch| Action::PatchSettings { section: Box::new(capacity(9, 9)), expected: 7, patch: Patch(patch) };
    let told = settings_changed(capacity(3, 4));
    assert!(queue(json!({"queue_per_operator": 4})).is_recorded_as(&told));
    assert!(!queue(json!({"queue_per_operator": 5})).is_recorded_as(&told));
    assert!(!queue(json!({"queue_per_operator": 4})).is_recorded_as(&settings_changed(timeouts(10, 60))));
}
