//! What would change in a file that is there.

use similar::{ChangeTag, TextDiff};

use crate::print::{Print, Style};

/// The change as a unified diff. The value of a line that sets a ring is not shown: somebody may have put a key there.
pub(crate) fn change(print: &Print, name: &str, rings: &[&str], old: &str, new: &str) -> String {
    let mut veil = Veil::default();
    let line = |tag, line: &str| match tag {
        // What a recipe writes holds no key.
        ChangeTag::Insert => line.to_owned(),
        _ => veil.line(line, rings),
    };
    hunks(print, name, &TextDiff::from_lines(old, new), 2, line)
}

/// The same of two texts that may be shown as they are, without what is around the changes.
pub(crate) fn bare_change(print: &Print, name: &str, old: &str, new: &str) -> String {
    hunks(print, name, &TextDiff::from_lines(old, new), 0, |_, line| line.to_owned())
}

fn hunks<'t>(
    print: &Print,
    name: &str,
    changes: &TextDiff<'t, 't, str>,
    radius: usize,
    mut as_shown: impl FnMut(ChangeTag, &str) -> String,
) -> String {
    let head = [format!("--- {name}"), format!("+++ {name}")].map(|line| print.paint(Style::Bold, &line));
    let mut shown = head.to_vec();
    for hunk in changes.unified_diff().context_radius(radius).iter_hunks() {
        shown.push(print.paint(Style::Cyan, hunk.header().to_string().trim_end()));
        shown.extend(hunk.iter_changes().map(|change| {
            let line = as_shown(change.tag(), change.value().trim_end_matches(['\r', '\n']));
            match change.tag() {
                ChangeTag::Equal => format!(" {line}"),
                ChangeTag::Delete => print.paint(Style::Red, &format!("-{line}")),
                ChangeTag::Insert => print.paint(Style::Green, &format!("+{line}")),
            }
        }));
    }
    shown.join("\n")
}

/// Lines as they may be shown: `SECRET_KEY=…`, `SECRET_KEY: …`, whatever name it is part of, and the `value:` below `name: SECRET_KEY`.
#[derive(Default)]
struct Veil {
    is_named: bool,
}

impl Veil {
    fn line(&mut self, line: &str, rings: &[&str]) -> String {
        let named = rings.iter().filter_map(|ring| Some(line.find(ring)? + ring.len())).min();
        let is_below = self.is_named && line.trim_start().starts_with("value");
        self.is_named = named.is_some();
        match named.or(is_below.then_some(0)).and_then(|end| value(line, end)) {
            Some(at) => format!("{}…", &line[..at]),
            None => line.to_owned(),
        }
    }
}

/// Where the value of a line begins, behind the name that ends there.
fn value(line: &str, end: usize) -> Option<usize> {
    let at = end + line[end..].find(['=', ':'])? + 1;
    line[at..].chars().any(|c| !c.is_whitespace()).then_some(at)
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
}
