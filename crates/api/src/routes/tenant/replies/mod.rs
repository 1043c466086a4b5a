//! What customers read.

pub mod list;
pub mod preview;
pub mod reset;
pub mod set;
pub mod view;
