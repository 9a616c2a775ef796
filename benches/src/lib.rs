//! Benchmarks: what the promises of the project are measured with, one file per layer.
