//! What would change in a settings file, for people to agree to. No key is shown.

use keybaton_audit::settings::Settings;
use keybaton_audit::source::Source;
use similar::{ChangeTag, TextDiff};

use crate::print::{Print, Style};

/// The change as a unified diff.
pub(crate) fn diff(print: &Print, name: &str, old: &Source, new: &Source) -> String {
    let (old, new) = (veiled(old), veiled(new));
    let changes = TextDiff::from_lines(&old, &new);
    let mut shown = vec![
        print.paint(Style::Bold, &format!("--- {name}")),
        print.paint(Style::Bold, &format!("+++ {name}")),
    ];
    for hunk in changes.unified_diff().context_radius(CONTEXT).iter_hunks() {
        shown.push(print.paint(Style::Cyan, hunk.header().to_string().trim_end()));
        shown.extend(hunk.iter_changes().map(|change| {
            let text = change.value().trim_end_matches(['\r', '\n']);
            match change.tag() {
                ChangeTag::Equal => format!(" {}", without_other_secrets(text)),
                ChangeTag::Delete => print.paint(Style::Red, &format!("-{text}")),
                ChangeTag::Insert => print.paint(Style::Green, &format!("+{text}")),
            }
        }));
    }
    shown.join("\n")
}

/// The text with `'…'` in the place of each key.
fn veiled(source: &Source) -> String {
    let settings = Settings::of(source, &[]);
    let mut ranges: Vec<_> = settings
        .entries
        .iter()
        .flat_map(|entry| &entry.literals)
        .map(|literal| literal.range.clone())
        .collect();
    ranges.sort_by_key(|range| std::cmp::Reverse(range.start));
    ranges.dedup();
    let mut text = source.text().to_owned();
    for range in ranges {
        text.replace_range(range, "'…'");
    }
    text
}

/// A neighbouring line may hold a password: of such a line only the name is shown.
fn without_other_secrets(line: &str) -> String {
    let Some(at) = line.find(['=', ':']) else { return line.to_owned() };
    let name = line[..at].to_ascii_uppercase();
    let is_secret = SECRETS.iter().any(|word| name.contains(word)) && line[at..].contains(['"', '\'']);
    if is_secret { format!("{} …", &line[..=at]) } else { line.to_owned() }
}

const CONTEXT: usize = 2;

const SECRETS: [&str; 7] = ["PASS", "SECRET", "TOKEN", "KEY", "DSN", "DATABASE", "CREDENTIAL"];

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn shown(old: &str, new: &str) -> String {
        let [old, new] = [old, new].map(|text| Source::decode(text.as_bytes()).unwrap());
        diff(&Print::new(), "settings.py", &old, &new)
    }

    #[test]
    fn no_key_and_no_password_beside_it_is_shown() {
        let old = "SECRET_KEY = ('made'\n    '-up')\nEMAIL_HOST_PASSWORD = 'hunter2'\nDEBUG = True\nX = 1\n";
        let new = "SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\nEMAIL_HOST_PASSWORD = 'hunter2'\nDEBUG = True\nX = 1\n";
        assert_snapshot!(shown(old, new), @"
        --- settings.py
        +++ settings.py
        @@ -1,3 +1,3 @@
        -SECRET_KEY = ('…')
        +SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
         EMAIL_HOST_PASSWORD = …
         DEBUG = True
        ");
    }
}
