//! The sockets of visitors and desks, the views of the floor, presence.

mod attendance;
mod bad_frames;
mod conversation;
mod desk_events;
mod desk_socket;
mod feeds;
mod floor;
mod front_end;
mod help;
mod hidden;
mod hold;
mod internal_messages;
mod presence;
mod queue;
mod resuming;
mod rules;
mod totals;
mod visitor_socket;
