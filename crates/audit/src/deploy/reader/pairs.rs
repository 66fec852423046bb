//! Mappings whose names are chosen freely: Helm values, variables of Ansible.

use std::ops::Range;

use keybaton_core::RingName;
use keybaton_core::strength::weaknesses;

use super::Reader;
use super::others::names_a_service;
use super::value::value;
use super::yaml::At;
use crate::deploy::{How, Value};

/// Takes in every pair below a node that surely is a key of Django's.
pub(in crate::deploy) fn read_pairs(reader: &mut Reader<'_>, root: At<'_>) {
    for at in root.below() {
        let is_elsewhere = is_of_another(at);
        let has_name = at.pairs().any(|(key, _)| key.text().is_some_and(names_a_secret));
        for (key, value) in at.pairs() {
            if let Some(name) = key.text() {
                pair(reader, name, value, Beside { is_elsewhere, has_name });
            }
        }
        if let (Some(name), Some(at)) = (at.text_of("name"), at.get("value")) {
            reader.give(name, value(at.text().unwrap_or("{{")), How::Values, at.span());
        }
        read_lines(reader, at.text().unwrap_or_default(), at.span());
    }
}

/// What stands beside a pair.
#[derive(Clone, Copy)]
struct Beside {
    is_elsewhere: bool,
    /// `secret_name: db` makes of `secret_key: password` the name of a key in a Secret.
    has_name: bool,
}

fn pair(reader: &mut Reader<'_>, name: &str, at: At<'_>, beside: Beside) {
    let Some(text) = at.text().filter(|text| reader.names.ring_like(text).is_none() && !at.is_null()) else {
        return;
    };
    let ring = match reader.names.ring(name) {
        Some(ring) => Some(ring),
        None if beside.is_elsewhere => None,
        None => {
            let is_vague = beside.has_name || is_vague(name);
            let like = reader.names.ring_like(&snake(name)).filter(|_| !is_vague || looks_real(text));
            like.or_else(|| prefixed(reader, &snake(name), text))
        }
    };
    if let Some(ring) = ring.cloned() {
        reader.give_ring(ring, value(text), How::Values, at.span());
    }
}

/// `vault_django_secret_key`, and `shop_secret_key` where its text looks drawn: services have keys of that name too.
fn prefixed<'r>(reader: &'r Reader<'_>, name: &str, text: &str) -> Option<&'r RingName> {
    let owner = name.strip_suffix("_secret_key")?;
    let is_switch = matches!(text, "true" | "false" | "yes" | "no");
    let is_django = owner.ends_with("django") || owner == "vault";
    let is_of_service = || names_a_service(owner) || text.starts_with("sk_");
    (is_django && !is_switch || looks_real(text) && !is_of_service())
        .then(|| reader.names.ring_like("secret_key"))?
}

/// `SECRET_KEY=…` as a line of a file that is written out. The first key counts, as all have one place.
pub(in crate::deploy) fn read_lines(reader: &mut Reader<'_>, text: &str, span: Range<usize>) {
    let pairs = text.lines().chain(old_style(text)).filter_map(|line| {
        let line = line.trim().trim_start_matches("export ").trim_start_matches("Environment=");
        let (name, text) = line.trim_start_matches(['"', '\'']).split_once('=')?;
        let ring = reader.names.ring(name.trim())?;
        Some((ring, value(written(text)?)))
    });
    let first = pairs.into_iter().find(|(_, value)| value.key().is_some());
    if let Some((ring, value)) = first {
        reader.give_ring(ring.clone(), value, How::Values, span);
    }
}

/// `dest=/etc/shop/env line="export SECRET_KEY='…'"`: how parameters were once given in Ansible.
fn old_style(text: &str) -> Option<&str> {
    let (_, rest) = [" line=", " content="].into_iter().find_map(|name| text.split_once(name))?;
    quoted(rest).or_else(|| rest.split_whitespace().next())
}

/// What stands behind the `=`, without quotes; nothing where Python computes it.
fn written(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_computed = text.contains(['"', '\'']) && text.contains(['(', '[']) || text.ends_with("()");
    match quoted(text) {
        Some(text) => Some(text),
        None => (!is_computed).then(|| text.trim_end_matches(['"', '\''])),
    }
}

fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| "\"'".contains(*c))?;
    text[1..].split(quote).next()
}

/// Whether what is called `secret_key` in a mapping is no key of Django's.
pub(in crate::deploy) fn is_of_another(map: At<'_>) -> bool {
    map.pairs().any(|(key, _)| key.text().is_some_and(says_another))
}

/// The secret key of an object store stands beside its access key, and that of a payment service beside its public one.
pub(in crate::deploy) fn says_another(name: &str) -> bool {
    let name = joined(name);
    name.contains("accesskey") || ["publickey", "publishablekey", "sitekey"].contains(&name.as_str())
}

pub(in crate::deploy) fn names_a_secret(name: &str) -> bool {
    joined(name) == "secretname"
}

fn joined(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '-'], "")
}

/// `secretKey` alone often is the name of a key in a Secret.
fn is_vague(name: &str) -> bool {
    name.contains(char::is_uppercase)
        && name.contains(char::is_lowercase)
        && !name.to_ascii_lowercase().contains("django")
}

fn looks_real(text: &str) -> bool {
    matches!(value(text), Value::Literal(key) if weaknesses(key.expose()).is_empty())
}

/// `djangoSecretKey` as `django_secret_key`.
pub(in crate::deploy) fn snake(name: &str) -> String {
    if !name.contains(char::is_lowercase) {
        return name.to_owned();
    }
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}
