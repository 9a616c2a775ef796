//! The list of conversations over HTTP: every parameter, what it refuses, orders and cursors.

use api::auth::Role;
use pupitre_tests::actors::{Livechat, Operator, Person};
use pupitre_tests::server::{Server, minutes};
use serde_json::json;

async fn ids(person: &Person, query: &str) -> Vec<String> {
    let page = person.get(&format!("/conversations?{query}")).await.is(200);
    page["items"].as_array().unwrap().iter().map(|row| row["visitor"].as_str().unwrap().to_owned()).collect()
}

/// `v1` was refused; `v2` was picked up after a minute, marked, passed from Alice to Bob, and ended by him with both
/// surveys answered; `v3`, in English and with a skill, was ended by the visitor, and only its survey was left
/// unanswered; `v4` is live.
async fn some_days(server: &Server) -> (Livechat, [Operator; 2]) {
    let livechat = server.livechat("support").await;
    let label = json!({ "fr": "Et alors ?" });
    let fields = json!([
        { "id": "note", "label": label, "kind": "rating" },
        { "id": "motif", "label": label, "kind": "single_choice", "choices": [
            { "id": "prix", "label": label }, { "id": "delai", "label": label }
        ] },
    ]);
    let survey = |id, audience| json!({ "id": id, "name": id, "title": label, "audience": audience, "fields": fields });
    livechat.sets("surveys", json!([survey("bilan", "operator"), survey("satisfaction", "visitor")])).await;
    livechat.sets("operator_survey", json!({ "survey": "bilan", "closable_unanswered": true })).await;
    livechat.sets("visitor_survey", json!({ "survey": "satisfaction" })).await;
    livechat.sets("desk", json!({ "mark_important": true })).await;
    livechat.sets("skills", json!([{ "id": "billing" }])).await;
    livechat.visitor("v1").await;
    server.clock.advance(minutes(60));

    let mut alice = livechat.operator_with("alice", json!({ "capacity": 1, "skills": ["billing"] })).await;
    let v2 = livechat.visitor("v2").await;
    server.clock.advance(minutes(1));
    alice.picks_up(&v2).await;
    alice.person.put(&v2.path("/importance"), &json!({ "important": true })).await.is(200);
    let mut bob = livechat.operator("bob").await;
    alice.transfers(&v2, json!({ "operator": "bob" }), None).await;
    bob.picks_up(&v2).await;
    bob.ends(&v2).await;
    let answers = json!({ "answers": { "note": { "rating": 4 }, "motif": { "choice": "prix" } } });
    v2.person.put(&v2.path("/survey/answers"), &answers).await.is(200);
    let answers = json!({ "answers": { "note": { "rating": 2 } } });
    bob.person.put(&v2.path("/survey/answers"), &answers).await.is(200);
    server.clock.advance(minutes(60));

    let request = json!({ "visitor": { "id": "v3" }, "language": "en", "skill": "billing" });
    let mut v3 = livechat.requests(request).await;
    alice.picks_up(&v3).await;
    v3.ends().await;
    alice.person.post(&v3.path("/survey/close"), &serde_json::Value::Null).await.is(200);
    livechat.visitor("v4").await;
    (livechat, [alice, bob])
}

#[tokio::test]
async fn every_parameter_finds_those_it_is_true_for() {
    let server = Server::start().await;
    let (livechat, _desks) = some_days(&server).await;
    let supervisor = livechat.supervisor();
    let all = supervisor
        .get(&format!("/conversations?at_least={}", server.position("support").await))
        .await
        .is(200);
    let time = |index: usize| all["items"][index]["requested_at"].as_str().unwrap().to_owned();
    let (v2_at, v3_at) = (time(2), time(1));
    for (query, expected) in [
        ("", &["v4", "v3", "v2", "v1"][..]),
        ("sort=newest", &["v4", "v3", "v2", "v1"]),
        ("sort=oldest", &["v1", "v2", "v3", "v4"]),
        ("sort=last_ended", &["v3", "v2", "v1"]),
        ("state=refused,ended", &["v3", "v2", "v1"]),
        ("state=ended", &["v3", "v2"]),
        ("reason=no_operator", &["v1"]),
        ("reason=visitor,no_operator", &["v3", "v1"]),
        ("reason=timeout", &[]),
        ("operator=bob&sort=oldest&state=ended", &["v2"]),
        // She passed v2 on: an operator who had picked it up took part in it.
        ("operator=alice&state=ended", &["v3", "v2"]),
        ("skill=billing", &["v3"]),
        ("visitor=v2", &["v2"]),
        ("language=en", &["v3"]),
        ("language=fr&sort=oldest", &["v1", "v2", "v4"]),
        ("important=true", &["v2"]),
        ("important=false&transferred=false", &["v4", "v3", "v1"]),
        ("transferred=true", &["v2"]),
        ("visitor_survey=answered", &["v2"]),
        ("visitor_survey=unanswered", &[]),
        ("operator_survey=unanswered", &["v3"]),
        ("operator_survey=answered", &["v2"]),
        ("survey=satisfaction", &["v2"]),
        ("survey=satisfaction&field=note&rating_min=4", &["v2"]),
        ("survey=satisfaction&field=note&rating_max=3", &[]),
        ("survey=bilan&field=note&rating_min=2&rating_max=2", &["v2"]),
        ("survey=satisfaction&field=motif&answer=prix", &["v2"]),
        ("survey=satisfaction&field=motif&answer=delai", &[]),
        (&format!("requested_from={v2_at}&requested_until={v3_at}"), &["v2"]),
        (&format!("requested_from={v3_at}"), &["v4", "v3"]),
        // Written with an offset, whose + a careless client sends as it is.
        (&format!("requested_until={}", v2_at.replace('Z', "+00:00")), &["v1"]),
        ("wait_over_secs=31536000", &[]),
    ] {
        assert_eq!(ids(&supervisor, query).await, expected, "{query}");
    }
    let analyst = livechat.person(Role::Analyst, "ann");
    assert_eq!(ids(&analyst, "").await, ["v3", "v2", "v1"], "an analyst never sees a live conversation");
    assert_eq!(ids(&analyst, "state=assigned,ended").await, ["v3", "v2"]);
    assert_eq!(ids(&analyst, "state=assigned").await, [""; 0]);
}

#[tokio::test]
async fn every_wrong_parameter_is_named_with_what_it_allows() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let supervisor = livechat.supervisor();
    for (query, field, allowed) in [
        ("state=lost", "state", "one or more of requested, waiting, assigned"),
        ("state=", "state", "one or more of"),
        ("reason=boredom", "reason", "one or more of no_operator, queue_full"),
        ("operator=a/b", "operator", "1 to 64 characters"),
        ("skill=", "skill", "1 to 64 characters"),
        ("visitor=a%00b", "visitor", "1 to 64 characters"),
        ("language=de", "language", "one of fr, en"),
        ("important=yes", "important", "true or false"),
        ("transferred=1", "transferred", "true or false"),
        ("requested_from=yesterday", "requested_from", "a time as in RFC 3339"),
        ("requested_until=0000-01-01T00:00:00Z", "requested_until", "from 1970 to 9999"),
        (
            "requested_from=2026-02-01T00:00:00Z&requested_until=2026-01-01T00:00:00Z",
            "requested_until",
            "a time after",
        ),
        ("wait_over_secs=-1", "wait_over_secs", "0 to 31536000 seconds"),
        ("wait_over_secs=1e3", "wait_over_secs", "0 to 31536000 seconds"),
        ("visitor_survey=maybe", "visitor_survey", "one of answered, unanswered"),
        ("operator_survey=", "operator_survey", "one of answered, unanswered"),
        ("survey=a b", "survey", "1 to 64 characters"),
        ("field=note&rating_min=1", "survey", "required with field"),
        ("survey=s&answer=x", "field", "required with answer"),
        ("survey=s&field=note", "answer", "required with field"),
        ("survey=s&field=note&answer=x&rating_min=1", "answer", "absent with rating_min"),
        ("survey=s&field=note&rating_min=0", "rating_min", "1 to 5"),
        ("survey=s&field=note&rating_max=6", "rating_max", "1 to 5"),
        ("survey=s&field=note&rating_min=4&rating_max=2", "rating_max", "rating_min or more"),
        ("sort=random", "sort", "one of newest, oldest, longest_wait, last_ended"),
        ("cursor=x", "cursor", "the next of a page"),
        ("limit=0", "limit", "1 to 200"),
        ("limit=201", "limit", "1 to 200"),
        ("limit=ten", "limit", "1 to 200"),
        ("q=bonjour", "q", "nothing"),
        ("opertor=alice", "opertor", "nothing"),
        ("state=ended&state=left", "state", "once"),
    ] {
        let problem =
            supervisor.get(&format!("/conversations?{query}")).await.is_problem(422, "invalid_fields");
        let errors = problem["errors"].as_array().unwrap();
        let named = errors.iter().find(|error| error["field"] == field);
        let told = named.and_then(|error| error["allowed"].as_str()).unwrap_or_default();
        assert!(told.contains(allowed), "{query}: {errors:?}");
    }
    let three = "/conversations?state=lost&limit=0&sort=best";
    let problem = supervisor.get(three).await.is_problem(422, "invalid_fields");
    let fields: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect();
    assert_eq!(fields, ["state", "sort", "limit"], "all at once");
}

#[tokio::test]
async fn a_cursor_goes_on_in_its_own_question_only() {
    let server = Server::start().await;
    let (livechat, _desks) = some_days(&server).await;
    let supervisor = livechat.supervisor();
    let position = server.position("support").await;
    let first = format!("/conversations?limit=1&at_least={position}");
    for sort in ["newest", "oldest", "longest_wait", "last_ended"] {
        let whole = ids(&supervisor, &format!("sort={sort}&at_least={position}")).await;
        let mut page = supervisor.get(&format!("{first}&sort={sort}")).await.is(200);
        let mut found = vec![];
        loop {
            found.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|row| row["visitor"].as_str().unwrap().to_owned()),
            );
            let Some(next) = page["next"].as_str() else { break };
            let path = format!("/conversations?limit=1&sort={sort}&cursor={next}");
            page = supervisor.get(&path).await.is(200);
        }
        assert_eq!(found, whole, "{sort}");
    }
    let page = supervisor.get(&first).await.is(200);
    let next = page["next"].as_str().unwrap();
    for other in ["sort=oldest", "state=ended", "important=false", "sort=longest_wait"] {
        let refused = supervisor.get(&format!("/conversations?cursor={next}&{other}")).await;
        let problem = refused.is_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["field"], "cursor", "{other}");
    }
    // Another number of rows is the same question.
    assert_eq!(ids(&supervisor, &format!("cursor={next}&limit=2")).await, ["v3", "v2"]);
    let ventes = server.livechat("ventes").await.supervisor();
    ventes.get(&format!("/conversations?cursor={next}")).await.is_problem(422, "invalid_fields");
}
