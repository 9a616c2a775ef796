//! Counts as the metrics take them.

/// A count as a metric.
#[expect(clippy::cast_precision_loss, reason = "a metric is a floating-point number")]
pub(crate) const fn figure(of: usize) -> f64 {
    of as f64
}
