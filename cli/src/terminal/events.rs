//! Server-sent events out of a stream of bytes, as far as the floor needs them.
//!
//! The id of an event is not kept here: the position is in the data as well.

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Its name; `message` when the server gave none.
    pub name: String,
    /// Its data, lines joined by line feeds.
    pub data: String,
}

/// Bytes that have arrived, and the event they are part of.
#[derive(Debug, Default)]
pub struct Events {
    bytes: Vec<u8>,
    /// Up to here the bytes have been read.
    read: usize,
    name: String,
    data: Option<String>,
}

impl Events {
    /// Adds what has arrived; it may end anywhere, even within a character.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.read);
        self.read = 0;
        self.bytes.extend_from_slice(bytes);
    }

    fn read_line(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            let name = std::mem::take(&mut self.name);
            let name = if name.is_empty() { "message".to_owned() } else { name };
            return self.data.take().map(|data| Event { name, data });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match (field, &mut self.data) {
            ("event", _) => value.clone_into(&mut self.name),
            ("data", Some(data)) => {
                data.push('\n');
                data.push_str(value);
            }
            ("data", None) => self.data = Some(value.to_owned()),
            // Comments keep the connection open; ids and retries are not needed.
            (_, _) => {}
        }
        None
    }
}

/// The whole events that have arrived; more may come after the next [`Events::push`].
impl Iterator for Events {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            let rest = &self.bytes[self.read..];
            let end = rest.iter().position(|byte| *byte == b'\n')?;
            let line = String::from_utf8_lossy(&rest[..end]).trim_end_matches('\r').to_owned();
            self.read += end + 1;
            if let Some(event) = self.read_line(&line) {
                return Some(event);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, data: &str) -> Event {
        Event { name: name.into(), data: data.into() }
    }

    #[test]
    fn events_come_out_whole_however_the_bytes_are_cut() {
        let text =
            "event: snapshot\nid: 7\ndata: {\"name\":\"Chloé\"}\n\n: still here\n\ndata:a\ndata: b\r\n\r\n";
        for size in 1..text.len() {
            let mut events = Events::default();
            let mut seen = Vec::new();
            for chunk in text.as_bytes().chunks(size) {
                events.push(chunk);
                seen.extend(events.by_ref());
            }
            assert_eq!(seen, [event("snapshot", "{\"name\":\"Chloé\"}"), event("message", "a\nb")], "{size}");
        }
    }

    #[test]
    fn half_an_event_is_not_an_event() {
        let mut events = Events::default();
        events.push(b"event: change\ndata: {}\n");
        assert_eq!(events.next(), None);
        events.push(b"\n");
        assert_eq!(events.next(), Some(event("change", "{}")));
    }
}
