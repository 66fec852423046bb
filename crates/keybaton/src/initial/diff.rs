//! What would change in a settings file, for people to agree to. No key is shown, nor any other secret of the file.

use keybaton_audit::source::Source;
use keybaton_audit::veil::veil;
use keybaton_core::RingName;
use similar::{ChangeTag, DiffableStr, TextDiff};

use crate::print::Print;
use crate::unified::{bare, unified};

/// The change as a unified diff. The lines are compared as they are, and shown with what could be secret veiled.
pub(crate) fn diff(print: &Print, name: &str, ring: &RingName, old: &Source, new: &Source) -> String {
    let fallbacks = ring.fallbacks();
    let [old_veiled, new_veiled] = [old, new].map(|source| veil(source, &[ring.as_str(), &fallbacks]));
    let [old_lines, new_lines] = [&old_veiled, &new_veiled].map(|text| text.tokenize_lines());
    let changes = TextDiff::from_lines(old.text(), new.text());
    unified(print, name, &changes, CONTEXT, |change| match change.tag() {
        ChangeTag::Insert => line(&new_lines, change.new_index()).to_owned(),
        _ => line(&old_lines, change.old_index()).to_owned(),
    })
}

fn line<'a>(lines: &[&'a str], at: Option<usize>) -> &'a str {
    bare(at.and_then(|at| lines.get(at)).copied().unwrap_or_default())
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
