//! What a vault says about the token that it wants. It is believed for no more than words to the user.

/// `Bearer authorization="…", resource="…"`.
#[derive(Clone, Debug, Default)]
pub(super) struct Challenge {
    authority: String,
    resource: String,
}

impl Challenge {
    /// `None` where it is none for a bearer of tokens.
    pub(super) fn of(header: &str) -> Option<Self> {
        let rest = header.strip_prefix("Bearer ")?;
        let mut challenge = Self::default();
        for (name, value) in rest.split(',').filter_map(|pair| pair.trim().split_once('=')) {
            let value = value.trim_matches('"').to_owned();
            match name {
                "authorization" | "authorization_uri" => challenge.authority = value,
                "resource" => challenge.resource = value,
                "scope" => value.trim_end_matches("/.default").clone_into(&mut challenge.resource),
                _ => {}
            }
        }
        Some(challenge)
    }

    /// What the token is to be meant for, where that is not the domain that the host is in.
    pub(super) fn foreign(&self, host: &str) -> Option<&str> {
        let domain = self.resource.strip_prefix("https://").map(|resource| resource.trim_end_matches('/'));
        let is_own = domain.is_some_and(|domain| {
            host.strip_suffix(domain).is_some_and(|vault| vault.ends_with('.') && vault.len() > 1)
        });
        if is_own || self.resource.is_empty() {
            return None;
        }
        Some(Some(&*self.resource).filter(|resource| is_plain(resource)).unwrap_or("another service"))
    }

    /// The tenant whose tokens the vault trusts.
    pub(super) fn tenant(&self) -> Option<&str> {
        let (_, tenant) = self.authority.strip_prefix("https://")?.trim_end_matches('/').split_once('/')?;
        Some(tenant).filter(|tenant| is_plain(tenant) && !tenant.contains(['/', ':']))
    }
}

/// Whether a text can be shown as it is.
fn is_plain(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-./:".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "3f1d9a52-0000-4000-8000-6d6164652d75";

    fn asking_for(resource: &str) -> Challenge {
        let header =
            format!("Bearer authorization=\"https://login.windows.net/{TENANT}\", resource=\"{resource}\"");
        Challenge::of(&header).unwrap()
    }

    #[test]
    fn a_vault_may_only_ask_for_tokens_of_its_own_domain() {
        for (host, resource) in [
            ("shop.vault.azure.net", "https://vault.azure.net"),
            ("shop.vault.azure.net", "https://vault.azure.net/"),
            ("shop.vault.azure.cn", "https://vault.azure.cn"),
        ] {
            assert_eq!(asking_for(resource).foreign(host), None);
        }
        for resource in [
            "https://management.azure.com/",
            "https://vault.azure.cn",
            "https://shop.vault.azure.net",
            "https://t.vault.azure.net",
            "https://ault.azure.net",
            "http://vault.azure.net",
            "https://vault.azure.net.example.com",
        ] {
            assert_eq!(asking_for(resource).foreign("shop.vault.azure.net"), Some(resource));
        }
        assert_eq!(
            asking_for("https://x\u{1b}[31m").foreign("shop.vault.azure.net"),
            Some("another service")
        );
    }

    #[test]
    fn the_tenant_is_the_last_part_of_who_gives_tokens() {
        assert_eq!(asking_for("https://vault.azure.net").tenant(), Some(TENANT));
        let scoped =
            Challenge::of("Bearer authorization_uri=\"https://x/common\", scope=\"https://y/.default\"")
                .unwrap();
        assert_eq!((scoped.tenant(), scoped.foreign("a.b")), (Some("common"), Some("https://y")));
        for header in
            ["Bearer realm=\"\"", "Bearer authorization=\"https://x/a b;c\"", "Bearer authorization=\"x\""]
        {
            assert_eq!(Challenge::of(header).unwrap().tenant(), None);
        }
        assert!(Challenge::of("Basic realm=\"vault\"").is_none());
    }
}
