//! The life of a conversation, as its visitor and its operators live it.

mod inactivity;
mod queue;
mod refusal;
mod settings;
mod whole_life;
