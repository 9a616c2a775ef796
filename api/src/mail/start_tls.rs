//! Changes over to TLS on a connection that began in the clear (RFC 3207).
//!
//! What the mail server says before is believed by nobody: it is asked again over TLS. Nothing is sent together with the
//! command, and nothing that came together with its answer is read as if it had come encrypted.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Bytes of an answer of the mail server: its longest are lists of what it can do.
const ANSWER_BYTES_MAX: usize = 8 * 1024;

/// Has the mail server wait for the handshake of TLS.
///
/// # Errors
/// The network; [`io::ErrorKind::Unsupported`] when it does not offer TLS.
pub(super) async fn ask(stream: &mut TcpStream, name: &str) -> io::Result<()> {
    answer(stream, "220").await?;
    stream.write_all(format!("EHLO {name}\r\n").as_bytes()).await?;
    answer(stream, "250").await?;
    stream.write_all(b"STARTTLS\r\n").await?;
    answer(stream, "220").await
}

/// Reads an answer to its last line, which has to begin with this code.
async fn answer(stream: &mut TcpStream, code: &str) -> io::Result<()> {
    let mut text = vec![];
    loop {
        // Byte by byte, so that what follows the answer stays where it is.
        text.push(stream.read_u8().await?);
        if text.len() > ANSWER_BYTES_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if !text.ends_with(b"\n") {
            continue;
        }
        let last = text[..text.len() - 1].rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        if last.get(3) == Some(&b'-') {
            continue;
        }
        let is_it = last.starts_with(code.as_bytes());
        return if is_it { Ok(()) } else { Err(io::ErrorKind::Unsupported.into()) };
    }
}
