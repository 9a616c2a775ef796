//! A mail server of a test: it speaks SMTP on a port of its own, and keeps what it is handed.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::patience::eventually_some;

/// See the module.
pub struct Mailbox {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    received: Mutex<Vec<Mail>>,
    /// What is answered to the next recipients instead of taking the mail.
    refusals: Mutex<VecDeque<String>>,
    /// How often somebody tried to hand a mail over.
    tries: Mutex<usize>,
}

/// A mail that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Who it is from, as the exchange says.
    pub from: String,
    /// Who it is for, as the exchange says.
    pub to: Vec<String>,
    /// With which user and password it was handed over.
    pub credentials: Option<(String, String)>,
    /// The mail, byte for byte.
    pub raw: String,
}

impl Mailbox {
    /// One that takes every mail.
    pub async fn open() -> Self {
        Self::refusing(&[]).await
    }

    /// One that answers the first recipients like this, and takes every mail after that.
    pub async fn refusing(answers: &[&str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let state = Arc::new(State::default());
        *locked(&state.refusals) = answers.iter().map(|answer| (*answer).to_owned()).collect();
        let kept = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = kept.clone();
                // A client that hangs up ends its own exchange.
                tokio::spawn(async move { drop(exchange(stream, &state).await) });
            }
        });
        Self { address, state }
    }

    /// Its address, as `--smtp` takes it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The same with a user and a password.
    pub fn url_for(&self, user: &str, password: &str) -> String {
        format!("smtp://{user}:{password}@{}", self.address)
    }

    /// How many mails it has taken.
    pub fn count(&self) -> usize {
        locked(&self.state.received).len()
    }

    /// How often somebody tried to hand one over.
    pub fn tries(&self) -> usize {
        *locked(&self.state.tries)
    }

    /// Waits for the mail with this number, counted from 0.
    pub async fn mail(&self, number: usize) -> Mail {
        eventually_some("a mail comes", async || locked(&self.state.received).get(number).cloned()).await
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One connection, from the greeting to the farewell.
async fn exchange(stream: TcpStream, state: &State) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mailbox\r\n").await?;
    let (mut from, mut to, mut credentials) = (String::new(), vec![], None);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let (verb, rest) = line.trim_end().split_once([' ', ':']).unwrap_or((line.trim_end(), ""));
        let answer = match verb.to_ascii_uppercase().as_str() {
            "EHLO" => "250-mailbox\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN".to_owned(),
            "AUTH" => {
                let given = STANDARD.decode(rest.rsplit(' ').next().unwrap_or_default()).unwrap_or_default();
                let given = String::from_utf8_lossy(&given).into_owned();
                let mut parts = given.split('\0').skip(1).map(str::to_owned);
                credentials = parts.next().zip(parts.next());
                "235 welcome".to_owned()
            }
            "MAIL" => {
                *locked(&state.tries) += 1;
                from = bare(rest);
                to.clear();
                "250 go on".to_owned()
            }
            "RCPT" => {
                let refusal = locked(&state.refusals).pop_front();
                refusal.unwrap_or_else(|| {
                    to.push(bare(rest));
                    "250 go on".to_owned()
                })
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let raw = data(&mut stream).await?;
                let mail = Mail { from: from.clone(), to: to.clone(), credentials: credentials.clone(), raw };
                locked(&state.received).push(mail);
                "250 taken".to_owned()
            }
            "QUIT" => {
                stream.write_all(b"221 farewell\r\n").await?;
                return Ok(());
            }
            _ => "250 as you like".to_owned(),
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// The mail up to the dot that ends it.
async fn data(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

/// The address in `FROM:<zoe@example.org> BODY=8BITMIME`.
fn bare(text: &str) -> String {
    let inside = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

impl Mail {
    /// A header, as people read it.
    pub fn header(&self, name: &str) -> Option<String> {
        let (head, _) = self.raw.split_once("\r\n\r\n")?;
        let unfolded = head.replace("\r\n ", " ");
        let line =
            unfolded.split("\r\n").find_map(|line| line.strip_prefix(&format!("{name}: ")))?.to_owned();
        Some(words(&line))
    }

    /// The text, as people read it.
    pub fn text(&self) -> String {
        let (_, body) = self.raw.split_once("\r\n\r\n").unwrap_or_default();
        let bytes = match self.header("Content-Transfer-Encoding").as_deref() {
            Some("base64") => STANDARD.decode(body.replace("\r\n", "")).expect("base64"),
            Some("quoted-printable") => quoted(body, false),
            _ => body.as_bytes().to_vec(),
        };
        String::from_utf8(bytes).expect("text in UTF-8").replace("\r\n", "\n")
    }

    /// The secret of the link with this beginning that is in it.
    pub fn secret(&self, beginning: &str) -> String {
        let text = self.text();
        let after = text.split_once(beginning).unwrap_or_else(|| panic!("no {beginning} in {text}")).1;
        after.lines().next().unwrap_or_default().to_owned()
    }
}

/// A header with its encoded words (RFC 2047) written out.
fn words(text: &str) -> String {
    let mut all = String::new();
    for word in text.split(' ') {
        let inside = word.strip_prefix("=?utf-8?").and_then(|word| word.strip_suffix("?="));
        if let Some((kind, coded)) = inside.and_then(|word| word.split_once('?')) {
            let bytes = if kind.eq_ignore_ascii_case("b") {
                STANDARD.decode(coded).expect("base64")
            } else {
                quoted(coded, true)
            };
            all.push_str(&String::from_utf8(bytes).expect("text in UTF-8"));
        } else {
            all.push_str(if all.is_empty() { "" } else { " " });
            all.push_str(word);
        }
    }
    all
}

/// Bytes out of quoted-printable (RFC 2045 §6.7).
fn quoted(text: &str, is_header: bool) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let mut bytes = vec![];
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let code = rest.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        match (first, byte) {
            (b'=', Some(byte)) => {
                bytes.push(byte);
                rest = &rest[2..];
            }
            (b'_', _) if is_header => bytes.push(b' '),
            _ => bytes.push(*first),
        }
    }
    bytes
}
