//! Versions that platforms are told to stay with.

use std::ops::Range;

use super::shell::Word;
use crate::deploy::Names;
use crate::fix::Left;

/// A version in a text, and what stands in its place where the newest one is meant.
pub(in crate::deploy) struct Pin {
    pub(in crate::deploy) what: &'static str,
    pub(in crate::deploy) mend: &'static str,
    pub(in crate::deploy) places: Result<Vec<Place>, Left>,
}

/// A part of a text, and what comes in its place.
type Place = (Range<usize>, &'static str);

impl Pin {
    /// A version that can be told from what is around it; a place that is missing says that this one cannot.
    fn of(
        text: &str,
        what: &'static str,
        mend: &'static str,
        places: impl IntoIterator<Item = Place>,
    ) -> Self {
        let places: Vec<Place> = places.into_iter().collect();
        let places = match text {
            text if ["{{", "<%"].iter().any(|mark| text.contains(mark)) => Err(Left::Template),
            _ if places.is_empty() => Err(Left::Unclear),
            _ => Ok(places),
        };
        Self { what, mend, places }
    }

    /// A text that is nothing but a version.
    pub(in crate::deploy) fn whole(
        text: &str,
        what: &'static str,
        mend: &'static str,
        new: &'static str,
    ) -> Self {
        Self::of(text, what, mend, [(0..text.len(), new)])
    }

    /// Of Secret Manager, by its number.
    pub(in crate::deploy) fn number(text: &str, mend: &'static str) -> Option<Self> {
        is_number(text).then(|| Self::whole(text, GOOGLE, mend, "latest"))
    }

    /// In a list of secrets: `SECRET_KEY=name:3,OTHER=other:latest`.
    pub(in crate::deploy) fn in_list(names: &Names, text: &str) -> Option<Self> {
        let mut start = 0;
        let pairs = text.split_inclusive([',', '\n']).filter_map(|pair| {
            let end = start + pair.trim_end_matches([',', '\n']).trim_end().len();
            start += pair.len();
            let version = pinned_in_pair(names, pair.trim_end_matches([',', '\n']).trim())?;
            Some((end - version.len()..end, "latest"))
        });
        let places: Vec<Place> = pairs.collect();
        (!places.is_empty()).then(|| Self::of(text, GOOGLE, LATEST, places))
    }
}

/// A version in what names a secret: `projects/p/secrets/n/versions/3`, an ARN with a version's id, Key Vault's long URL.
pub(in crate::deploy) fn pinned(text: &str) -> Option<Pin> {
    google(text).or_else(|| amazon(text)).or_else(|| azure(text))
}

/// The last part of the name of a secret.
pub(in crate::deploy) fn secret_name(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("secrets/").or_else(|| text.split_once("SecretName="))?;
    rest.split(['/', ';', ')', '"', '\'']).next()
}

/// `SECRET_KEY=name:3`, as `gcloud run deploy --set-secrets` has it.
pub(super) fn pinned_in_word(names: &Names, word: &Word) -> Option<Pin> {
    let flag = ["--set-secrets=", "--update-secrets="].into_iter().find(|flag| word.text.starts_with(flag));
    let start = flag.map_or(0, str::len);
    let mut pin = Pin::in_list(names, &word.text[start..])?;
    for (range, _) in pin.places.iter_mut().flatten() {
        *range = range.start + start..range.end + start;
    }
    Some(pin)
}

/// The version at the end of `SECRET_KEY=name:3`.
fn pinned_in_pair<'t>(names: &Names, pair: &'t str) -> Option<&'t str> {
    let (name, secret) = pair.split_once('=')?;
    let name = name.rsplit('/').next().unwrap_or(name);
    let (_, version) = secret.rsplit_once(':')?;
    let begins = secret.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_pinned = names.ring_like(name).is_some() && begins && !secret.contains("//") && is_number(version);
    is_pinned.then_some(version)
}

pub(in crate::deploy) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn google(text: &str) -> Option<Pin> {
    let (before, rest) = text.split_once(VERSIONS)?;
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let start = before.len() + VERSIONS.len();
    let is_one = !rest.contains(VERSIONS);
    let places = is_one.then_some((start..start + length, "latest"));
    is_number(&rest[..length]).then(|| Pin::of(text, GOOGLE, LATEST, places))
}

/// `arn:aws:secretsmanager:region:account:secret:name:json-key:version-stage:version-id`
fn amazon(text: &str) -> Option<Pin> {
    let parts: Vec<&str> = text.trim().split(':').collect();
    let is_secret = parts.first() == Some(&"arn") && parts.get(2) == Some(&"secretsmanager");
    let version = parts.get(9).filter(|id| !id.is_empty() && !id.contains('$') && !id.contains("AWSCURRENT"));
    let id = version.filter(|_| is_secret)?;
    let end = text.trim_end().len();
    let is_usual = parts.len() == 10 && matches!(parts[8], "" | "AWSCURRENT");
    let places = is_usual.then_some((end - id.len()..end, ""));
    let mend = "leave the version's id at the end of the ARN empty";
    Some(Pin::of(text, "the secret of Secrets Manager", mend, places))
}

/// `https://vault.vault.azure.net/secrets/name/id`, and `SecretName=name;SecretVersion=id`
fn azure(text: &str) -> Option<Pin> {
    let mend = "leave the version at the end out; App Service then takes a new one within a day, or at once on a restart";
    let (start, id) = in_url(text).or_else(|| {
        let (before, rest) = text.split_once("SecretVersion=")?;
        Some((before.strip_suffix(';')?.len(), rest))
    })?;
    let length = id.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(id.len());
    let end = text.len() - id.len() + length;
    let is_last = matches!(text[end..].trim_end(), "" | ")");
    let places = is_last.then_some((start..end, ""));
    (length == 32).then(|| Pin::of(text, "the secret of Key Vault", mend, places))
}

/// Where the name of a secret in a URL ends, and the version behind it.
fn in_url(text: &str) -> Option<(usize, &str)> {
    let (_, rest) = text.split_once(".vault.azure.net/secrets/")?;
    let (name, id) = rest.split_once('/')?;
    Some((text.len() - rest.len() + name.len(), id))
}

const GOOGLE: &str = "the secret of Secret Manager";
const LATEST: &str = "name the version `latest`";
const VERSIONS: &str = "/versions/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_what_names_the_newest() {
        let is_pinned = |text: &str| pinned(text).is_some();
        for text in [
            "projects/shop/secrets/secret-key/versions/3",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf:SECRET_KEY::1234-5678",
            "@Microsoft.KeyVault(SecretUri=https://shop.vault.azure.net/secrets/secret-key/0123456789abcdef0123456789abcdef)",
            "@Microsoft.KeyVault(VaultName=shop;SecretName=secret-key;SecretVersion=0123456789abcdef0123456789abcdef)",
        ] {
            assert!(is_pinned(text), "{text}");
        }
        for text in [
            "projects/shop/secrets/secret-key/versions/latest",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf:SECRET_KEY::",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf",
            "@Microsoft.KeyVault(SecretUri=https://shop.vault.azure.net/secrets/secret-key/)",
            "https://shop.vault.azure.net/secrets/secret-key",
        ] {
            assert!(!is_pinned(text), "{text}");
        }
    }

    #[test]
    fn lists_of_secrets_are_read_pair_by_pair() {
        let names = Names::new(&["SECRET_KEY".parse().unwrap()], &[]);
        let places = |text: &str| Pin::in_list(&names, text).and_then(|pin| pin.places.ok());
        assert_eq!(places("A=a:latest,SECRET_KEY=shop-key:3 "), Some(vec![(31..32, "latest")]));
        assert_eq!(places("A=a:3,SECRET_KEY=shop-key:latest"), None);
        assert_eq!(places("SECRET_KEY=redis://host:6379"), None);
    }
}
