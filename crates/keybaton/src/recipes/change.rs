//! What would change in a file that is there.

use similar::{Change, TextDiff};

use crate::print::Print;
use crate::unified::{bare, unified};

/// The change as a unified diff. What stands where a key may be is not shown: somebody may have put one there.
pub(crate) fn change(print: &Print, name: &str, rings: &[&str], old: &str, new: &str) -> String {
    let changes = TextDiff::from_lines(old, new);
    // The whole file, since a name may stand far above its value.
    let mut veil = Veil::new(rings);
    let old: Vec<String> =
        (0..).map_while(|at| changes.old_slice(at)).map(|line| veil.line(bare(line))).collect();
    // What a recipe writes holds no key, so a line that is new is shown as it is.
    let line = |change: &Change<&str>| match change.old_index() {
        Some(at) => old[at].clone(),
        None => bare(change.value()).to_owned(),
    };
    unified(print, name, &changes, 2, line)
}

/// Lines as they may be shown: nothing behind a ring's name, whatever longer name it is part of; nothing that is indented below
/// it; and no `value`, which may stand above its name.
struct Veil {
    rings: Vec<String>,
    /// How far the name above is indented.
    below: Option<usize>,
}

impl Veil {
    fn new(rings: &[&str]) -> Self {
        Self { rings: rings.iter().map(|ring| ring.to_ascii_uppercase()).collect(), below: None }
    }

    fn line(&mut self, line: &str) -> String {
        let indent = line.len() - line.trim_start().len();
        let is_below = self.below.is_some_and(|name| indent > name || line.trim().is_empty());
        let upper = line.to_ascii_uppercase();
        let named = self.rings.iter().filter_map(|ring| Some(upper.find(ring)? + ring.len())).min();
        if !is_below {
            self.below = named.map(|_| indent);
        }
        let end = match named.into_iter().chain(value(line)).min() {
            Some(end) => behind(line, end),
            None if is_below => line.find([':', '=']).map_or(indent, |at| at + 1),
            None => line.len(),
        };
        if line[end..].trim().is_empty() { line.to_owned() } else { format!("{}…", &line[..end]) }
    }
}

/// Where the value of a line begins, behind the name that ends there: some put `=` or `:` between them, some a space.
fn behind(line: &str, end: usize) -> usize {
    let rest = &line[end..];
    let at = rest.find(['=', ':']).or_else(|| rest.find(char::is_whitespace));
    at.map_or(line.len(), |at| end + at + 1)
}

/// Where the word ends in `value: …`, `- value: …`, `{"value": …`.
fn value(line: &str) -> Option<usize> {
    let words = line.match_indices("value").map(|(at, word)| (&line[..at], at + word.len()));
    let mut words =
        words.filter(|(before, _)| !before.ends_with(|c: char| c.is_alphanumeric() || "_-".contains(c)));
    let is_set = |end: &usize| line[*end..].trim_start_matches(['\'', '"', ' ']).starts_with([':', '=']);
    words.find_map(|(_, end)| Some(end).filter(is_set))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn no_key_of_a_file_that_is_there_is_shown() {
        let old = "user: shop\nSECRET_KEY: LEAKone\nDJANGO_SECRET_KEY_OLD=LEAKtwo\n- name: SECRET_KEY\n  value: LEAKthree\n";
        let new = "user: shop\nKEYBATON_DIR: /run/secrets/django\n- name: SECRET_KEY\n  x: 2\n";
        assert_snapshot!(change(&Print::new(), "compose.yaml", &["SECRET_KEY"], old, new), @"
        --- compose.yaml
        +++ compose.yaml
        @@ -1,5 +1,4 @@
         user: shop
        -SECRET_KEY:…
        -DJANGO_SECRET_KEY_OLD=…
        +KEYBATON_DIR: /run/secrets/django
         - name: SECRET_KEY
        -  value:…
        +  x: 2
        ");
    }

    #[test]
    fn however_a_name_and_its_value_are_written() {
        for old in [
            "ENV SECRET_KEY LEAK\n",
            "set -gx SECRET_KEY LEAK\n",
            "secret_key = \"LEAK\"\n",
            "export SECRET_KEY='a b=LEAK'\n",
            "- value: LEAK\n  name: SECRET_KEY\n",
            "{\n  \"name\": \"SECRET_KEY\",\n  \"value\": \"LEAK\"\n}\n",
            "{\"value\": \"LEAK\", \"name\": \"SECRET_KEY\"}\n",
            "SECRET_KEY: |\r\n  LEAK\r\n",
            "SECRET_KEY: >-\n\n  a\n  b\n  c\n  d\n  LEAK\nend: here\n",
            "- SECRET_KEY:\n    LEAK\n",
        ] {
            for new in ["", &format!("{old}more\n"), &old.replace("end: here\n", "")] {
                let shown = change(&Print::new(), "file", &["SECRET_KEY"], old, new);
                let shown: Vec<&str> = shown.lines().filter(|line| !line.starts_with('+')).collect();
                assert!(!shown.join("\n").contains("LEAK"), "{old}");
            }
        }
    }

    #[test]
    fn what_is_no_key_is_shown() {
        let old = "user: shop\nname: SECRET_KEY\nvalueFrom:\n  x: 1\n# values: 3\n";
        let shown = change(&Print::new(), "file", &["SECRET_KEY"], old, "");
        assert_eq!(shown.matches('…').count(), 0, "{shown}");
    }
}
