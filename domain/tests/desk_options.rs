//! Desk options: what operators may do on their desk, each a permission that the rules check.

use pupitre_domain::event::Voice::{self, Operator, System};
use pupitre_domain::personal::Personal;
use pupitre_domain::settings::{Desk, DeskOption, Section};
use pupitre_domain::text::{Address, Note};
use pupitre_domain::{
    Action, Actor, Attention, ConversationAction, ConversationFact, Exchange, Fact, StaffId,
};
use serde_json::json;

use crate::support::*;

/// Alice has picked zoe up; bob is there too. Alice has an address, and there is one article.
fn alice_has_zoe() -> Scene {
    given([
        change(section(
            "knowledge",
            json!([{"id": "vpn", "title": "VPN", "body": "Branchez.", "theme": "IT"}]),
        )),
        connected_as("alice", with_address("alice@example.org")),
        asks("zoe"),
        picks_up("alice", "zoe"),
        connected("bob"),
    ])
}

/// What an operator does with each option that is a command.
fn what_each_permits() -> [(DeskOption, Action); 7] {
    [
        (DeskOption::MailToSelf, mail_copy("zoe")),
        (DeskOption::MarkImportant, mark("zoe", true)),
        (DeskOption::CallManager, call_manager("zoe")),
        (DeskOption::ListOperators, transfer_to("zoe", "bob")),
        (DeskOption::SearchKnowledge, answer_from("zoe", "vpn")),
        (DeskOption::RequestFile, ask_for_file("zoe")),
        (DeskOption::SendFile, send_file("zoe", contract())),
    ]
}

/// Every option off.
fn bare_desk() -> Step {
    let off = DeskOption::ALL.map(|option| (option.key().trim_start_matches("desk.").to_owned(), false));
    change(section("desk", json!(std::collections::BTreeMap::from(off))))
}

#[test]
fn an_option_that_is_off_refuses_the_operator_names_itself_and_records_nothing() {
    for (option, action) in what_each_permits() {
        let scene = alice_has_zoe().past([change(without(option))]);
        let recorded = scene.log.len();
        let scene = scene.when(operator("alice"), action).then_option_off(option.key());
        assert_eq!(scene.log.len(), recorded, "{option}");
    }
}

#[test]
fn an_option_that_is_on_permits_it_whatever_the_others_are() {
    for (option, action) in what_each_permits() {
        let mut only = json!({});
        for other in DeskOption::ALL {
            only[other.key().trim_start_matches("desk.")] = json!(other == option);
        }
        let scene = alice_has_zoe().past([change(section("desk", only))]);
        let recorded = scene.log.len();
        let scene = scene.when(operator("alice"), action).then_whatever();
        assert!(scene.log.len() > recorded, "{option}");
    }
}

#[test]
fn an_option_takes_effect_at_once_both_ways() {
    alice_has_zoe()
        .past([change(without(DeskOption::MarkImportant))])
        .when(operator("alice"), mark("zoe", true))
        .then_option_off("desk.mark_important")
        .past([change(section("desk", json!({})))])
        .when(operator("alice"), mark("zoe", true))
        .then([marked("zoe", "alice", true)]);
}

#[test]
fn an_ended_conversation_is_marked_by_its_last_operator_and_by_supervisors() {
    let over = alice_has_zoe().past([ends("alice", "zoe")]).restarted();
    let marked_by = |scene: Scene, by: Actor, important| scene.when(by, mark("zoe", important));
    let scene = marked_by(over.clone(), operator("alice"), true).then([marked("zoe", "alice", true)]);
    let scene = marked_by(scene.restarted(), operator("alice"), true).then_nothing();
    let scene = marked_by(scene, supervisor(), false).then([marked("zoe", "alice", false)]);
    marked_by(scene.clone(), supervisor(), false).then_nothing();
    marked_by(scene.clone(), operator("bob"), true).then_refused("not_your_conversation");
    marked_by(scene.clone(), visitor("zoe"), true).then_refused("forbidden");
    let bare = scene.past([change(without(DeskOption::MarkImportant))]);
    marked_by(bare.clone(), operator("alice"), true).then_option_off("desk.mark_important");
    marked_by(bare, supervisor(), true).then([marked("zoe", "alice", true)]);
    // What was marked before the end is marked after it.
    let marked_before = alice_has_zoe().past([Step::Do(operator("alice"), mark("zoe", true))]);
    marked_by(marked_before.past([ends("alice", "zoe")]), operator("alice"), true).then_nothing();
}

#[test]
fn an_option_that_is_read_and_not_a_command_is_checked_by_the_section() {
    for option in DeskOption::ALL {
        let on = Desk { augmented: true, ..Desk::default() };
        assert!(on.allow(option, &operator("alice")).is_ok(), "{option}");
        let Section::Desk(off) = without(option) else { panic!("a desk") };
        let refusal = off.allow(option, &operator("alice")).map_err(|refusal| refusal.code());
        assert_eq!(refusal, Err("option_off"), "{option}");
        for everybody_else in [supervisor(), administrator(), visitor("zoe"), bot(), Actor::System] {
            assert!(off.allow(option, &everybody_else).is_ok(), "{option}");
        }
    }
}

#[test]
fn everything_is_permitted_by_default_but_the_assistant() {
    let off: Vec<DeskOption> =
        DeskOption::ALL.into_iter().filter(|option| !Desk::default().has(*option)).collect();
    assert_eq!(off, [DeskOption::Augmented]);
}

#[test]
fn supervisors_are_not_bound() {
    let scene = alice_has_zoe().past([bare_desk()]);
    scene.clone().when(supervisor(), mark("zoe", true)).then([marked("zoe", "alice", true)]);
    scene.when(supervisor(), transfer_to("zoe", "bob")).then([transferred("zoe", "alice", "bob")]);
}

#[test]
fn a_call_made_before_the_option_went_off_is_still_taken_and_settled() {
    alice_has_zoe()
        .past([Step::Do(operator("alice"), call_manager("zoe")), bare_desk()])
        .when(supervisor(), take_call("zoe"))
        .then([told("zoe", "alice", ConversationFact::Attention(Attention::HelpTaken))])
        .when(operator("alice"), settle_call("zoe"))
        .then([told("zoe", "alice", ConversationFact::Attention(Attention::HelpDone))]);
}

// Transfer.

#[test]
fn without_the_list_an_operator_chooses_a_skill_but_nobody_by_name() {
    let scene = given([
        change(skills(&["sales"])),
        change(without(DeskOption::ListOperators)),
        connected("alice"),
        asks("zoe"),
        connected_with_skills("bob", &["sales"]),
    ]);
    scene.clone().when(operator("alice"), transfer_to("zoe", "bob")).then_option_off("desk.list_operators");
    scene
        .when(operator("alice"), transfer_to_skill("zoe", "sales"))
        .then([transferred_to_skill("zoe", "alice", "bob", "sales")]);
}

#[test]
fn the_conversation_of_another_is_refused_as_such_and_not_for_the_option() {
    alice_has_zoe()
        .past([bare_desk()])
        .when(operator("bob"), transfer_to("zoe", "bob"))
        .then_refused("not_your_conversation");
}

// A copy by mail.

fn mailed(to: &str, operator: &'static str) -> Fact {
    let to = Address::parse(to).unwrap().into();
    told("zoe", operator, ConversationFact::Exchange(Exchange::CopyMailed { to }))
}

#[test]
fn a_copy_goes_to_the_address_in_the_profile_each_time_it_is_asked_for() {
    alice_has_zoe()
        .when(operator("alice"), mail_copy("zoe"))
        .then([mailed("alice@example.org", "alice")])
        .when(operator("alice"), mail_copy("zoe"))
        .then([mailed("alice@example.org", "alice")]);
}

#[test]
fn the_address_is_the_one_in_force() {
    alice_has_zoe()
        .past([registered("alice", with_address("a.durand@example.org"))])
        .when(operator("alice"), mail_copy("zoe"))
        .then([mailed("a.durand@example.org", "alice")]);
}

#[test]
fn an_operator_without_an_address_gets_no_copy() {
    given([connected("alice"), asks("zoe")])
        .when(operator("alice"), mail_copy("zoe"))
        .then_refused("no_address");
}

#[test]
fn after_the_end_the_operator_who_was_in_charge_still_gets_a_copy_and_nobody_else_does() {
    let scene = alice_has_zoe().past([ends("alice", "zoe")]);
    scene.clone().when(operator("alice"), mail_copy("zoe")).then([mailed("alice@example.org", "alice")]);
    scene.clone().when(operator("bob"), mail_copy("zoe")).then_refused("not_your_conversation");
    scene
        .past([change(without(DeskOption::MailToSelf))])
        .when(operator("alice"), mail_copy("zoe"))
        .then_option_off("desk.mail_to_self");
}

#[test]
fn nobody_has_the_conversation_of_another_mailed() {
    alice_has_zoe().when(operator("bob"), mail_copy("zoe")).then_refused("not_your_conversation");
    for actor in [supervisor(), visitor("zoe"), administrator(), bot()] {
        alice_has_zoe().when(actor, mail_copy("zoe")).then_refused("forbidden");
    }
    alice_has_zoe()
        .past([Step::Do(operator("alice"), transfer_to("zoe", "bob"))])
        .when(operator("alice"), mail_copy("zoe"))
        .then_refused("not_your_conversation");
    alice_has_zoe().when(operator("alice"), mail_copy("yann")).then_refused("unknown_conversation");
}

// Important.

#[test]
fn a_conversation_is_marked_once_and_unmarked_once() {
    alice_has_zoe()
        .when(operator("alice"), mark("zoe", false))
        .then_nothing()
        .when(operator("alice"), mark("zoe", true))
        .then([marked("zoe", "alice", true)])
        .when(operator("alice"), mark("zoe", true))
        .then_nothing()
        .when(supervisor(), mark("zoe", false))
        .then([marked("zoe", "alice", false)]);
}

#[test]
fn a_supervisor_marks_a_visitor_who_waits_and_the_mark_stays_with_the_conversation() {
    let scene =
        given([connected_with_capacity("alice", 1), asks("zoe"), picks_up("alice", "zoe"), asks("yann")])
            .when(supervisor(), mark("yann", true))
            .then([marked("yann", None, true)])
            .past([ends("alice", "zoe")]);
    assert_eq!(scene.operator_of("yann").as_deref(), Some("alice"));
    assert!(scene.livechat.conversation(conversation("yann")).unwrap().marks.important);
}

#[test]
fn only_the_operator_in_charge_or_a_supervisor_marks_while_it_lasts_and_after() {
    alice_has_zoe().when(operator("bob"), mark("zoe", true)).then_refused("not_your_conversation");
    for actor in [visitor("zoe"), administrator(), bot()] {
        alice_has_zoe().when(actor, mark("zoe", true)).then_refused("forbidden");
    }
    let over = alice_has_zoe().past([ends("alice", "zoe")]);
    over.clone().when(operator("bob"), mark("zoe", true)).then_refused("not_your_conversation");
    for actor in [operator("alice"), supervisor()] {
        over.clone().when(actor, mark("zoe", true)).then([marked("zoe", "alice", true)]);
    }
}

// Calls for help.

fn another_supervisor() -> Actor {
    Actor::Supervisor(StaffId::parse("sue").unwrap())
}

#[test]
fn a_call_is_raised_taken_and_done() {
    let scene =
        alice_has_zoe().when(operator("alice"), call_manager("zoe")).then([help_called("zoe", "alice")]);
    let help = scene.livechat.conversation(conversation("zoe")).unwrap().marks.help.clone().unwrap();
    assert_eq!((help.called_at, help.taken_by), (scene.now(), None));
    let scene = scene
        .when(supervisor(), take_call("zoe"))
        .then([told("zoe", "alice", ConversationFact::Attention(Attention::HelpTaken))])
        .when(supervisor(), settle_call("zoe"))
        .then([told("zoe", "alice", ConversationFact::Attention(Attention::HelpDone))]);
    assert!(scene.livechat.conversation(conversation("zoe")).unwrap().marks.help.is_none());
}

#[test]
fn one_call_at_a_time_and_another_after_it_is_done() {
    alice_has_zoe()
        .past([Step::Do(operator("alice"), call_manager("zoe"))])
        .when(operator("alice"), call_manager("zoe"))
        .then_nothing()
        .past([Step::Do(operator("alice"), settle_call("zoe"))])
        .when(operator("alice"), settle_call("zoe"))
        .then_nothing()
        .when(operator("alice"), call_manager("zoe"))
        .then([help_called("zoe", "alice")]);
}

#[test]
fn the_second_supervisor_learns_who_has_taken_the_call() {
    let scene = alice_has_zoe()
        .past([Step::Do(operator("alice"), call_manager("zoe")), Step::Do(supervisor(), take_call("zoe"))]);
    scene.clone().when(supervisor(), take_call("zoe")).then_nothing();
    scene.clone().when(another_supervisor(), take_call("zoe")).then_refused("help_taken");
    scene.when(another_supervisor(), settle_call("zoe")).then([told(
        "zoe",
        "alice",
        ConversationFact::Attention(Attention::HelpDone),
    )]);
}

#[test]
fn a_call_that_nobody_made_is_not_taken() {
    alice_has_zoe().when(supervisor(), take_call("zoe")).then_refused("no_call_for_help");
    alice_has_zoe().when(supervisor(), settle_call("zoe")).then_nothing();
}

#[test]
fn only_the_operator_in_charge_calls_and_only_supervisors_take() {
    alice_has_zoe().when(operator("bob"), call_manager("zoe")).then_refused("not_your_conversation");
    for actor in [supervisor(), visitor("zoe"), administrator(), bot()] {
        alice_has_zoe().when(actor, call_manager("zoe")).then_refused("forbidden");
    }
    for actor in [operator("alice"), visitor("zoe"), administrator(), bot()] {
        alice_has_zoe()
            .past([Step::Do(operator("alice"), call_manager("zoe"))])
            .when(actor, take_call("zoe"))
            .then_refused("forbidden");
    }
}

#[test]
fn a_transfer_leaves_the_call_with_the_new_operator() {
    let scene = alice_has_zoe().past([
        Step::Do(operator("alice"), call_manager("zoe")),
        Step::Do(operator("alice"), transfer_to("zoe", "bob")),
    ]);
    scene.clone().when(operator("alice"), settle_call("zoe")).then_refused("not_your_conversation");
    scene.clone().when(operator("bob"), call_manager("zoe")).then_nothing();
    scene
        .when(supervisor(), take_call("zoe"))
        .then([told("zoe", "bob", ConversationFact::Attention(Attention::HelpTaken))])
        .when(operator("bob"), settle_call("zoe"))
        .then([told("zoe", "bob", ConversationFact::Attention(Attention::HelpDone))]);
}

#[test]
fn a_call_is_over_with_the_conversation() {
    let over = alice_has_zoe().past([Step::Do(operator("alice"), call_manager("zoe")), ends("alice", "zoe")]);
    over.clone().when(supervisor(), take_call("zoe")).then_refused("conversation_over");
    over.clone().when(supervisor(), settle_call("zoe")).then_refused("conversation_over");
    over.when(operator("alice"), call_manager("zoe")).then_refused("conversation_over");
}

// Files.

fn asked_for_a_file(operator: &'static str) -> Fact {
    told("zoe", operator, ConversationFact::Exchange(Exchange::FileRequested { note: None }))
}

#[test]
fn an_operator_asks_for_a_file_and_the_visitor_sends_one() {
    for sender in [visitor("zoe"), bot()] {
        alice_has_zoe()
            .when(operator("alice"), ask_for_file("zoe"))
            .then([asked_for_a_file("alice")])
            .when(operator("alice"), ask_for_file("zoe"))
            .then_nothing()
            .when(sender, send_file("zoe", contract()))
            .then([file_sent("zoe", "alice", Voice::Visitor)])
            .when(operator("alice"), ask_for_file("zoe"))
            .then([asked_for_a_file("alice")]);
    }
}

fn noted(note: &str) -> Personal<Note> {
    Note::parse(note).unwrap().into()
}

#[test]
fn another_note_is_another_request_and_no_file_more() {
    let ask = |note| Action::Conversation(conversation("zoe"), ConversationAction::RequestFile(note));
    let asked = |note| told("zoe", "alice", ConversationFact::Exchange(Exchange::FileRequested { note }));
    alice_has_zoe()
        .when(operator("alice"), ask(None))
        .then([asked(None)])
        .when(operator("alice"), ask(Some(noted("The invoice"))))
        .then([asked(Some(noted("The invoice")))])
        .when(operator("alice"), ask(Some(noted("The invoice"))))
        .then_nothing()
        .when(operator("alice"), ask(None))
        .then_nothing()
        .when(operator("alice"), ask(Some(noted("The contract"))))
        .then([asked(Some(noted("The contract")))])
        .when(visitor("zoe"), send_file("zoe", contract()))
        .then([file_sent("zoe", "alice", Voice::Visitor)])
        .when(visitor("zoe"), send_file("zoe", contract()))
        .then_refused("no_file_requested");
}

#[test]
fn another_note_is_another_call_that_nobody_has_taken() {
    let call = |note| Action::Conversation(conversation("zoe"), ConversationAction::CallManager(note));
    let called = |note| told("zoe", "alice", ConversationFact::Attention(Attention::HelpCalled { note }));
    alice_has_zoe()
        .when(operator("alice"), call(Some(noted("A discount?"))))
        .then([called(Some(noted("A discount?")))])
        .when(supervisor(), take_call("zoe"))
        .then([told("zoe", "alice", ConversationFact::Attention(Attention::HelpTaken))])
        .when(operator("alice"), call(Some(noted("A discount?"))))
        .then_nothing()
        .when(operator("alice"), call(None))
        .then_nothing()
        .when(operator("alice"), call(Some(noted("A refund?"))))
        .then([called(Some(noted("A refund?")))])
        .when(another_supervisor(), take_call("zoe"))
        .then([told("zoe", "alice", ConversationFact::Attention(Attention::HelpTaken))])
        .when(supervisor(), settle_call("zoe"))
        .then([told("zoe", "alice", ConversationFact::Attention(Attention::HelpDone))]);
}

#[test]
fn a_visitor_sends_nothing_unasked_and_one_file_per_request() {
    alice_has_zoe().when(visitor("zoe"), send_file("zoe", contract())).then_refused("no_file_requested");
    alice_has_zoe()
        .past([
            Step::Do(operator("alice"), ask_for_file("zoe")),
            Step::Do(visitor("zoe"), send_file("zoe", contract())),
        ])
        .when(visitor("zoe"), send_file("zoe", contract()))
        .then_refused("no_file_requested");
}

#[test]
fn the_visitor_sends_what_was_asked_for_whatever_operators_may_do_by_then() {
    alice_has_zoe()
        .past([Step::Do(operator("alice"), ask_for_file("zoe")), bare_desk()])
        .when(visitor("zoe"), send_file("zoe", contract()))
        .then([file_sent("zoe", "alice", Voice::Visitor)]);
}

#[test]
fn what_the_operator_sends_does_not_answer_the_request_for_a_file() {
    alice_has_zoe()
        .past([Step::Do(operator("alice"), ask_for_file("zoe"))])
        .when(operator("alice"), send_file("zoe", contract()))
        .then([file_sent("zoe", "alice", Operator)])
        .when(visitor("zoe"), send_file("zoe", contract()))
        .then([file_sent("zoe", "alice", Voice::Visitor)]);
}

#[test]
fn a_request_for_a_file_outlives_a_transfer() {
    alice_has_zoe()
        .past([
            Step::Do(operator("alice"), ask_for_file("zoe")),
            Step::Do(operator("alice"), transfer_to("zoe", "bob")),
        ])
        .when(visitor("zoe"), send_file("zoe", contract()))
        .then([file_sent("zoe", "bob", Voice::Visitor)]);
}

#[test]
fn only_the_operator_who_has_picked_up_asks_for_files_and_sends_them() {
    for action in [ask_for_file("zoe"), send_file("zoe", contract())] {
        given([connected("alice"), asks("zoe")])
            .when(operator("alice"), action.clone())
            .then_refused("not_picked_up");
        alice_has_zoe().when(operator("bob"), action.clone()).then_refused("not_your_conversation");
        alice_has_zoe().when(supervisor(), action.clone()).then_refused("forbidden");
        alice_has_zoe()
            .past([ends("alice", "zoe")])
            .when(operator("alice"), action)
            .then_refused("conversation_over");
    }
    alice_has_zoe().when(visitor("zoe"), ask_for_file("zoe")).then_refused("forbidden");
    alice_has_zoe().when(visitor("yann"), send_file("zoe", contract())).then_refused("not_your_conversation");
}

#[test]
fn a_file_has_a_name_without_a_path_1_byte_to_20_mib_and_a_media_type() {
    let send = |file| alice_has_zoe().when(operator("alice"), send_file("zoe", file));
    send(file("a", 1, "image/png")).then_whatever();
    send(file("été 2026 (1).tar.gz", 20 * 1024 * 1024, "application/vnd.api+json")).then_whatever();
    send(file("a", 0, "image/png")).then_wrong(["bytes"]);
    send(file("a", 20 * 1024 * 1024 + 1, "image/png")).then_wrong(["bytes"]);
    for name in ["../passwd", "C:\\a", "a/b"] {
        send(file(name, 1, "image/png")).then_wrong(["name"]);
    }
    for media_type in ["", "png", "image/", "/png", "image/png; charset=utf-8", "image/png/x", "ima ge/png"] {
        send(file("a", 1, media_type)).then_wrong(["media_type"]);
    }
    send(file("a/b", 0, "png")).then_wrong(["name", "bytes", "media_type"]);
}

#[test]
fn a_file_counts_as_a_message_of_its_sender_and_so_does_a_request_for_one() {
    let asked = alice_has_zoe().past([writes("zoe"), Step::Do(operator("alice"), ask_for_file("zoe"))]);
    asked.clone().after(minutes(9)).then([timeout_announced("zoe", "alice", start() + minutes(10))]);
    let sent = asked.past([later(minutes(5)), Step::Do(visitor("zoe"), send_file("zoe", contract()))]);
    sent.clone().after(minutes(60)).then_nothing();
    sent.past([Step::Do(operator("alice"), send_file("zoe", contract()))])
        .after(minutes(9))
        .then([timeout_announced("zoe", "alice", start() + minutes(15))]);
}

// Articles.

/// The article `old` redirects to `new`.
fn with_a_redirection(as_operator: bool) -> Scene {
    alice_has_zoe().past([
        change(section(
            "knowledge",
            json!([
                {"id": "old", "title": "Ancien", "theme": "IT", "redirects_to": "new"},
                {"id": "new", "title": "Nouveau", "body": "Redémarrez.", "theme": "IT"},
            ]),
        )),
        change(behaviour("redirects_as_operator", as_operator)),
    ])
}

#[test]
fn an_article_is_sent_in_the_voice_of_the_operator() {
    for as_operator in [false, true] {
        with_a_redirection(as_operator)
            .when(operator("alice"), answer_from("zoe", "new"))
            .then([article_posted("zoe", "alice", Operator, "Redémarrez.", ("new", "new"))]);
    }
}

#[test]
fn an_answer_by_redirection_comes_from_pupitre_unless_the_settings_say_from_the_operator() {
    for (as_operator, voice) in [(false, System), (true, Operator)] {
        with_a_redirection(as_operator)
            .when(operator("alice"), answer_from("zoe", "old"))
            .then([article_posted("zoe", "alice", voice, "Redémarrez.", ("old", "new"))]);
    }
}

#[test]
fn an_article_is_the_answer_of_the_operator_for_the_clocks_in_whosever_voice() {
    for as_operator in [false, true] {
        with_a_redirection(as_operator)
            .past([writes("zoe"), Step::Do(operator("alice"), answer_from("zoe", "old"))])
            .after(minutes(9))
            .then([timeout_announced("zoe", "alice", start() + minutes(10))]);
    }
}

#[test]
fn an_article_is_sent_by_the_operator_who_has_picked_up() {
    let scene = with_a_redirection(false);
    scene.clone().when(operator("bob"), answer_from("zoe", "new")).then_refused("not_your_conversation");
    for actor in [supervisor(), visitor("zoe"), administrator(), bot()] {
        scene.clone().when(actor, answer_from("zoe", "new")).then_refused("forbidden");
    }
    scene.clone().when(operator("alice"), answer_from("zoe", "lost")).then_refused("unknown_article");
    scene
        .clone()
        .past([asks("yann"), Step::Do(supervisor(), transfer_to("zoe", "bob"))])
        .when(operator("bob"), answer_from("zoe", "new"))
        .then_refused("not_picked_up");
    scene
        .past([ends("alice", "zoe")])
        .when(operator("alice"), answer_from("zoe", "new"))
        .then_refused("conversation_over");
}

#[test]
fn an_article_longer_than_a_message_becomes_several_and_loses_no_word() {
    let messages = |body: &str| -> Vec<String> {
        let article = json!([{"id": "long", "title": "L", "body": body, "theme": "IT"}]);
        let scene = alice_has_zoe()
            .past([change(section("knowledge", article))])
            .past([Step::Do(operator("alice"), answer_from("zoe", "long"))]);
        scene.log.iter().filter_map(|event| text_of(&event.fact)).map(str::to_owned).collect()
    };
    let words = "élan ".repeat(2_000);
    let sent = messages(&words);
    assert!(sent.len() == 2 && sent.iter().all(|text| text.chars().count() <= 5_000), "{}", sent.len());
    assert_eq!(sent.join(" "), words.trim());
    let lines = format!("{}\n{}", "a b ".repeat(1_000), "c d ".repeat(1_000));
    assert_eq!(messages(&lines), ["a b ".repeat(1_000).trim(), "c d ".repeat(1_000).trim()]);
    let sent = messages(&"é".repeat(10_000));
    assert_eq!(sent.iter().map(|text| text.chars().count()).collect::<Vec<_>>(), [5_000, 5_000]);
}
