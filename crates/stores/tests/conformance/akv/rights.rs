//! What one may not do, and whose tokens a vault does not want.

use std::env;

use super::*;

/// Opens a store as another application.
fn by(world: &World, url: &str, who: &str) -> Box<dyn Store> {
    let who = env::var(format!("KEYBATON_TEST_AZURE_{who}")).unwrap();
    let (id, secret) = who.split_once(' ').map(|(id, secret)| (id.to_owned(), secret.to_owned())).unwrap();
    let environment = move |name: &str| match name {
        "AZURE_CLIENT_ID" => Some(id.clone().into()),
        "AZURE_CLIENT_SECRET" => Some(secret.clone().into()),
        _ => env::var_os(name),
    };
    open_url(url, &settings(world.path(), std::sync::Arc::new(environment)))
}

#[test]
fn a_reader_that_wants_to_write_is_told_what_it_lacks() {
    let Some((world, fixture)) = begin() else { return };
    begun(&world, fixture);
    let reader = by(&world, &world.url(fixture), "READER");
    let (held, version) = read(&*reader);
    assert_eq!(held, ring("a"));
    let error = write(&*reader, "b", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Denied);
    assert_eq!(
        error.hint.as_deref(),
        Some(
            "it needs the role \"Key Vault Secrets Officer\" on the vault made-up-vault or on the secret; \
             a role takes minutes to count"
        )
    );
}

#[test]
fn each_kind_of_vault_has_its_own_way_to_give_rights() {
    let Some((world, fixture)) = begin() else { return };
    let name = name(&world, fixture);
    for (vault, told, mend) in [
        (
            "made-up",
            "you have no right to this when reading",
            "it needs the role \"Key Vault Secrets User\" on the vault ",
        ),
        (
            "policy",
            "you have no right to this when reading",
            "it needs the permission get: az keyvault set-policy --name policy --secret-permissions get --object-id WHO",
        ),
        (
            "walled",
            "its network rules leave you no right to this when reading",
            "go through its virtual network or private endpoint, or let this address in: \
             az keyvault network-rule add --name walled --ip-address ADDRESS",
        ),
    ] {
        let url = format!("akv://{vault}/{name}");
        let error = by(&world, &url, "STRANGER").read().unwrap_err();
        assert_eq!((error.kind, error.sentence), (StoreErrorKind::Denied, format!("{url}: {told}")));
        let hint = error.hint.unwrap();
        assert!(hint.starts_with(mend), "{hint}");
    }
}

#[test]
fn a_vault_that_wants_a_token_for_somebody_else_gets_none() {
    let Some((world, fixture)) = begin() else { return };
    let (store, _) = begun(&world, fixture);
    for (resource, told) in [
        ("https://management.azure.com", "https://management.azure.com"),
        ("https://vault.azure.cn", "https://vault.azure.cn"),
        ("https://x y", "another service"),
    ] {
        play(&world, json!({ "resource": resource }));
        let error = store.read().unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Malformed);
        assert_eq!(
            error.sentence,
            format!(
                "{}: made-up-vault.vault.azure.net wants a token for {told}, which is not its own domain",
                world.url(fixture)
            )
        );
    }
    assert_eq!(calls(&world), json!(["get", "get", "get"]));
    play(&world, json!({ "resource": "https://vault.azure.net" }));
    let error = store.read().unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::SignInNeeded);
    assert!(error.sentence.ends_with(": made-up-vault.vault.azure.net does not accept your token"));
    let tenant = env::var("AZURE_TENANT_ID").unwrap();
    assert_eq!(error.hint.unwrap(), format!("it trusts the tenant {tenant}: az login --tenant {tenant}"));
    play(&world, json!({}));
    assert_eq!(read(&*store).0, ring("a"));
}
