//! The metrics of the server: counters and histograms, read at `/metrics` in the Prometheus format.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// The recorder of this process.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

/// Bounds of times, in seconds: from a hot commit to a stuck one.
const SECONDS: [f64; 12] = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0];
/// Bounds of batch sizes, in events.
const EVENTS: [f64; 8] = [1.0, 2.0, 5.0, 10.0, 50.0, 200.0, 1_000.0, 5_000.0];

/// How often samples are summed up.
const UPKEEP_EVERY: std::time::Duration = std::time::Duration::from_secs(5);

impl Metrics {
    /// Records the metrics of this process from now on. A process that records already (tests start
    /// several servers in one) gets a recorder that shows nothing.
    pub fn install() -> Self {
        let builder = PrometheusBuilder::new();
        let builder = builder
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
            .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_events".into()), &EVENTS))
            .unwrap_or_default();
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::debug!("metrics are recorded already");
        }
        Self(handle)
    }

    /// All metrics, as text.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Sums up what was recorded, now and then, for ever: samples are kept one by one until then, also
    /// when nobody reads the metrics.
    pub async fn keep_up(self) {
        let mut now_and_then = tokio::time::interval(UPKEEP_EVERY);
        loop {
            now_and_then.tick().await;
            self.0.run_upkeep();
        }
    }
}
