//! The rules of keybaton: keys, rings, handovers and their three texts, without IO.
#![no_std]

extern crate alloc;
