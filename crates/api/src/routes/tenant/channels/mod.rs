pub mod check;
pub mod connect_bot;
pub mod disconnect;
pub mod edit;
pub mod groups;
pub mod list;
pub mod replace_token;
pub mod take_over;
mod view;

pub use view::ChannelCard;
