//! What is called SECRET_KEY beside Django, and is the key of another program.

use keybaton_core::strength::weaknesses;

use crate::deploy::Value;

/// Whether the `SECRET_KEY` among some variables is the other half of an access key, as object stores have it. A project
/// that takes its files from one calls that half `AWS_SECRET_ACCESS_KEY`, and what looks drawn for Django is Django's.
pub(in crate::deploy) fn has_access_key<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let (mut access, mut secret) = (false, false);
    for name in names {
        access |= matches!(name, "ACCESS_KEY" | "ACCESS_KEY_ID");
        secret |= name == "SECRET_ACCESS_KEY";
    }
    access && !secret
}

/// Whether a variable beside an access key belongs to it.
pub(in crate::deploy) fn belongs_to_access_key(name: &str, value: &Value) -> bool {
    name == "SECRET_KEY" && value.key().is_none_or(|key| !weaknesses(key.expose()).is_empty())
}

/// Whether an image is that of a program with a SECRET_KEY of its own.
pub(in crate::deploy) fn is_of_another_program(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    let name = name.split([':', '@']).next().unwrap_or(name);
    PROGRAMS.contains(&name)
}

/// Whether a name such as `stripe_secret_key` or `superset_config.py` is about a service that has such keys.
pub(in crate::deploy) fn names_a_service(name: &str) -> bool {
    name.split(['_', '-', '.']).any(|word| SERVICES.contains(&word))
}

const PROGRAMS: [&str; 9] =
    ["superset", "label-studio", "sentry", "redash", "outline", "posthog", "minio", "airflow", "netbox"];

const SERVICES: [&str; 17] = [
    "aws",
    "s3",
    "minio",
    "stripe",
    "recaptcha",
    "captcha",
    "hcaptcha",
    "turnstile",
    "google",
    "paypal",
    "twilio",
    "flask",
    "superset",
    "sentry",
    "airflow",
    "jwt",
    "azure",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_key_beside_an_access_key_is_its_other_half() {
        let has = |names: &[&str]| has_access_key(names.iter().copied());
        assert!(has(&["ACCESS_KEY", "SECRET_KEY"]));
        assert!(!has(&["ACCESS_KEY", "SECRET_ACCESS_KEY", "SECRET_KEY"]));
        assert!(!has(&["AWS_ACCESS_KEY_ID", "SECRET_KEY"]));
    }

    #[test]
    fn programs_are_told_by_the_name_of_their_image() {
        for image in ["apache/superset:3.1", "heartexlabs/label-studio", "ghcr.io/getsentry/sentry@sha256:1"]
        {
            assert!(is_of_another_program(image), "{image}");
        }
        assert!(!is_of_another_program("shop/sentry-proxy:1") && !is_of_another_program("sentry/shop"));
    }
}
