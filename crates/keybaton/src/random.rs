//! Chance, from the system.

/// Fills the buffer from the system's random source. A system without one must not make keys, so that ends the program.
pub(crate) fn fill(buffer: &mut [u8]) {
    getrandom::fill(buffer).expect("the system's random source fills a buffer");
}
