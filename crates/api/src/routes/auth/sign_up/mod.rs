pub mod check_key;
pub mod create;
