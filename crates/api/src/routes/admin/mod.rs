//! The platform's console. Answers the machine itself only, unless `admin.allow_remote` is set.

pub mod users;
