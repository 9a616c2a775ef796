//! What the figures of a period are: a day counted by hand, nights on which the clocks change, slices that add
//! up, the same figures by another way from the log itself, and how they are asked for.

mod by_another_way;
mod definitions;
mod hand_made_day;
mod messages_by_kind;
mod night_of_the_clocks;
mod occupancy;
mod over_http;
mod slices;
pub(crate) mod stage;
mod today;
