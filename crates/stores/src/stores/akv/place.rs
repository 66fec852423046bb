//! Where secrets stand: a vault, which has a host of its own.

use crate::remote::Address;
use crate::remote::values::LAYOUT;
use crate::{StoreError, StoreUrl};

use super::KIND;

pub(super) struct Place {
    pub(super) host: String,
    /// The vault as `az` names it.
    vault: String,
    /// What stands behind its name, in all vaults of the same cloud.
    domain: String,
}

impl Place {
    /// The place that a URL names, and the secret in it.
    pub(super) fn of(url: &StoreUrl, address: &Address) -> Result<(Self, String), StoreError> {
        let malformed = |what: &str, mend: &str| url.malformed(what, mend);
        let Some((host, name)) = address.place.split_once('/') else {
            let mend = format!("write akv://VAULT/SECRET, for example {}", KIND.example);
            return Err(malformed("names no vault and secret", &mend));
        };
        let host = match address.get(SUFFIX) {
            Some(suffix) => format!("{host}.{suffix}"),
            None if host.contains('.') => host.to_owned(),
            None => format!("{host}.{USUAL}"),
        };
        let host = host.to_ascii_lowercase();
        let Some((vault, domain)) = host.split_once('.').filter(|(vault, domain)| is_vault(vault, domain))
        else {
            return Err(malformed("names a vault as Azure has none", VAULTS));
        };
        let longest = if address.get(LAYOUT) == Some("separate") { LONGEST - BESIDE } else { LONGEST };
        if !is_secret(name, longest) {
            return Err(malformed("names a secret as Azure has none", &instead_of(name)));
        }
        let (vault, domain) = (vault.to_owned(), domain.to_owned());
        Ok((Self { host, vault, domain }, name.to_owned()))
    }

    /// The address of a secret, and of what stands below it.
    pub(super) fn address(&self, name: &str, below: &str) -> String {
        format!("{}?api-version={VERSION}", self.secret(name, below))
    }

    /// The same without a query.
    pub(super) fn secret(&self, name: &str, below: &str) -> String {
        format!("https://{}/secrets/{name}{below}", self.host)
    }

    /// What a token has to be meant for.
    pub(super) fn scope(&self) -> String {
        format!("https://{}/.default", self.domain)
    }

    /// Who gives tokens for it, if nobody says otherwise.
    pub(super) fn authority(&self) -> &'static str {
        let known = AUTHORITIES.iter().find(|(domain, _)| *domain == self.domain);
        known.map_or(PUBLIC, |(_, authority)| authority)
    }

    /// A secret as the words of an `az` command.
    pub(super) fn words(&self, name: &str) -> String {
        format!("--vault-name {} --name {name}", self.vault)
    }

    pub(super) fn vault(&self) -> &str {
        &self.vault
    }
}

fn is_vault(vault: &str, domain: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    is_part(vault) && vault.len() <= 24 && domain.contains('.') && domain.split('.').all(is_part)
}

fn is_secret(name: &str, longest: usize) -> bool {
    (1..=longest).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn instead_of(name: &str) -> String {
    let instead = name.replace(['_', '.'], "-");
    if instead != name && is_secret(&instead, LONGEST) {
        return format!("write {instead}: {NAMES}");
    }
    match name.split_once('/') {
        Some((name, _)) if is_secret(name, LONGEST) => {
            format!("write {name}: a version cannot be written over")
        }
        _ => NAMES.to_owned(),
    }
}

/// The parameter of a URL that names another cloud's vaults.
pub(super) const SUFFIX: &str = "suffix";

const USUAL: &str = "vault.azure.net";

/// Who gives tokens in clouds that are apart from the public one.
const AUTHORITIES: [(&str, &str); 2] = [
    ("vault.azure.cn", "https://login.chinacloudapi.cn"),
    ("vault.usgovcloudapi.net", "https://login.microsoftonline.us"),
];
const PUBLIC: &str = "https://login.microsoftonline.com";

/// All clouds have this one.
const VERSION: &str = "7.4";

const LONGEST: usize = 127;

/// Three secrets are NAME, NAME-fallbacks and NAME-ring.
const BESIDE: usize = "-fallbacks".len();

const NAMES: &str = "a name has letters, digits and -, at most 127 of them (117 with layout=separate)";
const VAULTS: &str = "a vault has letters, digits and -, at most 24 of them; its whole host or suffix=vault.azure.cn names another cloud";
