//! Which routes are sockets or event streams.

use axum::extract::MatchedPath;
use axum::http::request::Parts;

/// The paths below a livechat that are sockets or event streams.
pub const LIVE: [&str; 8] = [
    "/visitor",
    "/desk",
    "/floor",
    "/floor/replay",
    "/queue/live",
    "/colleagues",
    "/conversations/{conversation}/live",
    "/conversations/{conversation}/replay",
];

/// Is this a socket or an event stream? The matched route decides, not the path: a livechat may have any name.
pub(super) fn is_live(parts: &Parts) -> bool {
    let route =
        parts.extensions.get::<MatchedPath>().and_then(|route| route.as_str().split_once("{livechat}"));
    route.is_some_and(|(_, below)| LIVE.contains(&below))
}
