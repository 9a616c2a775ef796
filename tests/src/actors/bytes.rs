//! Somebody who speaks to the server byte by byte, and says what no client would.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::patience::soon;

/// How often somebody slow sends something.
const OFTEN: Duration = Duration::from_millis(10);

/// A connection.
pub struct Bytes {
    stream: TcpStream,
    unread: Vec<u8>,
}

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct RawAnswer {
    /// The status.
    pub status: u16,
    head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl RawAnswer {
    /// A header, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The answer is a problem document with this status and code.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) -> Value {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        assert_eq!((self.status, body["code"].as_str()), (status, Some(code)), "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        body
    }
}

impl Bytes {
    /// Connects, with a small buffer for what is not read.
    pub async fn connect(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4_096).expect("a small buffer");
        let stream = soon(socket.connect(address)).await.expect("a connection");
        Self { stream, unread: vec![] }
    }

    /// Sends these bytes.
    pub async fn sends(&mut self, bytes: impl AsRef<[u8]>) {
        soon(self.stream.write_all(bytes.as_ref())).await.expect("the server takes it");
    }

    /// Sends the same again and again, and reads nothing, until it is cut off; tells how many bytes were taken.
    pub async fn floods(&mut self, bytes: &[u8]) -> usize {
        let mut taken = 0;
        soon(async {
            while let Ok(more) = self.stream.write(bytes).await {
                taken += more;
            }
        })
        .await;
        taken
    }

    /// Sends the same again and again for so long, and reads nothing; tells how many bytes were taken.
    pub async fn floods_for(&mut self, time: Duration, bytes: &[u8]) -> usize {
        let mut taken = 0;
        let flood = async {
            while let Ok(more) = self.stream.write(bytes).await {
                taken += more;
            }
        };
        // Whether it was cut off before does not matter.
        let _ = tokio::time::timeout(time, flood).await;
        taken
    }

    /// Sends the same again and again, some times a second, until it is cut off; tells how many bytes were taken.
    pub async fn floods_slowly(&mut self, bytes: &[u8]) -> usize {
        let mut taken = 0;
        let mut often = tokio::time::interval(OFTEN);
        soon(async {
            while let Ok(more) = self.stream.write(bytes).await {
                taken += more;
                often.tick().await;
            }
        })
        .await;
        taken
    }

    /// What comes until the server closes, or the next answer.
    pub async fn closes_or_answers(&mut self) -> Vec<u8> {
        while !self.unread.windows(4).any(|end| end == b"\r\n\r\n") && self.reads().await {}
        std::mem::take(&mut self.unread)
    }

    /// Sends a request without a body, and more of a head if need be.
    pub async fn asks(&mut self, method: &str, path: &str, more: &str) {
        self.sends(format!("{method} {path} HTTP/1.1\r\nHost: pupitre\r\n{more}\r\n")).await;
    }

    /// The next answer, which says how long it is.
    pub async fn answer(&mut self) -> RawAnswer {
        loop {
            if let Some(answer) = self.whole() {
                return answer;
            }
            assert!(self.reads().await, "closed after {:?}", String::from_utf8_lossy(&self.unread));
        }
    }

    /// Reads until the server closes; what came and was not read yet.
    pub async fn closes(&mut self) -> Vec<u8> {
        while self.reads().await {}
        std::mem::take(&mut self.unread)
    }

    async fn reads(&mut self) -> bool {
        let mut buffer = [0; 4_096];
        let read = soon(self.stream.read(&mut buffer)).await.unwrap_or_default();
        self.unread.extend_from_slice(&buffer[..read]);
        read > 0
    }

    fn whole(&mut self) -> Option<RawAnswer> {
        let end = self.unread.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
        let head = String::from_utf8_lossy(&self.unread[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let mut answer = RawAnswer { status, head, body: vec![] };
        let length = answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        answer.body = self.unread.get(end..end + length)?.to_vec();
        self.unread.drain(..end + length);
        Some(answer)
    }
}
