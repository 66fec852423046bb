//! What URLs name.

use keybaton_core::RingName;
use keybaton_stores::{StoreErrorKind, StoreUrl, Version};
use serde_json::json;

use super::{KEY, begin};
use crate::ground::{ring, told, write};
use crate::world::{outer_environment, read, settings};

#[test]
fn a_project_is_found_by_its_path_and_by_its_number() {
    let Some(ground) = begin() else { return };
    write(&*ground.open(), KEY, &Version::Absent).unwrap();
    let id = ground.arrange("id", json!({}));
    for url in [format!("gitlab://{id}"), format!("{}/", ground.url())] {
        assert_eq!(read(&*ground.open_with(&url, &json!({}), |settings| settings)).0, ring(KEY));
    }
}

#[test]
fn a_place_that_is_not_there_or_not_to_be_seen_is_told_so() {
    let Some(ground) = begin() else { return };
    for (url, what) in [
        ("gitlab://acme/missing", "project"),
        ("gitlab://7", "project"),
        ("gitlab://missing?kind=group", "group"),
    ] {
        let error = ground.open_with(url, &json!({}), |settings| settings).read().unwrap_err();
        let (kind, sentence, hint) = told(error);
        assert_eq!(kind, StoreErrorKind::Malformed);
        assert!(
            sentence.ends_with(&format!(" has no such {what}, or your token may not see it")),
            "{sentence}"
        );
        assert!(hint.ends_with(&format!("belongs to a member of the {what}")), "{hint}");
    }
}

#[test]
fn a_url_that_names_no_place_is_told_how_to() {
    for (url, sentence, hint) in [
        (
            "gitlab://acme",
            "names no project",
            "write gitlab://GROUP/PROJECT, or for the variables of a group gitlab://GROUP?kind=group",
        ),
        ("gitlab://", "names no project", EXAMPLE),
        ("gitlab://acme/../shop", "names no project", EXAMPLE),
        ("gitlab://acme/sh%2Fop", "names no project", EXAMPLE),
        (
            "gitlab://acme/shop?kind=user",
            "is neither of a project nor of a group",
            "kind is project or group",
        ),
        (
            "gitlab://acme/shop?scope=a,b",
            "has a scope that GitLab has not",
            "write the environment's name, or a pattern such as review/*",
        ),
    ] {
        let folder = std::env::temp_dir();
        let name = RingName::default();
        let settings = settings(&folder, outer_environment());
        let opened = keybaton_stores::open(&StoreUrl::parse(url).unwrap(), &name, &settings);
        let wanted = (StoreErrorKind::Malformed, format!("the gitlab: URL {sentence}"), hint.to_owned());
        assert_eq!(told(opened.unwrap_err()), wanted);
    }
}

const EXAMPLE: &str =
    "write gitlab://GROUP/PROJECT or its number, for example gitlab://acme/shop?scope=production";
