pub mod get;
pub mod view;
