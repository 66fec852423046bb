//! Repositories, environments and organizations, those that are not there too.

use keybaton_core::RingName;
use keybaton_stores::{StoreErrorKind, StoreUrl, Version, open};
use serde_json::json;

use super::{KEY, begin, host, kept, play, store};
use crate::fixtures::Outside;
use crate::ground::{Ground, told, write};
use crate::hands::Hand;
use crate::world::{World, outer_environment, read, settings};

#[test]
fn a_repository_or_organization_that_is_not_there_is_told_as_one_that_may_be_hidden() {
    let Some(ground) = begin() else { return };
    for (url, what, need) in [
        (
            "gha://made-up/missing",
            "repository",
            "check the name, and whether it was moved; the token needs Secrets",
        ),
        (
            "gha://made-up/missing?environment=x",
            "repository",
            "check the name, and whether it was moved; the token",
        ),
        ("gha://missing", "organization", "check the name; the token needs Secrets and Variables"),
    ] {
        let store = store(&ground, url);
        for error in [store.read().unwrap_err(), write(&*store, KEY, &Version::Absent).unwrap_err()] {
            let (kind, sentence, hint) = told(error);
            assert_eq!(kind, StoreErrorKind::Malformed);
            assert_eq!(
                sentence,
                format!("{url}: {} has no such {what}, or shows it to others alone", host())
            );
            assert!(hint.starts_with(need), "{hint}");
        }
    }
}

#[test]
fn an_environment_that_is_not_there_is_told_how_it_is_made() {
    let Some(ground) = begin() else { return };
    let url = "gha://made-up/shop?environment=missing%20one";
    let store = store(&ground, url);
    for error in [store.read().unwrap_err(), write(&*store, KEY, &Version::Absent).unwrap_err()] {
        let (kind, sentence, hint) = told(error);
        assert_eq!(kind, StoreErrorKind::Malformed);
        let what = "the repository has no environment missing one, or shows it to others alone";
        assert_eq!(sentence, format!("{url}: {what}"));
        let made = "`gh api --method PUT repos/made-up/shop/environments/missing%20one` makes it; ";
        assert!(hint.starts_with(made), "{hint}");
    }
}

#[test]
fn nothing_is_made_that_nobody_asked_for() {
    let Some(ground) = begin() else { return };
    let cautious = ground.open_with(&ground.url(), &json!({}), |settings| keybaton_stores::Settings {
        may_create: false,
        ..settings
    });
    let (kind, sentence, hint) = told(write(&*cautious, KEY, &Version::Absent).unwrap_err());
    assert_eq!((kind, sentence), (StoreErrorKind::Missing, format!("{} is not there yet", ground.url())));
    assert!(hint.ends_with("let `keybaton copy --create` make two secrets and a variable for the record, where the repository and the environment are there"), "{hint}");
    assert_eq!(kept(&ground)["variables"], json!({}));
}

/// An organization of the test's own.
fn organization() -> Option<Ground> {
    begin().map(|_| Ground { world: World::new(), hand: Hand("gha?visibility=selected") })
}

#[test]
fn an_organizations_secret_keeps_the_repositories_that_were_chosen_for_it_however_many() {
    let Some(ground) = organization() else { return };
    let many: Vec<u64> = (1..=150).collect();
    for (name, chosen) in [("SECRET_KEY", json!(many)), ("SECRET_KEY_FALLBACKS", json!([3, 5]))] {
        let more = json!({ "selected_repository_ids": chosen });
        ground.arrange("set", json!({ "name": name, "text": "before", "more": more }));
    }
    let store = ground.open();
    let mut over = read(&*store).1;
    for key in ["made-up-a", "made-up-b"] {
        over = write(&*store, key, &over).unwrap().version;
        let kept = kept(&ground);
        let of = |kind: &str, name: &str| kept[kind][name]["chosen"].clone();
        assert_eq!(of("secrets", "SECRET_KEY"), json!(many));
        assert_eq!(of("secrets", "SECRET_KEY_FALLBACKS"), json!([3, 5]));
        // Made beside the key, for the same repositories.
        assert_eq!(of("variables", "SECRET_KEY_RING"), json!(many));
    }
}

/// An organization's secrets, chosen for repositories 1 to 150, of which each listing takes two pages.
fn chosen_for_many() -> Option<Ground> {
    let ground = organization()?;
    for name in ["SECRET_KEY", "SECRET_KEY_FALLBACKS"] {
        let more = json!({ "selected_repository_ids": many() });
        ground.arrange("set", json!({ "name": name, "text": "before", "more": more }));
    }
    Some(ground)
}

fn many() -> Vec<u64> {
    (1..=150).collect()
}

#[test]
fn repositories_that_change_while_they_are_listed_are_listed_until_they_stay() {
    // Whoever is next on the second page stands on the first by then; where another one came, the count stays.
    let (fewer, others): (Vec<u64>, Vec<u64>) = ((2..=150).collect(), (2..=151).collect());
    for changes in [vec![&fewer], vec![&others], vec![&fewer, &fewer, &others]] {
        let Some(ground) = chosen_for_many() else { return };
        let version = read(&*ground.open()).1;
        play(&ground, json!({ "choose": { "SECRET_KEY": changes } }));
        write(&*ground.open(), KEY, &version).unwrap();
        let kept = kept(&ground);
        for (kind, name) in [("secrets", "SECRET_KEY"), ("variables", "SECRET_KEY_RING")] {
            assert_eq!(kept[kind][name]["chosen"], json!(changes.last()), "{name}");
        }
    }
}

#[test]
fn where_repositories_never_stay_nothing_is_written() {
    let Some(ground) = chosen_for_many() else { return };
    let fewer: Vec<u64> = (2..=150).collect();
    let version = read(&*ground.open()).1;
    let version = write(&*ground.open(), KEY, &version).unwrap().version;
    let before = kept(&ground);
    let changes = vec![[fewer, many()]; 4].concat();
    play(&ground, json!({ "choose": { "SECRET_KEY": changes } }));
    let (kind, sentence, hint) = told(write(&*ground.open(), "made-up-other", &version).unwrap_err());
    assert_eq!(kind, StoreErrorKind::Conflict);
    let what = "lists other repositories that SECRET_KEY was chosen for than it counts, or others each time";
    assert_eq!(sentence, format!("{}: {} {what}", ground.url(), host()));
    let mend = "nothing was written; run it again: somebody may choose others just now; where that stays, the token does not see all of them";
    assert_eq!(hint, mend);
    let after = kept(&ground);
    assert_eq!(after["secrets"]["SECRET_KEY_FALLBACKS"], before["secrets"]["SECRET_KEY_FALLBACKS"]);
    assert_eq!(after["variables"], before["variables"]);
}

#[test]
fn what_is_made_in_an_organization_is_seen_by_whom_the_url_says_and_what_is_there_stays_so() {
    let Some(ground) = organization() else { return };
    let name = ground.url().replace("?visibility=selected", "");
    for (parameters, visibility) in [("", "private"), ("?visibility=all", "private")] {
        let url = format!("{name}{parameters}");
        let store = ground.open_with(&url, &json!({}), |settings| settings);
        let (_, version) = read(&*store);
        write(&*store, KEY, &version).unwrap();
        let kept = kept(&ground);
        for (kind, name) in
            [("secrets", "SECRET_KEY"), ("secrets", "SECRET_KEY_FALLBACKS"), ("variables", "SECRET_KEY_RING")]
        {
            assert_eq!(kept[kind][name]["visibility"], visibility, "{url} {name}");
        }
    }
    ground.hand.take_out(&ground.world);
    let store = ground.open_with(&format!("{name}?visibility=all"), &json!({}), |settings| settings);
    write(&*store, KEY, &Version::Absent).unwrap();
    assert_eq!(kept(&ground)["secrets"]["SECRET_KEY"]["visibility"], "all");
}

#[test]
fn a_url_that_names_no_place_says_how_one_is_written() {
    for (url, sentence) in [
        ("gha://acme/shop/x", "the gha: URL names no repository"),
        ("gha://", "the gha: URL names no repository"),
        ("gha://acme/..", "the gha: URL names no repository"),
        ("gha://acme?environment=x", "the gha: URL names an environment and no repository"),
        ("gha://acme/shop?visibility=all", "the gha: URL gives a repository's secrets a visibility"),
        ("gha://acme?visibility=some", "the gha: URL has a visibility that GitHub has not"),
        (
            "gha://acme/shop?environment=a/../b",
            "the gha: URL has a name of an environment that makes no sense",
        ),
        ("gha://acme/shop?environment=%zz", "the gha: URL has a name of an environment that makes no sense"),
    ] {
        let settings = settings(std::path::Path::new("."), outer_environment());
        let opened = open(&StoreUrl::parse(url).unwrap(), &RingName::default(), &settings);
        let (kind, told, _) = told(opened.unwrap_err());
        assert_eq!((kind, &*told), (StoreErrorKind::Malformed, sentence), "{url}");
    }
}

#[test]
fn a_ring_whose_name_github_keeps_for_itself_is_refused() {
    for name in ["GITHUB_KEY", "github_key"] {
        let settings = settings(std::path::Path::new("."), outer_environment());
        let opened = open(&StoreUrl::parse("gha://acme/shop").unwrap(), &name.parse().unwrap(), &settings);
        let (kind, sentence, hint) = told(opened.unwrap_err());
        assert_eq!(kind, StoreErrorKind::Unsupported);
        assert_eq!(
            sentence,
            format!("GitHub keeps names such as {name} for itself: no secret may begin with GITHUB_")
        );
        assert_eq!(hint, "give the ring another name");
    }
}
