//! Versions that platforms are told to stay with.

use std::ops::Range;

use super::shell::Word;
use crate::deploy::Names;
use crate::deploy::facts::Pinned;

impl Pinned {
    pub(super) fn moved(self, span: Range<usize>) -> Self {
        Self { span, ..self }
    }
}

/// A version in what names a secret: `projects/p/secrets/n/versions/3`, an ARN with a version's id, Key Vault's long URL.
pub(in crate::deploy) fn pinned(text: &str, span: Range<usize>) -> Option<Pinned> {
    let (what, mend) = google(text).or_else(|| amazon(text)).or_else(|| azure(text))?;
    Some(Pinned { span, what, mend })
}

/// The last part of the name of a secret.
pub(in crate::deploy) fn secret_name(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("secrets/").or_else(|| text.split_once("SecretName="))?;
    rest.split(['/', ';', ')', '"', '\'']).next()
}

/// `SECRET_KEY=name:3`, as `gcloud run deploy --set-secrets` has it.
pub(super) fn pinned_in_word(names: &Names, word: &Word) -> Option<Pinned> {
    let is_setting =
        ["--set-secrets=", "--update-secrets="].iter().find_map(|flag| word.text.strip_prefix(flag));
    let text = is_setting.unwrap_or(&word.text);
    is_pinned_list(names, text).then(|| Pinned {
        span: word.span.clone(),
        what: "the secret of Secret Manager",
        mend: LATEST,
    })
}

/// `SECRET_KEY=name:3,OTHER=other:latest`
pub(in crate::deploy) fn is_pinned_list(names: &Names, text: &str) -> bool {
    text.split([',', '\n']).any(|pair| {
        let Some((name, secret)) = pair.trim().split_once('=') else { return false };
        let name = name.rsplit('/').next().unwrap_or(name);
        let version = secret.rsplit_once(':').map_or("", |(_, version)| version);
        let begins = secret.starts_with(|c: char| c.is_ascii_alphabetic());
        names.ring_like(name).is_some() && begins && !secret.contains("//") && is_number(version)
    })
}

pub(in crate::deploy) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn google(text: &str) -> Option<(&'static str, &'static str)> {
    let (_, version) = text.split_once("/versions/")?;
    let version: String = version.chars().take_while(char::is_ascii_alphanumeric).collect();
    is_number(&version).then_some(("the secret of Secret Manager", LATEST))
}

/// `arn:aws:secretsmanager:region:account:secret:name:json-key:version-stage:version-id`
fn amazon(text: &str) -> Option<(&'static str, &'static str)> {
    let parts: Vec<&str> = text.trim().split(':').collect();
    let is_secret = parts.first() == Some(&"arn") && parts.get(2) == Some(&"secretsmanager");
    let version = parts.get(9).filter(|id| !id.is_empty() && !id.contains('$') && !id.contains("AWSCURRENT"));
    (is_secret && version.is_some())
        .then_some(("the secret of Secrets Manager", "leave the version's id at the end of the ARN empty"))
}

fn azure(text: &str) -> Option<(&'static str, &'static str)> {
    let mend = "leave the version at the end out; App Service then takes a new one within a day, or at once on a restart";
    let is_version = |text: &str| {
        let id: String = text.chars().take_while(char::is_ascii_hexdigit).collect();
        id.len() == 32
    };
    let in_url = text.split_once(".vault.azure.net/secrets/").and_then(|(_, rest)| rest.split_once('/'));
    let named = text.split_once("SecretVersion=");
    let (_, version) = in_url.or(named)?;
    is_version(version).then_some(("the secret of Key Vault", mend))
}

const LATEST: &str = "name the version `latest`";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_what_names_the_newest() {
        let is_pinned = |text: &str| pinned(text, 0..0).is_some();
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
        assert!(is_pinned_list(&names, "A=a:latest,SECRET_KEY=shop-key:3"));
        assert!(!is_pinned_list(&names, "A=a:3,SECRET_KEY=shop-key:latest"));
        assert!(!is_pinned_list(&names, "SECRET_KEY=redis://host:6379"));
    }
}
