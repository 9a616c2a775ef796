//! How many live feeds are open, as a gauge.

/// A live connection, counted while it is open.
pub(super) struct Open(&'static str);

impl Open {
    pub(super) fn count(kind: &'static str) -> Self {
        metrics::gauge!("sockets_open", "kind" => kind).increment(1.0);
        Self(kind)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!("sockets_open", "kind" => self.0).decrement(1.0);
    }
}
