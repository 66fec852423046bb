//! What holds for every text and every change.

use keybaton_dotenv::{Change, Document, EditErrorKind, Precedence, Statement, edit};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_has_a_meaning(text in any::<String>()) {
        let document = Document::parse(&text);
        let _ = document.variables(&|_| None, Precedence::File);
    }

    #[test]
    fn an_edit_is_read_back(text in texts(), values in three_values()) {
        let changes = changes(&values);
        let Some(edited) = edited(&text, &changes)? else { return Ok(()) };
        let document = Document::parse(&edited);
        let variables = document.variables(&|_| Some("wrong".to_owned().into()), Precedence::File).unwrap();
        for Change { name, value } in changes {
            prop_assert_eq!(variables.get(name), Some(value));
            prop_assert_eq!(document.bindings().filter(|binding| binding.name == name).count(), 1);
        }
    }

    #[test]
    fn an_edit_leaves_every_other_byte(text in texts().prop_map(no_lone_return), values in three_values()) {
        let changes = changes(&values);
        let Some(edited) = edited(&text, &changes)? else { return Ok(()) };
        let (mut before, after) = (without(&text, &changes), without(&edited, &changes));
        if before.len() < after.len() {
            // Something was added behind a last line that had no end.
            prop_assert!(!text.ends_with(['\n', '\r']));
            before += after.strip_prefix(&before).unwrap_or_default().trim_matches(['\r', '\n']);
            prop_assert_eq!(before, after.trim_end_matches(['\r', '\n']));
        } else {
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn an_edit_leaves_every_other_meaning(text in texts(), values in three_values()) {
        let changes = changes(&values);
        let Some(edited) = edited(&text, &changes)? else { return Ok(()) };
        prop_assert_eq!(others(&text, &changes), others(&edited, &changes));
    }

    #[test]
    fn editing_twice_is_editing_once(text in texts(), values in three_values()) {
        let changes = changes(&values);
        let Some(once) = edited(&text, &changes)? else { return Ok(()) };
        let twice = edited(&once, &changes)?;
        prop_assert_eq!(Some(once), twice);
    }

    #[test]
    fn a_line_that_has_the_value_stays(text in texts()) {
        let document = Document::parse(&text);
        let mut lines = document.bindings().filter(|binding| binding.name == "A");
        let (Some(only), None) = (lines.next(), lines.next()) else { return Ok(()) };
        let Some(value) = only.value().filter(|value| !value.contains("${")) else { return Ok(()) };
        prop_assert_eq!(edited(&text, &[Change { name: "A", value: &value }])?, Some(text.clone()));
    }
}

/// The edited text; none where a quote that is never closed or a `${…}` stands in the way.
fn edited(text: &str, changes: &[Change<'_>]) -> Result<Option<String>, TestCaseError> {
    match edit(text, changes) {
        Ok(edited) => Ok(Some(edited.text.to_string())),
        Err(error) => {
            let document = Document::parse(text);
            let (line, places, culprits): (_, Vec<_>, _) = match error.kind() {
                EditErrorKind::UnclosedQuote { line } => (line, document.unreadable().collect(), ["'", "\""]),
                EditErrorKind::FromElsewhere { line } => {
                    (line, document.bindings().map(|binding| &binding.place).collect(), ["${A}", "${B}"])
                }
                _ => panic!("{error}"),
            };
            let place = places.into_iter().find(|place| place.line == line).expect("such a line");
            prop_assert!(culprits.iter().any(|culprit| text[place.span.clone()].contains(culprit)));
            Ok(None)
        }
    }
}

/// The text without the lines of the changed variables. Their comments go along, and so do comments of their own that
/// an edit may leave behind.
fn without(text: &str, changes: &[Change<'_>]) -> String {
    let document = Document::parse(text);
    let mut left = String::new();
    let mut done = 0;
    for statement in document.statements() {
        let place = statement.place();
        let changed = statement.binding().is_some_and(|binding| is_changed(&binding.name, changes));
        if changed || text[place.line_start..place.span.end].starts_with(COMMENT_OF_A_LINE) {
            left += &text[done..place.line_start];
            done = place.span.end;
        }
    }
    left + &text[done..]
}

/// A line taken out or put in between a lone `\r` and a `\n` makes one line end of the two: the bytes stay, but there is
/// a blank line less.
fn no_lone_return(text: String) -> String {
    text.replace("\r\n", "\n\n").replace('\r', "\n").replace("\n\n", "\r\n")
}

fn others(text: &str, changes: &[Change<'_>]) -> Vec<(String, Option<String>)> {
    let document = Document::parse(text);
    let others = document.statements().iter().filter_map(Statement::binding);
    let others = others.filter(|binding| !is_changed(&binding.name, changes));
    others.map(|binding| (binding.name.to_string(), binding.value().map(|value| value.to_string()))).collect()
}

fn is_changed(name: &str, changes: &[Change<'_>]) -> bool {
    changes.iter().any(|change| change.name == name)
}

fn changes(values: &[String; 3]) -> [Change<'_>; 3] {
    let [key, fallbacks, ring] = values;
    [
        Change { name: "A", value: key },
        Change { name: "A_FALLBACKS", value: fallbacks },
        Change { name: "A_RING", value: ring },
    ]
}

fn three_values() -> impl Strategy<Value = [String; 3]> {
    [values(), values(), values()]
}

fn values() -> impl Strategy<Value = String> {
    let writable = |value: &String| !value.contains(['\0', '{']);
    prop_oneof![
        "[a-zA-Z0-9]{1,12}",
        "[a-z0-9!@#$%^&*(_=+)-]{1,12}",
        "[ab '\"\\\\#\n\r\t$`=]{0,8}",
        any::<String>()
    ]
    .prop_filter("a value that can be written", writable)
}

/// Texts of lines as people write them, and of shards that make trouble.
fn texts() -> impl Strategy<Value = String> {
    let line = (0..HEADS.len(), 0..VALUES.len(), 0..TAILS.len(), 0..ENDS.len())
        .prop_map(|(head, value, tail, end)| [HEADS[head], VALUES[value], TAILS[tail], ENDS[end]].concat());
    let shard = prop::sample::select(SHARDS).prop_map(str::to_owned);
    let mark = prop_oneof![9 => Just(""), 1 => Just("\u{feff}")];
    let lines = prop::collection::vec(prop_oneof![6 => line, 1 => shard], 0..9);
    (mark, lines).prop_map(|(mark, lines)| mark.to_owned() + &lines.concat())
}

const HEADS: &[&str] = &[
    "A=",
    "A = ",
    "export A=",
    "A_FALLBACKS=",
    "A_RING=",
    "'A'=",
    "B=",
    " B =",
    "export C=",
    "A",
    "",
    "\n\nA=",
];
const VALUES: &[&str] =
    &["", "x", "'x y'", "\"x\\\"\"", "'x\ny'", "\"x\r\ny\"", "x#y", "${A}", "${B}", "é", "''"];
const TAILS: &[&str] = &["", "", " ", COMMENT_BEHIND_A_GAP, COMMENT_OF_A_LINE];
const ENDS: &[&str] = &["\n", "\n", "\r\n", "\r", ""];
const SHARDS: &[&str] =
    &["'", "\"", "\\", "=", " ", "\n", "A='", "B=\"", "export ", COMMENT_OF_A_LINE, "\t", "\u{1c}", "`", "x"];
const COMMENT_OF_A_LINE: &str = "#of A";
const COMMENT_BEHIND_A_GAP: &str = " #of A";
