//! Which secret a URL names.

use super::KIND;
use crate::remote::Address;
use crate::remote::path::{is_well, unescaped};
use crate::{StoreError, StoreUrl};

/// One secret, by the names that the server knows.
pub(super) struct Place {
    pub(super) mount: String,
    pub(super) path: String,
}

impl Place {
    pub(super) fn of(url: &StoreUrl) -> Result<Self, StoreError> {
        let address = Address::of(url, &[])?;
        let hint = format!("write vault://MOUNT/PATH, for example {}", KIND.example);
        let Some((mount, path)) = address.place.split_once('/') else {
            return Err(url.malformed("names no mount and path", hint));
        };
        let (Some(mount), Some(path)) = (unescaped(mount), unescaped(path)) else {
            let hint = "write % itself as %25; %2F is a slash, and %20 a space";
            return Err(url.malformed("has a % that stands for no character", hint));
        };
        if !is_well(&mount) || !is_well(&path) {
            return Err(
                url.malformed("has a part in its mount or path that is empty, or leads elsewhere", hint)
            );
        }
        Ok(Self { mount, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(url: &str) -> Result<(String, String), String> {
        let place = Place::of(&StoreUrl::parse(url).unwrap());
        place.map(|Place { mount, path }| (mount, path)).map_err(|error| error.sentence)
    }

    #[test]
    fn names_are_those_that_the_server_knows() {
        for (url, mount, path) in [
            ("vault://secret/shop/django", "secret", "shop/django"),
            ("vault://secret/shop%2fdjango", "secret", "shop/django"),
            ("vault://team%2Fkv/shop", "team/kv", "shop"),
            ("vault://secret/a%20b%25c%3Fd%40e", "secret", "a b%c?d@e"),
        ] {
            assert_eq!(place(url), Ok((mount.to_owned(), path.to_owned())), "{url}");
        }
    }

    #[test]
    fn what_leads_elsewhere_is_refused_however_it_is_written() {
        let elsewhere = "the vault: URL has a part in its mount or path that is empty, or leads elsewhere";
        for (url, told) in [
            ("vault://secret", "the vault: URL names no mount and path"),
            ("vault:///shop", elsewhere),
            ("vault://secret/", elsewhere),
            ("vault://secret/a//b", elsewhere),
            ("vault://secret/../sys", elsewhere),
            ("vault://secret/%2e%2e/sys", elsewhere),
            ("vault://secret/a%2F%2E%2e%2fsys", elsewhere),
            ("vault://secret%2f../sys", elsewhere),
            ("vault://secret/%2fa", elsewhere),
            ("vault://secret/a%0ab", elsewhere),
            ("vault://secret/%", "the vault: URL has a % that stands for no character"),
            ("vault://secret/%ff", "the vault: URL has a % that stands for no character"),
        ] {
            assert_eq!(place(url), Err(told.to_owned()), "{url}");
        }
    }
}
