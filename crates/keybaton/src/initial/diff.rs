//! What would change in a settings file, for people to agree to. No key is shown, nor any other secret of the file.

use keybaton_audit::source::Source;
use keybaton_audit::veil::veil;
use keybaton_core::RingName;
use similar::{ChangeTag, DiffableStr, TextDiff};

use crate::print::{Print, Style};

/// The change as a unified diff. The lines are compared as they are, and shown with what could be secret veiled.
pub(crate) fn diff(print: &Print, name: &str, ring: &RingName, old: &Source, new: &Source) -> String {
    let fallbacks = ring.fallbacks();
    let [old_veiled, new_veiled] = [old, new].map(|source| veil(source, &[ring.as_str(), &fallbacks]));
    let [old_lines, new_lines] = [&old_veiled, &new_veiled].map(|text| text.tokenize_lines());
    let changes = TextDiff::from_lines(old.text(), new.text());
    let mut shown = vec![
        print.paint(Style::Bold, &format!("--- {name}")),
        print.paint(Style::Bold, &format!("+++ {name}")),
    ];
    for hunk in changes.unified_diff().context_radius(CONTEXT).iter_hunks() {
        shown.push(print.paint(Style::Cyan, hunk.header().to_string().trim_end()));
        shown.extend(hunk.iter_changes().map(|change| match change.tag() {
            ChangeTag::Equal => format!(" {}", line(&old_lines, change.old_index())),
            ChangeTag::Delete => {
                print.paint(Style::Red, &format!("-{}", line(&old_lines, change.old_index())))
            }
            ChangeTag::Insert => {
                print.paint(Style::Green, &format!("+{}", line(&new_lines, change.new_index())))
            }
        }));
    }
    shown.join("\n")
}

fn line<'a>(lines: &[&'a str], at: Option<usize>) -> &'a str {
    let line = at.and_then(|at| lines.get(at)).copied().unwrap_or_default();
    line.trim_end_matches(['\r', '\n'])
}

const CONTEXT: usize = 2;

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn shown(old: &str, new: &str) -> String {
        let [old, new] = [old, new].map(|text| Source::decode(text.as_bytes()).unwrap());
        diff(&Print::new(), "settings.py", &RingName::default(), &old, &new)
    }

    #[test]
    fn no_secret_is_shown_and_every_line_that_goes_is() {
        let old = "\
SENTRY = init('https://LEAKone@example.com')  # LEAKtwo
SECRET_KEY = (  # LEAKthree
    'LEAKfour'
    # LEAKfive
    'LEAKsix'
)
EMAIL_HOST_PASSWORD = (
    'LEAKseven'
)
";
        let new = "\
SENTRY = init('https://LEAKone@example.com')  # LEAKtwo
SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()  # LEAKthree
EMAIL_HOST_PASSWORD = (
    'LEAKseven'
)
";
        assert_snapshot!(shown(old, new), @"
        --- settings.py
        +++ settings.py
        @@ -1,8 +1,4 @@
         SENTRY = init('…')  # …
        -SECRET_KEY = (  # …
        -    '…'
        -    # …
        -    '…'
        -)
        +SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()  # …
         EMAIL_HOST_PASSWORD = (
             '…'
        ");
    }

    #[test]
    fn a_change_that_the_veil_hides_is_a_change() {
        assert_snapshot!(shown("X = 'one'\n", "X = 'two'\n"), @"
        --- settings.py
        +++ settings.py
        @@ -1 +1 @@
        -X = '…'
        +X = '…'
        ");
    }
}
