pub mod ban;
pub mod credits;
pub mod get;
pub mod list;
pub mod reinstate;
pub mod suspend;
pub mod view;
