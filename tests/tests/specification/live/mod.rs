//! The sockets of visitors and desks, the feed of the floor, presence.

mod attendance;
mod bad_frames;
mod desk_socket;
mod floor;
mod internal_messages;
mod presence;
mod rules;
mod visitor_socket;
