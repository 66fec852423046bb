//! No URL makes the reader panic, and no error repeats what was given: it may be a key in the wrong place.
#![no_main]

use keybaton_stores::StoreUrl;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match StoreUrl::parse(text) {
        Ok(url) => assert_eq!(url.to_string(), text),
        // The path of a .env file is repeated, as the URL that was meant.
        Err(_) if text.rsplit(['/', '\\']).next().is_some_and(|name| name.starts_with(".env")) => {}
        Err(error) => assert!(text.len() < 24 || !format!("{error} {error:?}").contains(text)),
    }
});
