//! Tokens: who may be given the means to act as another, and that it is recorded.

use pupitre_domain::event::Bearer;
use pupitre_domain::event::{Request, Visitor};
use pupitre_domain::{Action, Actor, ConversationAction, Fact, LivechatFact};

use crate::support::*;

fn as_alice() -> Bearer {
    Bearer::Operator(operator_id("alice"))
}

fn as_zoe() -> Bearer {
    Bearer::Visitor { visitor: visitor_id("zoe"), conversation: conversation("zoe") }
}

fn issued(bearer: Bearer) -> Fact {
    Fact::Livechat(LivechatFact::TokenIssued { bearer })
}

#[test]
fn an_administrator_has_tokens_made_for_operators_and_an_integration_for_visitors() {
    let floor = || given([connected("alice"), asks("zoe")]);
    floor().when(administrator(), Action::IssueToken(as_alice())).then([issued(as_alice())]);
    floor().when(bot(), Action::IssueToken(as_zoe())).then([issued(as_zoe())]);
}

#[test]
fn nobody_else_is_given_the_means_to_act_as_another() {
    let everybody =
        [visitor("zoe"), operator("alice"), supervisor(), administrator(), analyst(), bot(), Actor::System];
    for by in everybody {
        for bearer in [as_alice(), as_zoe()] {
            let may = matches!(
                (&by, &bearer),
                (Actor::Administrator(_), Bearer::Operator(_))
                    | (Actor::Integration(_), Bearer::Visitor { .. })
            );
            let asked =
                given([connected("alice"), asks("zoe")]).when(by.clone(), Action::IssueToken(bearer.clone()));
            if may {
                asked.then([issued(bearer)])
            } else {
                asked.then_refused("forbidden")
            };
        }
    }
}

#[test]
fn an_operator_who_is_not_registered_gets_none() {
    given([]).when(administrator(), Action::IssueToken(as_alice())).then_refused("unknown_operator");
}

#[test]
fn it_changes_nothing_and_two_tokens_are_two_events() {
    let before = given([connected("alice"), asks("zoe")]);
    let after = before.clone().when(bot(), Action::IssueToken(as_zoe())).then_whatever();
    assert!(before.livechat == after.livechat);
    after.clone().when(bot(), Action::IssueToken(as_zoe())).then([issued(as_zoe())]);
    after.restarted();
}

#[test]
fn only_an_integration_vouches_for_a_visitor() {
    let claims = || {
        let mut request = plain_request("zoe", None);
        request.visitor.authenticated = true;
        Action::Conversation(conversation("zoe"), ConversationAction::Request(Box::new(request)))
    };
    given([connected("alice")]).when(visitor("zoe"), claims()).then_wrong(["visitor.authenticated"]);
    let asked = given([connected("alice")]).when(bot(), claims()).then_whatever();
    assert!(asked.livechat.conversation(conversation("zoe")).is_some());
}

// Two who go by the same identifier.

fn vouched_for(name: &str) -> Request {
    let request = plain_request(name, None);
    Request { visitor: Visitor { authenticated: true, ..request.visitor }, ..request }
}

#[test]
fn an_authenticated_visitor_is_another_one_than_an_unauthenticated_claim_of_the_identifier() {
    let known = || Step::Do(bot(), request_with("known", vouched_for("zoe")));
    let both = [
        given([connected("alice")]).past([asks("zoe"), known()]),
        given([connected("alice")]).past([known(), asks("zoe")]),
    ];
    for scene in both {
        let scene = scene.restarted();
        let of = |vouched| scene.livechat.conversation_of(&visitor_id("zoe"), vouched);
        assert_eq!((of(false), of(true)), (Some(conversation("zoe")), Some(conversation("known"))));
        // Each has one conversation at a time.
        let again = request_with("again", vouched_for("zoe"));
        scene.clone().when(bot(), again.clone()).then_refused("already_in_conversation");
        let claims = request_with("again", plain_request("zoe", None));
        scene.clone().when(visitor("zoe"), claims.clone()).then_refused("already_in_conversation");
        // The end of the one is not that of the other.
        let scene = scene.past([Step::Do(supervisor(), end("zoe"))]);
        scene.clone().when(bot(), again).then_refused("already_in_conversation");
        scene
            .when(visitor("zoe"), claims)
            .then([requested_with("again", plain_request("zoe", None)), assigned("again", "alice")]);
    }
}

#[test]
fn a_conversation_kept_open_for_one_operator_is_neither_given_to_nor_closed_by_another() {
    // Bob has waited for longer than alice, who had both.
    let scene = given([change(kept_open()), connected_with_capacity("alice", 2), asks("zoe")])
        .past([Step::Do(bot(), request_with("known", vouched_for("zoe")))])
        .past([picks_up("alice", "zoe"), picks_up("alice", "known"), connected_with_capacity("bob", 2)]);
    let scene = scene.past([ends("alice", "zoe")]);
    // Only what was claimed is kept: it is not the one's who is vouched for, nor the other way round.
    let claimed = scene.clone().when(bot(), request_again("zoe", vouched_for("zoe")));
    claimed.then_refused("not_your_conversation");
    let scene = scene.past([ends("alice", "known")]);
    let vouched = scene.clone().when(bot(), request_again("known", plain_request("zoe", None)));
    vouched.then_refused("not_your_conversation");
    let kept = |scene: &Scene| {
        [false, true].map(|vouched| scene.livechat.kept_of(&visitor_id("zoe"), vouched).is_some())
    };
    assert_eq!(kept(&scene), [true, true]);
    let new = scene.clone().when(bot(), request_with("new", vouched_for("zoe")));
    let new = new.then_first_two_by_actor([
        requested_with("new", vouched_for("zoe")),
        closed("known"),
        assigned("new", "alice"),
    ]);
    assert_eq!(kept(&new), [true, false]);
    // The integration vouches again; whoever has the token of the conversation does not need to.
    for (by, request) in [(bot(), vouched_for("zoe")), (visitor("zoe"), plain_request("zoe", None))] {
        let again = scene.clone().when(by, request_again("known", request.clone()));
        let again = again.then([requested_again("known", request), assigned("known", "alice")]).restarted();
        assert_eq!(again.livechat.conversation_of(&visitor_id("zoe"), true), Some(conversation("known")));
    }
}
