//! How a URL names a secret: by its name, or by its ARN, which also says where it is.

use super::KIND;
use crate::remote::values::LAYOUT;
use crate::remote::{Address, aws};
use crate::{StoreError, StoreUrl};

pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    /// Where the URL or the ARN says that it is.
    pub(super) region: Option<&'a str>,
}

impl<'a> Named<'a> {
    pub(super) fn of(url: &StoreUrl, address: &'a Address) -> Result<Self, StoreError> {
        let (name, region) = (address.place.as_str(), address.get(aws::REGION));
        if is_arn(name) {
            Self::by_arn(name, region, (url, address))
        } else {
            Self::by_name(name, region, url)
        }
    }

    fn by_name(name: &'a str, region: Option<&'a str>, url: &StoreUrl) -> Result<Self, StoreError> {
        if name.is_empty() || !is_written(name, "/_+=.@-") {
            let hint = format!(
                "write awssm://NAME, for example {}; a name has letters, digits and /_+=.@-",
                KIND.example
            );
            return Err(url.malformed("names no secret", hint));
        }
        Ok(Self { name, region })
    }

    fn by_arn(
        arn: &'a str,
        region: Option<&'a str>,
        (url, address): (&StoreUrl, &Address),
    ) -> Result<Self, StoreError> {
        let parts: Vec<&str> = arn.splitn(7, ':').collect();
        let [_, _, "secretsmanager", its_region, _, "secret", secret] = parts[..] else {
            return Err(no_secret(url));
        };
        if secret.is_empty() || !is_written(arn, "/_+=.@-:") {
            return Err(no_secret(url));
        }
        if region.is_some_and(|region| region != its_region) {
            let hint = "leave region= away: an ARN says where the secret is";
            return Err(url.malformed("names one region in the ARN and another one behind it", hint));
        }
        // The ends of the other two ARNs are AWS's own, and nobody can know them.
        if address.get(LAYOUT) == Some("separate") {
            let hint =
                "write the secret's name: what stands behind `secret:`, without the last seven characters";
            return Err(url.malformed("names one secret by its ARN, and layout=separate wants three", hint));
        }
        Ok(Self { name: arn, region: Some(its_region) })
    }
}

/// AWS makes up the end of an ARN, so nothing can be made under one.
pub(super) fn is_arn(name: &str) -> bool {
    name.starts_with("arn:")
}

fn is_written(name: &str, marks: &str) -> bool {
    name.chars().all(|char| char.is_ascii_alphanumeric() || marks.contains(char))
}

fn no_secret(url: &StoreUrl) -> StoreError {
    url.malformed(
        "names by an ARN what is no secret",
        "it begins as in arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/django-AbCdEf",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/django-AbCdEf";

    fn region_in(url: &str) -> Result<Option<String>, String> {
        let url = StoreUrl::parse(url).unwrap();
        let address = Address::of(&url, &[aws::REGION, LAYOUT]).unwrap();
        let named = Named::of(&url, &address);
        named.map(|named| named.region.map(str::to_owned)).map_err(|error| error.sentence)
    }

    #[test]
    fn an_arn_says_where_the_secret_is() {
        let there = Ok(Some("eu-west-1".to_owned()));
        assert_eq!(region_in(&format!("awssm://{ARN}")), there);
        assert_eq!(region_in(&format!("awssm://{ARN}?region=eu-west-1&layout=json")), there);
        assert_eq!(region_in("awssm://shop/django"), Ok(None));
        assert_eq!(
            region_in(&format!("awssm://{ARN}?region=eu-west-3")),
            Err("the awssm: URL names one region in the ARN and another one behind it".to_owned())
        );
    }

    #[test]
    fn three_secrets_cannot_be_named_by_one_arn() {
        assert_eq!(
            region_in(&format!("awssm://{ARN}?layout=separate")),
            Err("the awssm: URL names one secret by its ARN, and layout=separate wants three".to_owned())
        );
    }

    #[test]
    fn what_is_neither_a_name_nor_the_arn_of_a_secret_is_refused() {
        for url in [
            "awssm://",
            "awssm://shop:django",
            "awssm://arn:aws:secretsmanager:eu-west-1:123456789012:secret:",
            "awssm://arn:aws:ssm:eu-west-1:123456789012:parameter/shop",
        ] {
            assert!(region_in(url).is_err(), "{url}");
        }
    }
}
