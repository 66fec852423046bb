//! Keeping a file out of source control.

/// A `.gitignore` that leaves a file out. What stands there stays as it is, its line endings too.
pub(crate) fn with_line(old: &str, line: &str) -> String {
    let ending = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = if old.is_empty() || old.ends_with('\n') { "" } else { ending };
    format!("{old}{gap}{line}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_added_in_the_way_of_the_file() {
        assert_eq!(with_line("", "/.env"), "/.env\n");
        assert_eq!(with_line("*.pyc\n", "/.env"), "*.pyc\n/.env\n");
        assert_eq!(with_line("*.pyc", "/.env"), "*.pyc\n/.env\n");
        assert_eq!(with_line("*.pyc\r\n", "/.env"), "*.pyc\r\n/.env\r\n");
    }
}
