//! What can be a vault, and what a secret.

use super::*;

fn open(url: &str) -> Result<Box<dyn Store>, StoreError> {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path(), outer_environment());
    StoreUrl::parse(url).and_then(|url| keybaton_stores::open(&url, &RingName::default(), &settings))
}

#[test]
fn names_are_those_that_azure_has() {
    let long = "x".repeat(127);
    for url in [
        "akv://shop-vault/django",
        "akv://Shop/SECRET-KEY?layout=separate",
        "akv://shop.vault.usgovcloudapi.net/django",
        "akv://shop/django?suffix=vault.azure.cn&layout=json",
        &format!("akv://shop/{long}"),
        &format!("akv://shop/{}?layout=separate", &long[..117]),
    ] {
        assert!(open(url).is_ok(), "{url}");
    }
    for url in [
        "akv://shop",
        "akv:///django",
        "akv://shop/",
        "akv://shop:443/django",
        "akv://me@shop/django",
        "akv://-shop/django",
        "akv://shop./django",
        "akv://shop.local/django",
        "akv://shop..vault.azure.net/django",
        "akv://shop/django%2Fx",
        "akv://shop/schlüssel",
        "akv://shop/django?suffix=example",
        "akv://shop/django?suffix=a.b/c",
        "akv://shop/django?version=3",
        "akv://shop/django?layout=flat",
        &format!("akv://{}/django", &long[..25]),
        &format!("akv://shop/{long}x"),
        &format!("akv://shop/{}?layout=separate", &long[..118]),
    ] {
        let error = open(url).expect_err(url);
        assert_eq!((error.kind, error.hint.is_some()), (StoreErrorKind::Malformed, true), "{url}");
    }
}

#[test]
fn an_underscore_is_answered_with_the_name_that_can_be() {
    let error = open("akv://shop/SECRET_KEY").unwrap_err();
    assert_eq!(error.sentence, "the akv: URL names a secret as Azure has none");
    assert_eq!(
        error.hint.as_deref(),
        Some(
            "write SECRET-KEY: a name has letters, digits and -, at most 127 of them (117 with layout=separate)"
        )
    );
    let error = open("akv://shop/django/0af19c").unwrap_err();
    assert_eq!(error.hint.as_deref(), Some("write django: a version cannot be written over"));
}

#[test]
fn vaults_of_other_clouds_are_asked_with_tokens_for_them() {
    let Some((world, fixture)) = begin() else { return };
    let name = name(&world, fixture);
    for url in [
        format!("akv://made-up-vault.vault.azure.cn/{name}"),
        format!("akv://made-up-vault/{name}?suffix=vault.usgovcloudapi.net"),
    ] {
        let store = open_url(&url, &settings(world.path(), outer_environment()));
        let (_, over) = read(&*store);
        write(&*store, &url, &over).unwrap();
        assert_eq!(read(&*store).0, ring(&url));
    }
    assert_eq!(read(&*world.open(fixture)).0, Texts::default());
}
