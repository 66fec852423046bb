//! What a .env file means to python-dotenv, and how to change one without touching the rest.
#![no_std]

extern crate alloc;
