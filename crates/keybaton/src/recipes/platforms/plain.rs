//! Texts that mean the same wherever they are written.

use crate::exit::Exit;
use crate::failure::Failure;

/// What would mean something else in a file is not written there, quoted or not: units look for `%` and `$`, forges for `$`
/// and `${{`.
pub(super) fn must_be_plain(what: &str, text: &str, file: &str) -> Result<(), Failure> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain) {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Configuration,
        format!("{what} has characters that mean something else in {file}"),
    )
    .hint("use letters, digits, dots, hyphens and underscores there"))
}
