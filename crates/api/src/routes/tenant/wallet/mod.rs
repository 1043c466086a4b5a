pub mod get;
pub mod ledger;
pub mod replay;
