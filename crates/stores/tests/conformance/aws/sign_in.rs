//! Where AWS is and who we are to it, by profiles and the environment: each time in a process of its own.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use keybaton_stores::Held;

use super::*;
use crate::support::{given, must_pass, start};
use crate::world::{open_url, outer_environment, settings};

/// What somebody finds who has these variables and not those.
fn read_as(ground: &Ground, url: &str, with: &[(&str, String)], without: &[&str]) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    for name in without {
        command.env_remove(name);
    }
    command.envs(with.iter().map(|(name, value)| (*name, value)));
    let said = must_pass(start(command, "aws::sign_in::case_reads", ground.world.path(), url));
    said.lines().find_map(|line| line.split_once("found: ")).unwrap().1.to_owned()
}

#[test]
#[ignore = "run by the tests beside it"]
#[expect(clippy::print_stdout, reason = "the test that runs this one reads it")]
fn case_reads() {
    let (folder, url) = given();
    println!(
        "found: {}",
        match open_url(&url, &settings(&folder, outer_environment())).read() {
            Ok(Held::Absent) => "nothing".to_owned(),
            Ok(Held::Texts(..) | Held::Sealed { .. }) => "a ring".to_owned(),
            Err(error) => format!("{:?}, {error}", error.kind),
        }
    );
}

fn endpoint() -> String {
    env::var("AWS_ENDPOINT_URL").unwrap()
}

/// A file of profiles, of which `shop` is meant.
fn profiles(ground: &Ground, lines: &str) -> Vec<(&'static str, String)> {
    let file = ground.world.path().join("aws-config");
    fs::write(&file, format!("[profile shop]\nregion = us-east-1\n{lines}")).unwrap();
    vec![("AWS_CONFIG_FILE", text(file)), ("AWS_PROFILE", "shop".to_owned())]
}

fn services(endpoint: &str) -> String {
    format!(
        "services = here\n[services here]\nsecrets_manager =\n  endpoint_url = {endpoint}\nssm =\n  endpoint_url = {endpoint}\n"
    )
}

fn text(path: PathBuf) -> String {
    path.into_os_string().into_string().unwrap()
}

const NOWHERE: &str = "https://127.0.0.1:1";

#[test]
fn a_profile_names_an_address_for_each_service() {
    for scheme in ["awssm", "awsps"] {
        let Some(ground) = Ground::of(scheme) else { return };
        begun(&ground);
        let lines = format!("endpoint_url = {NOWHERE}\n{}", services(&endpoint()));
        let found = read_as(&ground, &ground.url(), &profiles(&ground, &lines), &["AWS_ENDPOINT_URL"]);
        assert_eq!(found, "a ring", "{scheme}");
        let all = profiles(&ground, &format!("endpoint_url = {}\n", endpoint()));
        assert_eq!(read_as(&ground, &ground.url(), &all, &["AWS_ENDPOINT_URL"]), "a ring", "{scheme}");
    }
}

#[test]
fn where_no_region_is_named_it_is_asked_for() {
    for scheme in ["awssm", "awsps"] {
        let Some(ground) = Ground::of(scheme) else { return };
        let url = ground.url().split('?').next().unwrap().to_owned();
        let file = [("AWS_CONFIG_FILE", "/dev/null".to_owned())];
        let found = read_as(&ground, &url, &file, &["AWS_REGION", "AWS_DEFAULT_REGION"]);
        assert_eq!(found, format!("Malformed, {url}: no region is named"));
    }
}

#[test]
fn a_variable_counts_more_than_a_profile_and_one_for_the_service_most() {
    let Some(ground) = Ground::of("awssm") else { return };
    begun(&ground);
    let mut there = profiles(&ground, &services(NOWHERE));
    assert_eq!(read_as(&ground, &ground.url(), &there, &[]), "a ring");
    there.push(("AWS_ENDPOINT_URL", NOWHERE.to_owned()));
    there.push(("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint()));
    assert_eq!(read_as(&ground, &ground.url(), &there, &[]), "a ring");
}

#[test]
fn addresses_are_ignored_where_a_variable_or_the_profile_says_so() {
    let Some(ground) = Ground::of("awssm") else { return };
    begun(&ground);
    let ignored = format!("ignore_configured_endpoint_urls = true\n{}", services(&endpoint()));
    let variable = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true".to_owned());
    for mut there in [profiles(&ground, &ignored), vec![variable]] {
        // Nothing leaves this machine.
        let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
        there.push(("HTTPS_PROXY", format!("http://{}", proxy.local_addr().unwrap())));
        there.push(("NO_PROXY", "127.0.0.1".to_owned()));
        let asked = std::thread::spawn(move || {
            let mut line = String::new();
            BufReader::new(proxy.accept().unwrap().0).read_line(&mut line).unwrap();
            line
        });
        let found = read_as(&ground, &ground.url(), &there, &[]);
        assert!(found.starts_with("Unreachable, "), "{found}");
        assert!(asked.join().unwrap().starts_with("CONNECT secretsmanager.us-east-1.amazonaws.com:443 "));
    }
}

#[test]
fn the_authority_of_aws_holds_for_signing_in_too() {
    let Some(ground) = Ground::of("awssm") else { return };
    begun(&ground);
    let role = ground.hand.ask(&ground.world, json!({ "do": "play", "fields": {} }));
    let file = ground.world.path().join("token");
    fs::write(&file, role["token"].as_str().unwrap()).unwrap();
    let there = [
        ("AWS_ROLE_ARN", role["role"].as_str().unwrap().to_owned()),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", text(file)),
    ];
    let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "SSL_CERT_FILE"];
    assert_eq!(read_as(&ground, &ground.url(), &there, &keys), "a ring");
    let without = [&keys[..], &["AWS_CA_BUNDLE"]].concat();
    let found = read_as(&ground, &ground.url(), &there, &without);
    assert!(found.starts_with("SignInNeeded, ") && found.contains("certificate"), "{found}");
    let away = [&there[..], &[("AWS_ENDPOINT_URL_STS", NOWHERE.to_owned())]].concat();
    let found = read_as(&ground, &ground.url(), &away, &keys[..2]);
    assert!(found.starts_with("Unreachable, "), "{found}");
}

#[test]
fn a_container_is_told_who_it_is_without_a_proxy() {
    let Some(ground) = Ground::of("awssm") else { return };
    begun(&ground);
    let mut told = ground.hand.ask(&ground.world, json!({ "do": "play", "fields": {} }))["session"].take();
    told["Expiration"] = "2100-01-01T00:00:00Z".into();
    let credentials = TcpListener::bind("127.0.0.1:0").unwrap();
    let there = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("http://{}/me", credentials.local_addr().unwrap())),
        ("http_proxy", "http://127.0.0.1:1".to_owned()),
    ];
    std::thread::spawn(move || {
        let (mut stream, _) = credentials.accept().unwrap();
        let body = told.to_string();
        BufReader::new(stream.try_clone().unwrap()).lines().find(|line| line.as_ref().unwrap().is_empty());
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nContent-Type: application/json\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    });
    let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    assert_eq!(read_as(&ground, &ground.url(), &there, &keys), "a ring");
}

const KEYS: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

#[test]
fn a_program_that_a_profile_names_signs_in() {
    let Some(ground) = Ground::of("awssm") else { return };
    begun(&ground);
    let [key, secret] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map(|name| env::var(name).unwrap());
    let told = json!({ "Version": 1, "AccessKeyId": key, "SecretAccessKey": secret });
    let there = profiles(&ground, &format!("credential_process = echo '{told}'\n"));
    assert_eq!(read_as(&ground, &ground.url(), &there, &KEYS), "a ring");
    let by_url = format!("{}&profile=shop", ground.url());
    assert_eq!(read_as(&ground, &by_url, &there[..1], &KEYS), "a ring");
    // What the environment says goes before it.
    let there = profiles(&ground, "credential_process = false\n");
    assert_eq!(read_as(&ground, &ground.url(), &there, &[]), "a ring");
}

#[test]
fn a_program_that_a_profile_names_and_that_prints_without_end_is_ended() {
    let Some(ground) = Ground::of("awssm") else { return };
    for script in ["exec yes made-up", "exec yes made-up >&2"] {
        let prints = format!("credential_process = {script}\n");
        let found = read_as(&ground, &ground.url(), &profiles(&ground, &prints), &KEYS);
        let told = "credential_process printed more than any credentials are long, and was ended";
        assert!(found.starts_with("SignInNeeded, ") && found.ends_with(told), "{found}");
    }
}

#[test]
fn a_program_that_a_profile_names_and_that_hangs_is_ended_and_blamed() {
    let Some(ground) = Ground::of("awssm") else { return };
    let file = ground.world.path().join("pid");
    let hangs = format!("credential_process = echo $$ > {}; exec sleep 300\n", file.display());
    let found = read_as(&ground, &ground.url(), &profiles(&ground, &hangs), &KEYS);
    let why = "no credentials came in 20 s: does a program that a profile names wait for an answer?";
    let blamed = format!("SignInNeeded, {}: cannot sign in to AWS Secrets Manager: {why}", ground.url());
    assert_eq!(found, blamed);
    let pid = fs::read_to_string(&file).unwrap();
    // Whoever is killed takes a moment to go.
    let patience = Instant::now() + Duration::from_secs(30);
    while !is_ended(pid.trim()) {
        assert!(Instant::now() < patience, "{pid}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What has ended may still wait to be asked how.
fn is_ended(pid: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    state.is_empty() || state.contains(") Z ")
}

#[test]
fn what_a_program_complains_of_is_told_in_a_line() {
    let Some(ground) = Ground::of("awssm") else { return };
    let complains = "credential_process = printf '\\n%03000d\\nmore\\n' 1 >&2; exit 3\n";
    let found = read_as(&ground, &ground.url(), &profiles(&ground, complains), &KEYS);
    let ended = "the program of credential_process ended with exit status: 3: ";
    let (_, said) = found.split_once(ended).unwrap_or_else(|| panic!("{found}"));
    assert_eq!(said, "0".repeat(200 - ended.len()));
}

#[test]
fn the_host_that_somebody_named_is_told() {
    let Some(ground) = Ground::of("awssm") else { return };
    let there = ("AWS_ENDPOINT_URL", "https://made:up@127.0.0.1:1/made/up".to_owned());
    let found = read_as(&ground, &ground.url(), &[there], &[]);
    let blamed = format!("Unreachable, {}: cannot reach AWS Secrets Manager: ", ground.url());
    assert!(found.starts_with(&blamed) && found.ends_with(", at 127.0.0.1:1"), "{found}");
    let found = read_as(&ground, &ground.url(), &[("AWS_ENDPOINT_URL", "127.0.0.1:1".to_owned())], &[]);
    assert_eq!(found, format!("Malformed, {}: the address that is named for it is no URL", ground.url()));
}

#[test]
fn an_address_for_fips_is_asked_where_one_is_wanted_and_none_is_named() {
    let Some(ground) = Ground::of("awssm") else { return };
    let mut there = vec![("AWS_USE_FIPS_ENDPOINT", "true".to_owned())];
    let found = read_as(&ground, &ground.url(), &there, &[]);
    let both = "an address is named for it, and an address for FIPS or IPv6 is wanted";
    assert_eq!(found, format!("Malformed, {}: {both}", ground.url()));
    there.push(("HTTPS_PROXY", "http://127.0.0.1:1".to_owned()));
    let found = read_as(&ground, &ground.url(), &there, &["AWS_ENDPOINT_URL"]);
    assert!(found.ends_with(", at secretsmanager-fips.us-east-1.amazonaws.com"), "{found}");
}
