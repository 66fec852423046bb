//! No source makes the reader panic, its places lie in the text, and settings that were changed say what they should.
#![no_main]

use keybaton_audit::settings::Settings;
use keybaton_audit::source::Source;
use keybaton_audit::wire::{IfAbsent, Middleware, Style, Wiring, wire};
use keybaton_core::RingName;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = Source::decode(bytes) else { return };
    let settings = Settings::of(&source, &["OTHER"]);
    for entry in &settings.entries {
        assert!(source.text().get(entry.statement.clone()).is_some());
        for literal in &entry.literals {
            assert!(source.text().get(literal.range.clone()).is_some());
            assert!(bytes.get(source.bytes_of(literal.range.clone())).is_some());
        }
    }
    let middleware = Middleware::of(&source);
    assert!(middleware.djangos().is_none_or(|at| source.text().is_char_boundary(at)));
    let is_listed = matches!(middleware, Middleware::Listed { .. });
    assert_eq!(middleware.replaced(bytes, &source).is_some(), is_listed, "what is listed can be replaced");
    for style in [Style::Load, Style::Plain] {
        if let Wiring::Changed(new) = wire(bytes, &source, &RingName::default(), style, IfAbsent::Append) {
            let again = Source::decode(&new).expect("it was text before");
            let wiring = wire(&new, &again, &RingName::default(), style, IfAbsent::Append);
            assert_eq!(wiring, Wiring::AsItIs, "done once it is done");
        }
    }
});
