//! Repositories of one tenant's schema, reached through [`crate::TenantTx`]. Table names are unqualified: the path is the tenant's.

pub mod accounts;
pub mod audit;
pub mod audit_list;
pub mod binds;
pub mod channels;
pub mod chats;
pub mod checklist;
pub mod customer_book;
pub mod home;
pub mod inbox;
pub mod ledger_list;
pub mod messages;
pub mod outbox;
pub mod panel_book;
pub mod panels;
pub mod people;
pub mod provider_book;
pub mod providers;
pub mod request_list;
pub mod requests;
pub mod retention;
pub mod settings;
pub mod test_examples;
pub mod wallet;

/// A repository borrows the transaction's connection for one call.
macro_rules! repository {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<'t> {
            conn: &'t mut sqlx::PgConnection,
        }

        impl<'t> $name<'t> {
            pub(crate) fn new(conn: &'t mut sqlx::PgConnection) -> Self {
                Self { conn }
            }
        }
    };
}
pub(crate) use repository;
