//! Tokens: who may be given the means to act as another, and that it is recorded.

use pupitre_domain::livechat::issue_token::Bearer;
use pupitre_domain::{Action, Actor, Fact, LivechatFact};

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
        Action::RequestConversation(conversation("zoe"), Box::new(request))
    };
    given([connected("alice")]).when(visitor("zoe"), claims()).then_wrong(["visitor.authenticated"]);
    let asked = given([connected("alice")]).when(bot(), claims()).then_whatever();
    assert!(asked.livechat.conversation(conversation("zoe")).is_some());
}
