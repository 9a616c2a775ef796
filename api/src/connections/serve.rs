//! Which connections are accepted, and what answers: HTTP/1.1 on each connection until it closes or the server stops.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use domain::bilingual::both;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

use super::body::{Answered, Paced};
use super::state::State;
use super::stream::Stream;
use super::{Encryption, Register, headers, refusal};
use crate::http::problem::Problem;
use crate::limits::{CONNECTION_BUFFER_BYTES, HEADERS_MAX, LAST_WORDS_AT_ONCE};

/// How long no connection is accepted after the system ran out of resources for another.
const PAUSE: Duration = Duration::from_millis(200);

/// Accepts connections until it is stopped; returns when the last has closed.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    register: Register,
    encryption: Encryption,
    stopping: CancellationToken,
) {
    let encryption = Arc::new(encryption);
    let (connections, last_words) = (TaskTracker::new(), Arc::new(Semaphore::new(LAST_WORDS_AT_ONCE)));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                not_accepted(&error, &register).await;
                continue;
            }
        };
        match register.enter(peer.ip()) {
            Ok(place) => {
                without_delay(&stream);
                let stream = Stream::new(encryption.wire(stream), place, encryption.hsts());
                let answers = Answers { router: router.clone(), encryption: encryption.clone(), peer };
                connections.spawn(connection(stream, answers, stopping.clone()));
            }
            // More than some at once are closed without a word.
            Err(problem) => {
                if let Ok(permit) = last_words.clone().try_acquire_owned() {
                    let encryption = encryption.clone();
                    connections.spawn(async move {
                        let stream = encryption.wire(stream);
                        refusal::turn_away(stream, problem, encryption.hsts().as_ref()).await;
                        drop(permit);
                    });
                }
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// The next one may succeed; after a pause if the system is out of resources.
async fn not_accepted(error: &io::Error, register: &Register) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        return;
    }
    metrics::counter!("connections_refused_total", "why" => "system").increment(1);
    tracing::error!(%error, "cannot accept connections; retrying");
    register.make_room();
    tokio::time::sleep(PAUSE).await;
}

/// What answers the requests of one connection.
#[derive(Clone)]
struct Answers {
    router: Router,
    encryption: Arc<Encryption>,
    peer: SocketAddr,
}

/// Serves one connection.
async fn connection(stream: Stream, answers: Answers, stopping: CancellationToken) {
    let state = stream.state();
    let answer = service_fn(move |request| answer(answers.clone(), state.clone(), request));
    let connection = http1::Builder::new()
        .max_buf_size(CONNECTION_BUFFER_BYTES)
        .max_header_size(CONNECTION_BUFFER_BYTES)
        .max_headers(HEADERS_MAX)
        // Our own timer distinguishes a head from a pause between two requests.
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), answer)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// Answers one request.
async fn answer(
    answers: Answers,
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let Answers { mut router, encryption, peer } = answers;
    let busy = state.begin();
    let hsts = encryption.hsts_for(peer.ip(), request.headers());
    let mut response = if let Some(problem) = odd(&request) {
        ([(header::CONNECTION, "close")], problem).into_response()
    } else {
        let waits_for_us = request.headers().contains_key(header::EXPECT);
        let mut request = request.map(|body| Body::new(Paced::new(body, waits_for_us, busy.also())));
        request.extensions_mut().insert(ConnectInfo(peer));
        let Ok(response) = router.call(request).await;
        response
    };
    headers::complete(response.headers_mut());
    if let Some(hsts) = hsts {
        response.headers_mut().insert(headers::HSTS, hsts);
    }
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        state.is_socket();
        return Ok(response);
    }
    Ok(response.map(|body| Body::new(Answered::new(body, busy))))
}

/// A request that two servers in a row may understand differently is refused (RFC 9112, section 3.2).
fn odd(request: &Request<Incoming>) -> Option<Problem> {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let wrong = hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11);
    let detail = both("a request of HTTP/1.1 has one Host", "une requête HTTP/1.1 a un seul Host");
    wrong.then(|| Problem::new(StatusCode::BAD_REQUEST, "malformed_request", detail))
}

/// Frames are small and people wait for them: none is held back to be sent with the next.
fn without_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
}
