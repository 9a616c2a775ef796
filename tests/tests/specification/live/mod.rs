//! The sockets of visitors and desks, the feed of the floor, presence.

mod bad_frames;
mod desk_socket;
mod floor;
mod presence;
mod rules;
mod visitor_socket;
