pub mod connect_bot;
pub mod groups;
pub mod list;
mod view;

pub use view::ChannelCard;
