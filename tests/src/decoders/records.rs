//! Events as they are stored, and records in a file.

use domain::Event;
use journal::archive::record_line;

/// An event that can be read is the same when it is stored and read again.
pub(super) fn event(bytes: &[u8]) {
    let Ok(read) = serde_json::from_slice::<Event>(bytes) else { return };
    let stored = serde_json::to_string(&read).expect("an event can be written");
    let again: Event = serde_json::from_str(&stored).expect("what is stored can be read");
    assert_eq!(again, read);
    assert_eq!(serde_json::to_string(&again).expect("an event can be written"), stored);
}

/// A line that can be imported is exported as the same record.
pub(super) fn import_line(bytes: &[u8]) {
    for line in bytes.split(|byte| *byte == b'\n') {
        let read = match record_line::read(line) {
            Ok(read) => read,
            Err(why) => {
                assert!(!why.is_empty());
                continue;
            }
        };
        let mut written = vec![];
        record_line::write(&read, &mut written).expect("what was carried can be carried");
        assert_eq!(written.pop(), Some(b'\n'));
        assert!(!written.contains(&b'\n'), "a record is one line");
        assert_eq!(record_line::read(&written).expect("a line that was written"), read);
    }
}
