//! What a URL looks like that can be shown to everybody.

use super::malformed;
use crate::{StoreError, StoreKind};

/// Refuses what may hold a password, wherever it stands.
pub(super) fn must_be_harmless(scheme: &str, rest: &str, kind: Option<&StoreKind>) -> Result<(), StoreError> {
    let is_local = kind.is_some_and(|kind| kind.local);
    // Whoever decodes it sees what was escaped, and an escape can hide where a part ends.
    if holds_password(rest, is_local) || holds_password(&unescaped(rest), is_local) {
        let hint = "take it out: credentials come from the usual places of each platform; then change it, for it was shown";
        return Err(malformed(scheme, "holds a password, which does not belong there", hint));
    }
    let (place, query) = parted(rest);
    match kind {
        None => Ok(()),
        Some(kind) if kind.local => must_be_here(kind, rest),
        Some(kind) => must_be_address(kind, place, query),
    }
}

fn holds_password(rest: &str, is_local: bool) -> bool {
    let (place, query) = parted(rest);
    names_secret(query) || (!is_path(place, is_local) && has_password(rest, is_local))
}

/// Place and query.
fn parted(rest: &str) -> (&str, &str) {
    rest.split_once('?').unwrap_or((rest, ""))
}

/// The text that escapes stand for; what is no escape stays as it is.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(b'%'));
        bytes.extend_from_slice(&part.as_bytes()[if byte.is_some() { 2 } else { 0 }..]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A parameter that only a secret is given in.
fn names_secret(query: &str) -> bool {
    let names = query.split(['&', '#']).filter_map(|pair| pair.split_once('=')).map(|(name, _)| name);
    names.map(str::to_ascii_lowercase).any(|name| SECRETS.iter().any(|secret| name.contains(secret)))
}

fn is_path(place: &str, is_local: bool) -> bool {
    is_local && place.starts_with('/') && (!place.starts_with("//") || place.starts_with("///"))
}

/// `user:password@` before the first slash.
fn has_password(rest: &str, is_local: bool) -> bool {
    let Some((user, _)) = first(rest).split_once(':') else { return false };
    // The @ may stand behind a password with a slash or a ? in it. One letter is a drive of Windows.
    rest.contains('@') && !(is_local && user.len() == 1) && !is_arn(first(rest))
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:…`, the long name that AWS gives what it keeps. It may have an @.
fn is_arn(text: &str) -> bool {
    text.starts_with("arn:aws") && text.split(':').count() > 5
}

fn must_be_here(kind: &StoreKind, rest: &str) -> Result<(), StoreError> {
    let Some(path) = rest.strip_prefix("//").filter(|path| !path.starts_with('/')) else { return Ok(()) };
    let hint = match path.contains('@') {
        true => format!("write for example {}", kind.example),
        false => format!("write {}:{path}", kind.scheme),
    };
    let what = format!("names a computer, but {}: stores are on this one", kind.scheme);
    Err(malformed(kind.scheme, &what, hint))
}

fn must_be_address(kind: &StoreKind, place: &str, query: &str) -> Result<(), StoreError> {
    let wrong = |what: &str| Err(malformed(kind.scheme, what, format!("write for example {}", kind.example)));
    if !place.starts_with("//") {
        return wrong("is no address: two slashes belong behind the colon");
    }
    if first(place).contains('@') && !WITH_AT.contains(&kind.scheme) {
        return wrong("names a user, who does not belong there");
    }
    if place.contains(['#', ' ', '\\']) || place.chars().any(char::is_control) {
        return wrong("has a character that no address has");
    }
    let names = query.split('&').filter(|pair| !pair.is_empty()).filter_map(|pair| pair.split('=').next());
    match names.into_iter().all(is_plain) {
        true => Ok(()),
        false => wrong("has a parameter that there is not"),
    }
}

fn first(rest: &str) -> &str {
    rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or_default()
}

/// Whether a text looks like the name of a parameter. Any other may be a part of a password.
fn is_plain(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || b"-_".contains(&byte))
}

const SECRETS: [&str; 6] = ["password", "passwd", "secret", "token", "apikey", "api_key"];
const LONGEST_NAME: usize = 16;

/// The stores whose names may have an @.
const WITH_AT: [&str; 1] = ["awssm"];
