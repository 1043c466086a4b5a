pub mod set_mode;
