//! Bounded reads, atomic replacement and locks for files that hold secrets.
