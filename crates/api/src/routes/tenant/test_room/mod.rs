//! The test room: a customer is played, nothing leaves the house.

pub mod example_create;
pub mod example_delete;
pub mod examples;
pub mod examples_run;
pub mod play;
pub mod view;
