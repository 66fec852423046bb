//! What a recipe would change in a file that is there.

use similar::{ChangeTag, TextDiff};

use crate::print::{Print, Style};

/// The change as a unified diff. The value of a line that sets a ring is not shown: somebody may have put a key there.
pub(crate) fn change(print: &Print, name: &str, rings: &[&str], old: &str, new: &str) -> String {
    let head = [format!("--- {name}"), format!("+++ {name}")].map(|line| print.paint(Style::Bold, &line));
    let changes = TextDiff::from_lines(old, new);
    let mut shown = head.to_vec();
    for hunk in changes.unified_diff().context_radius(2).iter_hunks() {
        shown.push(print.paint(Style::Cyan, hunk.header().to_string().trim_end()));
        shown.extend(hunk.iter_changes().map(|change| {
            let line = change.value().trim_end_matches(['\r', '\n']);
            match change.tag() {
                ChangeTag::Equal => format!(" {}", veiled(line, rings)),
                ChangeTag::Delete => print.paint(Style::Red, &format!("-{}", veiled(line, rings))),
                // What a recipe writes holds no key.
                ChangeTag::Insert => print.paint(Style::Green, &format!("+{line}")),
            }
        }));
    }
    shown.join("\n")
}

/// `SECRET_KEY=…`, `SECRET_KEY: …`, and whatever name it is part of.
fn veiled(line: &str, rings: &[&str]) -> String {
    let named = rings.iter().filter_map(|ring| Some(line.find(ring)? + ring.len())).min();
    let value = named.and_then(|end| {
        let at = end + line[end..].find(['=', ':'])? + 1;
        line[at..].chars().any(|c| !c.is_whitespace()).then_some(at)
    });
    value.map_or_else(|| line.to_owned(), |at| format!("{}…", &line[..at]))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn no_key_of_a_file_that_is_there_is_shown() {
        let old =
            "user: shop\nSECRET_KEY: LEAKone\nDJANGO_SECRET_KEY_OLD=LEAKtwo\n- name: SECRET_KEY\n  x: 1\n";
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
        -  x: 1
        +  x: 2
        ");
    }
}
