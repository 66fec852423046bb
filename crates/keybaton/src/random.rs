//! Chance, from the system.

/// Fills the buffer from the system's random source. A system without one must not make keys, so that ends the program.
pub(crate) fn fill(buffer: &mut [u8]) {
    getrandom::fill(buffer).expect("the system's random source fills a buffer");
}

/// A number from 0 to 1, so that what many do is not done at the same moment.
#[cfg(unix)]
pub(crate) fn fraction() -> f64 {
    let mut chance = [0; 4];
    fill(&mut chance);
    f64::from(u32::from_ne_bytes(chance)) / f64::from(u32::MAX)
}
