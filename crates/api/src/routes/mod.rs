pub mod health;
pub mod telegram_hook;
