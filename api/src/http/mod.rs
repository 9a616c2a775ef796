//! How requests are read and answered, independent of their subject.
//!
//! Read [`commander`] and [`reader`] (what most handlers take), [`request`] (bodies and the parts of a path), then
//! [`problem`] (the one place where an error becomes an answer). [`shape`] compares a body with the OpenAPI document
//! before it is read, [`parameters`] the query of an address.

pub mod as_of;
pub mod body;
pub mod commander;
pub mod conditional;
pub mod cross_origin;
pub mod dates;
pub mod freshness;
pub mod idempotency;
pub mod json;
pub mod language;
pub mod long_work;
pub mod page_limit;
pub mod parameters;
pub mod problem;
mod query;
pub mod reader;
pub mod receipt;
pub mod request;
pub mod section;
pub mod shape;
