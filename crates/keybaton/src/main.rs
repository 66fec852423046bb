//! The program `keybaton`.

fn main() {}
