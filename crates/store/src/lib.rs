pub mod embedded;
pub mod vault;
