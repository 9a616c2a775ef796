//! Today's totals on the floor: sent when they change, by the clocks of the livechat.

use pupitre_tests::actors::{Floor, Transport};
use pupitre_tests::server::{Server, minutes};
use serde_json::json;

#[tokio::test]
async fn totals_are_sent_when_they_change() {
    for transport in Transport::BOTH {
        let server = Server::start().await;
        let livechat = server.livechat("support").await;
        let mut alice = livechat.operator("alice").await;
        let mut floor = Floor::of(transport, &livechat).await;
        floor.totals(|today| today["requested"] == 0).await;
        let visitor = livechat.visitor("v1").await;
        floor.totals(|today| today["requested"] == 1 && today["answered"] == 0).await;
        server.clock.advance(minutes(1));
        alice.picks_up(&visitor).await;
        alice.is_now("on_break").await;
        let refused = livechat.visitor("v2").await;
        assert_eq!(refused.requested["reason"], "no_operator");
        let today = floor.totals(|today| today["refused"] == 1 && today["answered"] == 1).await;
        assert_eq!((&today["requested"], &today["waiting"]), (&json!(2), &json!(0)));
        let known = today.clone();
        let mut fresh = Floor::of(transport, &livechat).await;
        assert_eq!(fresh.next().await.data["today"], known, "they are in the snapshot");
    }
}

#[tokio::test]
async fn they_begin_again_at_midnight_by_the_clocks_of_the_livechat() {
    // It is noon in Greenwich: in Paris 11 hours to midnight.
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let always = json!([{ "from": "00:00", "to": "24:00" }]);
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let week: serde_json::Map<_, _> = days.iter().map(|day| ((*day).to_owned(), always.clone())).collect();
    livechat.sets("opening_hours", json!({ "time_zone": "Europe/Paris", "week": week })).await;
    livechat.sets("timeouts", json!({ "auto_transfer": 0 })).await;
    let _alice = livechat.operator("alice").await;
    let _visitor = livechat.visitor("v1").await;
    let mut floor = livechat.floor().await;
    floor.totals(|today| today["requested"] == 1).await;
    server.clock.advance(minutes(11 * 60 - 1));
    let mut still = livechat.floor().await;
    still.totals(|today| today["requested"] == 1).await;
    server.clock.advance(minutes(1));
    floor.totals(|today| today["requested"] == 0).await;
}
