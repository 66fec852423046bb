//! Who one is to Azure. Each way is tried by a program of its own, which finds what real programs find.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::scripted::{Scripted, answer};
use crate::support::{as_whoever_has, given};

/// What a program reads that has these variables and, but for them, no credentials; or why it cannot.
fn by(world: &World, fixture: &Fixture, variables: &[(&str, &str)]) -> String {
    fs::write(world.path().join("which"), world.url(fixture)).unwrap();
    let mut all =
        ["AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID"].map(|name| (name, "")).to_vec();
    // Nowhere is the real one of whoever runs the tests.
    all.extend([("PATH", "/nonexistent"), ("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1")]);
    all.extend(variables);
    let all: Vec<_> = all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    as_whoever_has(&all, "akv::login::case_somebody", world.path());
    fs::read_to_string(world.path().join("outcome")).unwrap()
}

#[test]
#[ignore = "run by the other tests of this file"]
fn case_somebody() {
    let (folder, _) = given();
    let url = fs::read_to_string(folder.join("which")).unwrap();
    let outcome = match open_url(&url, &settings(&folder, outer_environment())).read() {
        Ok(held) => format!("{held:?}").split('(').next().unwrap().to_owned(),
        Err(error) => {
            assert_eq!(
                error.kind == StoreErrorKind::SignInNeeded,
                error.hint.as_deref().unwrap().contains("az login")
            );
            format!("{:?} {error}", error.kind)
        }
    };
    fs::write(folder.join("outcome"), outcome).unwrap();
}

fn outer(name: &str) -> String {
    env::var(name).unwrap()
}

/// A folder with programs, each of them a script.
fn programs(world: &World, scripts: &[(&str, String)]) -> String {
    let folder = world.path().join("bin");
    fs::create_dir_all(&folder).unwrap();
    for (name, script) in scripts {
        fs::write(folder.join(name), format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    format!("{}:/usr/bin:/bin", folder.display())
}

/// What `az` prints for these words alone.
fn az(token: &str) -> String {
    format!(
        "[ \"$*\" = 'account get-access-token -o json --scope https://vault.azure.net/.default' ] || exit 9\n\
         echo '{{\"accessToken\": \"{token}\", \"expiresOn\": \"2099-01-01 00:00:00.000000\", \"expires_on\": 4070908800, \
         \"subscription\": \"x\", \"tenant\": \"x\", \"tokenType\": \"Bearer\"}}'"
    )
}

fn azd(token: &str) -> String {
    format!("echo '{{\"token\": \"{token}\", \"expiresOn\": \"2099-01-01T00:00:00Z\"}}'")
}

fn failing(complaint: &str) -> String {
    format!("echo '{complaint}' >&2; exit 1")
}

#[test]
fn every_usual_way_to_sign_in_is_known() {
    let Some((world, fixture)) = begin() else { return };
    begun(&world, fixture);
    let [id, secret, tenant] =
        ["AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID"].map(|name| (name, outer(name)));
    let [token, certificate, federated, metadata, header] =
        ["TOKEN", "CERTIFICATE", "FEDERATED_TOKEN_FILE", "METADATA", "IDENTITY_HEADER"]
            .map(|name| outer(&format!("KEYBATON_TEST_AZURE_{name}")));
    let (container, az_path) = (format!("{metadata}/msi/token"), programs(&world, &[("az", az(&token))]));
    let azd_world = World::new();
    let azd_path = programs(&azd_world, &[("azd", azd(&token))]);
    let both_world = World::new();
    let not_logged_in = failing("ERROR: Please run az login to setup account.");
    let both_path = programs(&both_world, &[("az", not_logged_in), ("azd", azd(&token))]);
    let application = [(id.0, &*id.1), (tenant.0, &*tenant.1)];
    for more in [
        &[application[0], application[1], (secret.0, &*secret.1)][..],
        &[application[0], application[1], ("AZURE_CLIENT_CERTIFICATE_PATH", &certificate)],
        &[application[0], application[1], ("AZURE_FEDERATED_TOKEN_FILE", &federated)],
        &[("IDENTITY_ENDPOINT", &container), ("IDENTITY_HEADER", &header)],
        &[("IDENTITY_ENDPOINT", &container), ("IDENTITY_HEADER", &header), application[0]],
        &[("AZURE_POD_IDENTITY_AUTHORITY_HOST", &metadata)],
        &[("PATH", &az_path)],
        &[("PATH", &azd_path)],
        &[("PATH", &both_path)],
        // The server that gives tokens, by its name alone, and the one of the public cloud.
        &[
            application[0],
            application[1],
            (secret.0, &secret.1),
            ("AZURE_AUTHORITY_HOST", "login.microsoftonline.com"),
        ],
        &[application[0], application[1], (secret.0, &secret.1), ("AZURE_AUTHORITY_HOST", "")],
    ] {
        assert_eq!(by(&world, fixture, more), "Texts", "{more:?}");
    }
}

#[test]
fn the_first_that_has_credentials_decides() {
    let Some((world, fixture)) = begin() else { return };
    let (id, tenant, metadata) =
        (outer("AZURE_CLIENT_ID"), outer("AZURE_TENANT_ID"), outer("KEYBATON_TEST_AZURE_METADATA"));
    let path = programs(&world, &[("az", failing("not logged in")), ("azd", failing("nor here"))]);
    let secret = [
        ("AZURE_CLIENT_ID", &*id),
        ("AZURE_TENANT_ID", &tenant),
        ("AZURE_CLIENT_SECRET", "made-up"),
        ("AZURE_POD_IDENTITY_AUTHORITY_HOST", &metadata),
    ];
    let told = "cannot sign in to made-up-vault.vault.azure.net: AZURE_CLIENT_SECRET is not a secret of the application (AADSTS7000215)";
    let said = by(&world, fixture, &secret);
    assert!(said.starts_with("SignInNeeded akv://made-up-vault/") && said.ends_with(told), "{said}");
    // Unless it is left out.
    for only in ["ManagedIdentityCredential", "managedidentitycredential"] {
        let chosen = [&secret[..], &[("AZURE_TOKEN_CREDENTIALS", only)]].concat();
        assert_eq!(by(&world, fixture, &chosen), "Absent");
    }
    let machine = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", &*metadata), ("PATH", &path)];
    assert_eq!(by(&world, fixture, &machine), "Absent");
    // A machine without such an identity is passed over.
    let other = ("AZURE_CLIENT_ID", "d0000000-0000-4000-8000-00000000beef");
    let nobody = by(&world, fixture, &[machine[0], other]);
    assert!(nobody.ends_with(": the credentials of this machine are not accepted (HTTP 400)"), "{nobody}");
    let logged_in = World::new();
    let path_of_az = programs(&logged_in, &[("az", az(&outer("KEYBATON_TEST_AZURE_TOKEN")))]);
    assert_eq!(by(&world, fixture, &[machine[0], other, ("PATH", &path_of_az)]), "Absent");
    // What answers there and is none of Azure's, too.
    let authority = outer("AZURE_AUTHORITY_HOST");
    let no_machine = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", &*authority), ("PATH", &path_of_az)];
    assert_eq!(by(&world, fixture, &no_machine), "Absent");
    let developer = [&machine[..], &[("AZURE_TOKEN_CREDENTIALS", "dev")]].concat();
    assert!(by(&world, fixture, &developer).ends_with(": az: not logged in"));
    let production = [("PATH", &*path), ("AZURE_TOKEN_CREDENTIALS", "prod")];
    assert!(
        by(&world, fixture, &production)
            .ends_with(": there are no credentials here, and this is no machine of Azure's")
    );
}

#[test]
fn who_has_to_sign_in_is_told_why() {
    let Some((world, fixture)) = begin() else { return };
    let (id, tenant, secret) =
        (outer("AZURE_CLIENT_ID"), outer("AZURE_TENANT_ID"), outer("AZURE_CLIENT_SECRET"));
    let old = outer("KEYBATON_TEST_AZURE_EXPIRED_SECRET");
    let stranger = "d0000000-0000-4000-8000-00000000beef";
    let elsewhere = world.path().join("made-up.pem").to_str().unwrap().to_owned();
    fs::write(&elsewhere, "planted-4a91c7e0d2").unwrap();
    let lone = programs(&world, &[("az", failing("ERROR: planted line\nmore"))]);
    let other = World::new();
    let babbling = programs(
        &other,
        &[("az", "echo '{\"accessToken\": 7, \"expires_on\": \"planted-4a91c7e0d2\"}'".to_owned())],
    );
    let id = ("AZURE_CLIENT_ID", &*id);
    let tenant = ("AZURE_TENANT_ID", &*tenant);
    for (more, told) in [
        (&[][..], "there are no credentials here, and this is no machine of Azure's"),
        (&[id, tenant, ("AZURE_CLIENT_SECRET", &*old)], "(AADSTS7000222)"),
        (&[("AZURE_CLIENT_ID", stranger), tenant, ("AZURE_CLIENT_SECRET", &secret)], "(AADSTS700016)"),
        (&[id, ("AZURE_TENANT_ID", stranger), ("AZURE_CLIENT_SECRET", &secret)], "(AADSTS90002)"),
        (
            &[id, ("AZURE_TENANT_ID", "a b"), ("AZURE_CLIENT_SECRET", &secret)],
            "the credentials of AZURE_CLIENT_ID cannot be used",
        ),
        (&[id, tenant, ("AZURE_FEDERATED_TOKEN_FILE", &elsewhere)], "(AADSTS700213)"),
        (
            &[id, tenant, ("AZURE_FEDERATED_TOKEN_FILE", "/nonexistent")],
            "the credentials of AZURE_FEDERATED_TOKEN_FILE cannot be used",
        ),
        (
            &[id, tenant, ("AZURE_CLIENT_CERTIFICATE_PATH", &elsewhere)],
            "made-up.pem holds no certificate in PEM format",
        ),
        (&[id, tenant, ("AZURE_CLIENT_CERTIFICATE_PATH", "/nonexistent")], "there is no /nonexistent"),
        (&[("PATH", &*lone)], "az: ERROR: planted line"),
        (&[("PATH", &*babbling)], "az: gave no token"),
    ] {
        let said = by(&world, fixture, more);
        assert!(said.starts_with("SignInNeeded ") && said.ends_with(told), "{said} {more:?}");
        assert!(!said.contains("planted-4a91c7e0d2"), "{said}");
    }
}

#[test]
fn a_token_that_has_run_out_is_told() {
    let Some((world, fixture)) = begin() else { return };
    let token = outer("KEYBATON_TEST_AZURE_EXPIRED_TOKEN");
    let path = programs(&world, &[("az", az(&token))]);
    let said = by(&world, fixture, &[("PATH", &path)]);
    assert!(said.starts_with("SignInNeeded ") && said.ends_with(" does not accept your token"), "{said}");
    assert!(!said.contains(&token));
}

#[test]
fn a_server_that_gives_no_tokens_now_is_no_reason_to_sign_in() {
    let Some((world, fixture)) = begin() else { return };
    let names = ["AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET"];
    let values = names.map(outer);
    let application: Vec<_> = names.into_iter().zip(values.iter().map(String::as_str)).collect();
    for (authority, told) in [
        (
            "https://127.0.0.1:1",
            "cannot reach made-up-vault.vault.azure.net: 127.0.0.1, which gives the tokens for it, cannot be reached: ",
        ),
        ("https://keybaton.example", "keybaton.example, which gives the tokens for it"),
    ] {
        let said = by(&world, fixture, &[&application[..], &[("AZURE_AUTHORITY_HOST", authority)]].concat());
        assert!(said.starts_with("Unreachable ") && said.contains(told), "{said}");
    }
}

#[test]
fn a_machine_that_is_told_nothing_of_itself_has_not_to_sign_in() {
    let Some((world, fixture)) = begin() else { return };
    let busy = Scripted::new(vec![answer(503, "later"); 20]);
    let endless = Scripted::new(vec![answer(200, &"x".repeat(5 << 20)); 20]);
    let elsewhere = Scripted::new(vec![answer(200, r#"{"access_token": "made-up"}"#)]);
    let location = format!("location: {}/\r\ncontent-length: 0\r\nconnection: close", elsewhere.address());
    let moved = Scripted::new(vec![format!("HTTP/1.1 307 x\r\n{location}\r\n\r\n").into_bytes(); 20]);
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let hangs = format!("http://{}", hanging.local_addr().unwrap());
    for (endpoint, told) in [
        (busy.address(), "is busy (HTTP 503)"),
        (endless.address(), "answers with more than any token is long"),
        (moved.address(), "answers with another address, which is not followed"),
        (&hangs, "does not answer: no answer came in time"),
    ] {
        let said = by(&world, fixture, &[("IDENTITY_ENDPOINT", endpoint), ("IDENTITY_HEADER", "made-up")]);
        let told = format!(": 127.0.0.1, which gives the tokens for it, {told}");
        assert!(said.starts_with("Unreachable ") && said.ends_with(&told), "{said}");
    }
    assert_eq!(elsewhere.asked(), Vec::<String>::new());
}

#[test]
fn a_program_that_gives_no_token_is_not_waited_for_without_end() {
    let Some((world, fixture)) = begin() else { return };
    let path = programs(&world, &[("az", "exec sleep 60".to_owned()), ("azd", "exec sleep 60".to_owned())]);
    let said = by(&world, fixture, &[("PATH", &path)]);
    assert!(said.starts_with("SignInNeeded ") && said.ends_with(": az: no token came in time"), "{said}");
}

#[test]
fn a_secret_goes_through_no_network_in_clear() {
    let environment = |name: &str| (name == "AZURE_AUTHORITY_HOST").then(|| "http://127.0.0.1:1".into());
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path(), std::sync::Arc::new(environment));
    let url = StoreUrl::parse("akv://shop/django").unwrap();
    let error = keybaton_stores::open(&url, &RingName::default(), &settings).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Malformed);
    assert_eq!(error.sentence, "AZURE_AUTHORITY_HOST is no https address of a server");
}
