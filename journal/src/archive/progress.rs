//! How far a long piece of work is.

/// Called now and then with how many records are done, and of how many when that is known.
pub type Progress<'a> = &'a (dyn Fn(u64, Option<u64>) + Send + Sync);
