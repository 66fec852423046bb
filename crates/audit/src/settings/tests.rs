//! How the key gets into settings, form by form.

use super::*;

fn read(text: &str) -> Settings {
    Settings::of(&Source::decode(text.as_bytes()).unwrap(), &[])
}

fn environment(variable: &str, default: Default) -> KeySource {
    KeySource::Environment { variable: variable.into(), default }
}

/// What the key comes from, and the keys that stand in the source.
#[track_caller]
fn assert_key(text: &str, sources: &[KeySource], literals: &[&str]) {
    let settings = read(text);
    let entries: Vec<&Entry> = settings.keys().collect();
    let found: Vec<KeySource> = entries.iter().flat_map(|entry| entry.sources.clone()).collect();
    assert_eq!(found, sources, "{text}");
    let keys = entries.iter().flat_map(|entry| &entry.literals);
    let keys: Vec<&str> = keys.map(|literal| literal.text.expose()).collect();
    assert_eq!(keys, literals, "{text}");
}

#[test]
fn a_literal_is_read_in_every_way_of_quoting() {
    for text in [
        "SECRET_KEY = 'made-up'\n",
        "SECRET_KEY = \"made-up\"",
        "SECRET_KEY = '''made-up'''",
        "SECRET_KEY = r'made-up'",
        "SECRET_KEY = b'made-up'",
        "SECRET_KEY = 'made' '-up'",
        "SECRET_KEY = ('made'\n  '-up')",
        "SECRET_KEY = '\\x6dade-up'",
        "SECRET_KEY: str = 'made-up'",
        "SECRET_KEY = 'made-up'\r\nDEBUG = True\r\n",
        "\u{feff}SECRET_KEY = 'made-up'",
    ] {
        assert_key(text, &[KeySource::Literal], &["made-up"]);
    }
}

#[test]
fn a_lookup_names_its_variable() {
    for text in [
        "import os\nSECRET_KEY = os.environ['X']",
        "SECRET_KEY = os.environ.get('X')",
        "SECRET_KEY = os.getenv('X')",
        "SECRET_KEY = env('X')",
        "SECRET_KEY = env.str('X')",
        "SECRET_KEY = config('X')",
    ] {
        assert_key(text, &[environment("X", Default::None)], &[]);
    }
}

#[test]
fn a_default_that_is_a_key_is_found() {
    for text in [
        "SECRET_KEY = os.environ.get('X', 'made-up')",
        "SECRET_KEY = os.getenv('X', 'made-up')",
        "SECRET_KEY = os.getenv('X', default='made-up')",
        "SECRET_KEY = env('X', default='made-up')",
        "SECRET_KEY = env.str('X', default='made-up')",
        "SECRET_KEY = config('X', default='made-up')",
    ] {
        assert_key(text, &[environment("X", Default::Literal)], &["made-up"]);
    }
}

#[test]
fn keybaton_is_known_with_its_ring() {
    let ring = KeySource::Keybaton { ring: "SECRET_KEY".into() };
    assert_key("import keybaton\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()", &[ring], &[]);
    let ring = KeySource::Keybaton { ring: "DJANGO_SECRET_KEY".into() };
    let text = "import keybaton\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load('DJANGO_SECRET_KEY')";
    assert_key(text, &[ring], &[]);
}

#[test]
fn a_key_made_anew_at_each_start_is_told_apart() {
    assert_key("SECRET_KEY = get_random_secret_key()", &[KeySource::Generated], &[]);
}

#[test]
fn the_empty_fallback_trap_is_found_and_its_guarded_form_is_not() {
    let trap = |text: &str| read(text).fallbacks().any(|entry| entry.trap.is_some());
    assert!(trap("SECRET_KEY_FALLBACKS = os.environ.get('X', '').split(',')"));
    assert!(!trap("SECRET_KEY_FALLBACKS = ['made-up']"));
    assert!(!trap("SECRET_KEY_FALLBACKS = [k for k in os.environ.get('X', '').split(',') if k.strip()]"));
}

#[test]
fn fallbacks_that_stand_in_the_source_are_found() {
    let settings = read("SECRET_KEY_FALLBACKS = ['made-up-1', 'made-up-2']");
    let entry = settings.fallbacks().next().unwrap();
    let keys: Vec<&str> = entry.literals.iter().map(|literal| literal.text.expose()).collect();
    assert_eq!(keys, ["made-up-1", "made-up-2"]);
}

#[test]
fn a_variable_that_the_key_is_read_from_is_followed() {
    let settings = read("MY_KEY = 'made-up'\nSECRET_KEY = MY_KEY\n");
    let literals: Vec<&str> = settings
        .entries
        .iter()
        .flat_map(|entry| &entry.literals)
        .map(|literal| literal.text.expose())
        .collect();
    assert_eq!(literals, ["made-up"]);
}

#[test]
fn a_syntax_error_elsewhere_hides_nothing() {
    let settings = read("def broken(:\n    pass\n\nSECRET_KEY = 'made-up'\n");
    assert!(!settings.errors.is_empty());
    assert_eq!(settings.keys().count(), 1);
}

#[test]
fn other_files_names_are_listed_to_be_followed() {
    let settings = read("from .base import *\n");
    let module = Import { level: 1, module: "base".into() };
    assert_eq!(settings.stars, [Star { module, at: 0, surroundings: Surroundings::default() }]);
}

#[test]
fn no_debug_form_shows_a_key() {
    let settings = read("SECRET_KEY = 'made-up'\nSECRET_KEY_FALLBACKS = ['older-one']\n");
    let shown = format!("{settings:?}");
    assert!(!shown.contains("made-up") && !shown.contains("older-one"), "{shown}");
}
