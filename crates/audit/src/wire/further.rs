//! Letting settings read a ring besides the main one, in a line below the one that reads that.

use keybaton_core::RingName;

use super::edits::{self, Edits, next_line};
use super::{Style, Wiring, is_loaded, is_plain, is_wired};
use crate::settings::{Entry, Settings};
use crate::source::Source;

/// Decides how a file changes that reads the main ring. `None`: it does not, so that another file is the one to change, or a person.
#[must_use]
pub fn wire_further(bytes: &[u8], source: &Source, main: &RingName, ring: &RingName) -> Option<Wiring> {
    let settings = Settings::of(source, &[]);
    let text = source.text();
    let style = style(&settings, main)?;
    if reads(text, ring) {
        return Some(Wiring::AsItIs);
    }
    let last =
        settings.entries.iter().filter(|entry| entry.is_setting()).max_by_key(|entry| entry.statement.end)?;
    if !settings.errors.is_empty() || !stands_alone(text, last) {
        return None;
    }
    let lines: String = further_lines(ring, style).into_iter().map(|line| line + source.line_end()).collect();
    let at = behind_others(text, next_line(text, last.statement.end), style);
    let gap = if text[..at].ends_with(['\n', '\r']) { "" } else { source.line_end() };
    let mut edits = Edits::default();
    edits.insert(at, &format!("{gap}{lines}"));
    let new = edits.applied(bytes, source);
    is_proved(&new, main, ring).then_some(Wiring::Changed(new))
}

/// The lines that belong into settings, for those who put them in by hand.
#[must_use]
pub fn further_lines(ring: &RingName, style: Style) -> Vec<String> {
    let fallbacks = ring.fallbacks();
    match style {
        Style::Load => vec![format!("{ring}, {fallbacks} = keybaton.load(\"{ring}\")")],
        Style::Plain => vec![
            format!("{ring} = os.environ[\"{ring}\"]"),
            format!(
                "{fallbacks} = [key for key in os.environ.get(\"{fallbacks}\", \"\").split(\",\") if key.strip()]"
            ),
        ],
    }
}

fn style(settings: &Settings, main: &RingName) -> Option<Style> {
    match () {
        () if is_loaded(settings, main) => Some(Style::Load),
        () if is_plain(settings, main) => Some(Style::Plain),
        () => None,
    }
}

/// Behind the lines that read other further rings, so that they stand in the order in which they came.
fn behind_others(text: &str, mut at: usize, style: Style) -> usize {
    let reads = |line: &str| {
        let is_unindented = line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        style == Style::Load && is_unindented && line.contains("_FALLBACKS = keybaton.load(\"")
    };
    while at < text.len() && reads(&text[at..edits::line_stop(text, at)]) {
        at = next_line(text, at);
    }
    at
}

/// Whether the ring is named already where it is read.
fn reads(text: &str, ring: &RingName) -> bool {
    ['"', '\''].iter().any(|q| {
        [format!("load({q}{ring}{q}"), format!("environ[{q}{ring}{q}]")]
            .iter()
            .any(|call| text.contains(call))
    })
}

/// Whether a statement has its lines to itself, at the left margin, so that another one can follow.
fn stands_alone(text: &str, entry: &Entry) -> bool {
    let statement = entry.statement.clone();
    let behind = text[statement.end..edits::line_stop(text, statement.end)].trim_start();
    let begins_line = edits::line_start(text, statement.start) == statement.start;
    begins_line && (behind.is_empty() || behind.starts_with('#'))
}

/// The new text says of the main ring what it said, and reads the other.
fn is_proved(new: &[u8], main: &RingName, ring: &RingName) -> bool {
    let Ok(source) = Source::decode(new) else { return false };
    let settings = Settings::of(&source, &[]);
    settings.errors.is_empty() && is_wired(&settings, main) && reads(source.text(), ring)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn wired(text: &str) -> Option<String> {
        let source = Source::decode(text.as_bytes()).unwrap();
        let ring = "COOKIE_SIGNING_KEY".parse().unwrap();
        match wire_further(text.as_bytes(), &source, &RingName::default(), &ring)? {
            Wiring::Changed(new) => Some(String::from_utf8(new).unwrap()),
            Wiring::AsItIs => Some("as it is".to_owned()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_line_stands_below_the_one_that_reads_the_main_ring() {
        let text =
            "import keybaton\n\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()  # ours\nDEBUG = True\n";
        assert_snapshot!(wired(text).unwrap(), @r#"
        import keybaton

        SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()  # ours
        COOKIE_SIGNING_KEY, COOKIE_SIGNING_KEY_FALLBACKS = keybaton.load("COOKIE_SIGNING_KEY")
        DEBUG = True
        "#);
    }

    #[test]
    fn the_line_ends_as_the_others_do() {
        let text = "import keybaton\r\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()";
        assert_eq!(
            wired(text).unwrap(),
            format!(
                "{text}\r\nCOOKIE_SIGNING_KEY, COOKIE_SIGNING_KEY_FALLBACKS = keybaton.load(\"COOKIE_SIGNING_KEY\")\r\n"
            )
        );
    }

    #[test]
    fn plain_settings_get_plain_lines() {
        let plain = super::super::lines(&RingName::default(), Style::Plain).join("\n") + "\n";
        let new = wired(&plain).unwrap();
        assert!(new.starts_with(&plain));
        assert_snapshot!(new[plain.len()..], @r#"
        COOKIE_SIGNING_KEY = os.environ["COOKIE_SIGNING_KEY"]
        COOKIE_SIGNING_KEY_FALLBACKS = [key for key in os.environ.get("COOKIE_SIGNING_KEY_FALLBACKS", "").split(",") if key.strip()]
        "#);
    }

    #[test]
    fn what_reads_it_already_stays_and_what_does_not_read_the_main_ring_is_left() {
        let text = "import keybaton\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n";
        let new = wired(text).unwrap();
        let line = "LINK_KEY, LINK_KEY_FALLBACKS = keybaton.load(\"LINK_KEY\")\n";
        assert!(wired(&format!("{text}{line}")).unwrap().starts_with(&format!("{text}{line}COOKIE")));
        assert_eq!(wired(&new).as_deref(), Some("as it is"));
        assert_eq!(wired("SECRET_KEY = 'made-up'\n"), None);
        assert_eq!(
            wired("import keybaton\nif True:\n    SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n"),
            None
        );
        assert_eq!(
            wired("import keybaton\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load(); X = 1\n"),
            None
        );
    }
}
