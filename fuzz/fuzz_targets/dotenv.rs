//! Any .env text has a meaning, and an edit changes nothing but what it was asked to.
#![no_main]

use keybaton_dotenv::{Change, Document, Precedence, edit};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (text, value) = input;
    let before = Document::parse(text);
    let end = before.statements().last().map_or(0, |statement| statement.place().span.end);
    assert!(end == text.len() || before.statements().is_empty(), "the statements cover the text");
    let Ok(edited) = edit(text, &[Change { name: "SECRET_KEY", value }]) else { return };
    let after = Document::parse(&edited.text);
    let nothing = |_: &str| None;
    let read = after.get("SECRET_KEY", &nothing, Precedence::Environment).expect("it was readable before");
    assert_eq!(read.as_deref().map(String::as_str), Some(value), "what was written is read back");
    let others = |document: &Document<'_>| -> Vec<(String, Option<String>)> {
        let others = document.bindings().filter(|binding| binding.name != "SECRET_KEY");
        others.map(|other| (other.name.to_string(), other.value().map(|value| value.to_string()))).collect()
    };
    assert_eq!(others(&before), others(&after), "the other variables stay");
});
