//! Counts in the form that the metrics take.

/// A count as a metric.
#[expect(clippy::cast_precision_loss, reason = "a metric is a floating-point number")]
pub(crate) const fn as_f64(count: usize) -> f64 {
    count as f64
}
