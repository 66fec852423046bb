//! Commands as one would type them, for messages that say what to run.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A command as one would type it.
#[must_use]
pub fn typed(command: &[String]) -> String {
    command.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// One word of a command.
#[must_use]
pub fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let words = ["sh", "-c", "echo 'a' b", "", "deploy/web", "awssm://a?region=eu-west-1"];
        let shown = r"sh -c 'echo '\''a'\'' b' '' deploy/web 'awssm://a?region=eu-west-1'";
        assert_eq!(typed(&words.map(str::to_owned)), shown);
    }
}
