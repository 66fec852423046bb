//! How strong a key is.
