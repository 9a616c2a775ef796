//! Each livechat is an island: two of them with the same operators and the same visitors see nothing
//! of each other.

use pupitre_tests::actors::{Livechat, Operator, Visitor};
use pupitre_tests::server::Server;
use serde_json::json;

async fn inhabited(server: &Server, id: &str) -> (Livechat, Operator, Visitor) {
    let livechat = server.livechat(id).await;
    let mut alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    (livechat, alice, visitor)
}

#[tokio::test]
async fn two_livechats_with_the_same_people_see_nothing_of_each_other() {
    let server = Server::start().await;
    let (north, mut north_alice, mut north_visitor) = inhabited(&server, "north").await;
    let (south, mut south_alice, mut south_visitor) = inhabited(&server, "south").await;
    let mut north_floor = north.floor().await;
    let mut south_floor = south.floor().await;

    // Said in one, and then something in the other that is waited for.
    north_visitor.says("secret du nord").await;
    north_alice.says(&north_visitor, "réponse du nord").await;
    let north_position = north_alice.ends(&north_visitor).await;
    south_visitor.says("fin").await;
    south_alice.hears(&south_visitor, "fin").await;
    let south_position = south_alice.says(&south_visitor, "adieu").await;
    south_visitor.hears("adieu").await;
    let south_board = south_floor.caught_up(south_position).await.to_string();
    let north_board = north_floor.caught_up(north_position).await.clone();

    for heard in [south_visitor.socket.heard(), south_alice.socket.heard()] {
        let heard = serde_json::to_string(heard).unwrap();
        assert!(!heard.contains("nord") && !heard.contains(&north_visitor.conversation), "{heard}");
    }
    assert!(!south_board.contains(&north_visitor.conversation), "{south_board}");
    assert_eq!(north_board["conversations"], json!([]));
    assert_eq!(south.board(south_position).await["conversations"][0]["state"], "picked_up");

    let supervisor = south.supervisor();
    for list in ["/conversations?limit=200&at_least=", "/audit?limit=200&at_least="] {
        let read = supervisor.get(&format!("{list}{south_position}")).await.is(200).to_string();
        assert!(!read.contains(&north_visitor.conversation) && !read.contains("north"), "{read}");
    }
}

#[tokio::test]
async fn a_conversation_of_another_livechat_does_not_exist() {
    let server = Server::start().await;
    let (_, _, elsewhere) = inhabited(&server, "north").await;
    let (south, mut alice, visitor) = inhabited(&server, "south").await;
    let before = server.position("north").await;

    let supervisor = south.supervisor();
    supervisor.get(&elsewhere.path("")).await.is_problem(404, "unknown_conversation");
    supervisor.get(&elsewhere.path("/transcript")).await.is_problem(404, "unknown_conversation");
    let text = json!({ "text": "bonjour" });
    for person in [&supervisor, &alice.person, &south.integration()] {
        person.post(&elsewhere.path("/messages"), &text).await.is_problem(404, "unknown_conversation");
    }
    // The token of a visitor is for one conversation: whether there is another is not disclosed.
    for path in [elsewhere.path("/messages"), format!("/conversations/{}/messages", uuid::Uuid::now_v7())] {
        visitor.person.post(&path, &text).await.is_problem(403, "not_your_conversation");
    }
    let command = json!({ "type": "end", "conversation": elsewhere.conversation });
    alice.socket.is_refused(command, "unknown_conversation").await;
    assert_eq!(server.position("north").await, before);
}

#[tokio::test]
async fn a_token_of_one_livechat_opens_nothing_in_another() {
    use pupitre_tests::actors::Socket;
    let server = Server::start().await;
    let (north, north_alice, north_visitor) = inhabited(&server, "north").await;
    let (south, _, south_visitor) = inhabited(&server, "south").await;
    let visitor = south.stranger(Some(north_visitor.person.token().to_owned()));
    let page = visitor.socket(&format!("/visitor?conversation={}", north_visitor.conversation));
    let alice = south.stranger(Some(north_alice.person.token().to_owned())).socket("/desk");
    for url in [page, alice] {
        let refusal = Socket::try_open(&url).await.err().expect("it is refused");
        refusal.is_problem(403, "forbidden");
    }
    let supervisor = south.stranger(Some(north.supervisor().token().to_owned()));
    let live = format!("/conversations/{}/live", south_visitor.conversation);
    for feed in ["/floor", "/queue/live", &live] {
        supervisor.get(feed).await.is_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn the_same_key_in_two_livechats_is_two_commands() {
    let server = Server::start().await;
    let (north, ..) = inhabited(&server, "north").await;
    let (south, ..) = inhabited(&server, "south").await;
    let key = "018f0000-0000-7000-8000-000000000001";
    let request = json!({ "visitor": { "id": "v2" }, "language": "fr" });
    for livechat in [&north, &south] {
        let before = server.position(&livechat.id).await;
        livechat.integration().post_with_key(key, "/conversations", &request).await.is(201);
        assert!(server.position(&livechat.id).await > before);
    }
}
