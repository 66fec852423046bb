//! Deploy files as people write them: good ones are no news, and bad ones break nothing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use keybaton_audit::deploy::KINDS;
use keybaton_audit::{Report, Severity, check};

#[test]
fn good_files_are_no_news() {
    let report = looked(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good"));
    let found: Vec<String> = report
        .findings
        .iter()
        .map(|found| format!("{}: {} [{}]", found.at, found.what, found.rule))
        .collect();
    assert_eq!(found, [""; 0]);
    assert_eq!(report.unexamined, []);
    assert!(report.files >= 18, "{}", report.files);
}

#[test]
fn every_file_of_the_folder_is_in_the_list() {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/deploy")).unwrap();
    let names: BTreeSet<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| !OTHERS.contains(&name.as_str()))
        .collect();
    let source = include_str!("../src/deploy/mod.rs");
    let listed = source.lines().filter_map(|line| line.trim().strip_suffix("::KIND,"));
    assert_eq!(listed.map(str::to_owned).collect::<BTreeSet<_>>(), names);
    assert_eq!(KINDS.len(), names.len());
}

/// What is in the folder and no kind.
const OTHERS: [&str; 4] = ["facts", "mod", "names", "occurrences"];

#[test]
fn what_is_no_yaml_is_named_and_not_passed_over() {
    for (text, line) in [
        ("services:\n  web:\n    image: [SECRET_KEY\n", 3),
        ("services:\n  web:\n\timage: SECRET_KEY\n", 3),
        ("services:\n  web: {image: \"SECRET_KEY}\n", 2),
        ("SECRET_KEY: \0\n", 1),
        ("services: *none\nSECRET_KEY: x\n", 1),
    ] {
        let report = with("compose.yaml", text.as_bytes());
        let gaps: Vec<String> =
            report.unexamined.iter().map(|gap| format!("{}: {}", gap.what, gap.why)).collect();
        assert!(gaps.contains(&format!("compose.yaml: line {line} is not valid YAML")), "{text:?}: {gaps:?}");
    }
    let report = with("compose.yaml", b"SECRET_KEY: \xff\n");
    assert_eq!(report.unexamined[0].why, "it is not UTF-8 text");
    assert_eq!(
        with("app.json", b"{\"env\": {\"SECRET_KEY\": [}").unexamined[0].why,
        "line 1 is not valid JSON"
    );
}

#[test]
fn a_file_that_says_nothing_about_the_key_may_be_broken() {
    let report = with("compose.yaml", b"services: [\n");
    assert!(report.unexamined.iter().all(|gap| gap.what == "the key"), "{:?}", report.unexamined);
}

#[test]
fn marks_line_ends_and_names_that_stand_twice_hide_no_key() {
    for text in [
        "\u{feff}services:\n  web:\n    image: x\n    environment:\n      SECRET_KEY: made-up\n",
        "services:\r\n  web:\r\n    image: x\r\n    environment:\r\n      SECRET_KEY: made-up\r\n",
        "services:\n  web:\n    image: x\n    environment:\n      SECRET_KEY: ${X}\n      SECRET_KEY: made-up\n",
    ] {
        let report = with("compose.yaml", text.as_bytes());
        let found: Vec<&str> = report.findings.iter().map(|found| found.rule).collect();
        assert_eq!(found, ["key-in-deploy-file"], "{text:?}");
    }
}

/// Each takes a reader that writes aliases out, calls itself, or looks back from each place, far longer.
#[test]
fn hostile_files_are_read_in_no_time() {
    let mut bomb = "a0: &a0 {SECRET_KEY: x}\n".to_owned();
    for at in 1..500 {
        let before = at - 1;
        bomb += &format!("a{at}: &a{at} {{<<: [*a{before}, *a{before}], b: *a{before}}}\n");
    }
    bomb += "services:\n  web: *a499\n";
    let hostile = [
        bomb,
        format!("SECRET_KEY: {}\n", "x".repeat(1 << 18)),
        format!("SECRET_KEY: {}\n", "[".repeat(1 << 18)),
        format!("SECRET_KEY: {}\n", "- ".repeat(1 << 17)),
        format!("SECRET_KEY: {}\n", "{a: ".repeat(1 << 16)),
        format!("SECRET_KEY=x\n{}", "\\\n".repeat(1 << 17)),
        format!("SECRET_KEY=x {}", "$(".repeat(1 << 17)),
        format!("SECRET_KEY=x {}", "<<a\n".repeat(1 << 16)),
        format!("SECRET_KEY: {}\n", "\"".repeat(1 << 18)),
        format!("SECRET_KEY: {}\n", "${A:-".repeat(1 << 15) + &"}".repeat(1 << 15)),
        format!("SECRET_KEY: 1\nservices: {{a: {{command: \"{}\"}}}}\n", "sh -c ".repeat(1 << 15)),
        "SECRET_KEY ${\n".repeat(1 << 13),
        "a: SECRET_KEY=${SECRET_KEY\n".repeat(1 << 14),
    ];
    let names = [
        "compose.yaml",
        "values.yaml",
        "group_vars/all.yml",
        ".github/workflows/a.yml",
        ".gitlab-ci.yml",
        "k8s/kustomization.yaml",
        "templates/a.yaml",
        "Dockerfile",
        "shop.service",
        "Procfile",
        "main.tf",
        "supervisord.conf",
        "app.json",
    ];
    for name in names {
        for text in &hostile {
            let start = Instant::now();
            with(name, text.as_bytes());
            let took = start.elapsed();
            assert!(took < Duration::from_secs(3), "{name}: {took:?} for {:?}", &text[..40]);
        }
    }
}

#[test]
fn hostile_scripts_are_read_in_no_time() {
    let many = 1 << 14;
    for script in [
        format!("echo {}", "$(".repeat(many)),
        format!("echo {}{}", "$(".repeat(many), ")".repeat(many)),
        format!("echo {}", "\"$(\" ".repeat(many)),
        format!("( echo a; {}", ") > f ( echo a; ".repeat(many)),
        format!("{}{}", "{ ".repeat(many), "echo $SECRET_KEY; } | cat; ".repeat(many)),
        format!("a {}", "SECRET_KEY=,".repeat(many)),
        format!("env{}", "|cat".repeat(many)),
        "sh -c 'sh -c x'|".repeat(many),
        format!("x\n{}", "      - run: echo $SECRET_KEY\n".repeat(many / 4)),
    ] {
        let text = format!("jobs:\n  deploy:\n    steps:\n      - run: |\n          {script}\n");
        let start = Instant::now();
        with(".github/workflows/a.yml", format!("# SECRET_KEY\n{text}").as_bytes());
        let took = start.elapsed();
        assert!(took < Duration::from_secs(3), "{took:?} for {:?}", &script[..12]);
    }
}

#[test]
fn no_report_shows_a_key() {
    let leak = "LEAKkQ3vT9xZ2mLp7RwY4nHs8JdF6gBc1VaE5tUoKiXyPzMqWrNeGhSbDjCf";
    let encoded = format!("LEAK{}", &leak[4..]);
    for (name, text) in [
        (
            "compose.yaml",
            format!(
                "services:\n  web:\n    image: x\n    environment:\n      SECRET_KEY: {leak}\n    build: {{args: [SECRET_KEY={leak}]}}\n"
            ),
        ),
        (
            "Dockerfile",
            format!("FROM x\nARG SECRET_KEY={leak}\nENV SECRET_KEY {leak}\nRUN SECRET_KEY={leak} make\n"),
        ),
        ("shop.service", format!("[Service]\nEnvironment=SECRET_KEY={leak}\n")),
        (
            ".github/workflows/a.yml",
            format!(
                "env: {{SECRET_KEY: {leak}}}\njobs:\n  a:\n    steps:\n      - run: export SECRET_KEY={leak}; docker inspect {leak}; printenv SECRET_KEY {leak}; docker build --build-arg SECRET_KEY={leak}\n        env: {{SECRET_KEY: $LEAK}}\n"
            ),
        ),
        (
            ".gitlab-ci.yml",
            format!(
                "deploy:\n  variables: {{SECRET_KEY: {leak}}}\n  script: [docker inspect {leak}, docker-compose -f {leak} config]\n"
            ),
        ),
        ("values.yaml", format!("SECRET_KEY: {leak}\n")),
        ("main.tf", format!("SECRET_KEY = \"{leak}\"\n")),
        ("Procfile", format!("web: SECRET_KEY={leak} x\n")),
        ("supervisord.conf", format!("[program:x]\nenvironment=SECRET_KEY={encoded}\n")),
        ("compose.yml", format!("SECRET_KEY: [{leak}\n")),
        (".github/workflows/b.yml", format!("SECRET_KEY: *{leak}\n")),
    ] {
        let report = with(name, text.as_bytes());
        assert!(!report.findings.is_empty() || !report.unexamined.is_empty(), "{name}");
        let said = format!("{report:?}");
        assert!(!said.contains("LEAK"), "{name}: {said}");
    }
}

#[test]
fn files_that_units_and_compose_files_name_are_env_files() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("config")).unwrap();
    let unit = format!("[Service]\nEnvironmentFile=-{}\n", folder.path().join("config/shop.conf").display());
    write("shop.service", &unit);
    write(
        "compose.yaml",
        "services:\n  web:\n    image: x\n    env_file:\n      - path: config/web\n      - /etc/passwd\n",
    );
    write("config/shop.conf", "SECRET_KEY=made-up\n");
    write("config/web", "DEBUG=0\nSECRET_KEY=made-up\n");
    write("config/other", "SECRET_KEY=made-up\n");
    for name in ["config/shop.conf", "config/web"] {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
    assert!(Command::new("git").args(["init", "--quiet"]).current_dir(&folder).status().unwrap().success());
    let report = looked(folder.path());
    let found = |rule: &str| {
        let found = report.findings.iter().filter(|found| found.rule == rule);
        found.map(|found| found.at.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(found("env-readable"), ["config/shop.conf:1:1", "config/web:2:1"]);
    assert_eq!(found("env-not-ignored"), ["config/shop.conf:1:1", "config/web:2:1"]);
}

fn with(name: &str, bytes: &[u8]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
    looked(folder.path())
}

fn looked(root: &Path) -> Report {
    check(root, &[root.to_owned()], &[], Vec::new())
}

/// Whatever signs it has, and wherever it stands: with quotes, without, doubled, as a default.
#[test]
fn each_key_that_django_draws_is_found() {
    let keys: Vec<String> = drawn().take(400).collect();
    let lines = |line: fn(&str) -> String| keys.iter().map(|key| line(key) + "\n").collect::<String>();
    let compose = lines(|key| {
        let id = key.bytes().fold(0_u64, |id, byte| id.wrapping_mul(31).wrapping_add(u64::from(byte)));
        format!("  a{id}: {{image: shop, environment: {{SECRET_KEY: '{}'}}}}", key.replace('$', "$$"))
    });
    for (name, text) in [
        ("compose.yaml", format!("services:\n{compose}")),
        ("Dockerfile", "FROM shop\n".to_owned() + &lines(|key| format!("ENV SECRET_KEY={key}"))),
        ("Containerfile", "FROM shop\n".to_owned() + &lines(|key| format!("ARG SECRET_KEY='{key}'"))),
        ("shop.service", lines(|key| format!("Environment=SECRET_KEY={}", key.replace('%', "%%")))),
        (
            "supervisord.conf",
            lines(|key| format!("[program:web]\nenvironment=SECRET_KEY=\"{}\"", key.replace('%', "%%"))),
        ),
        ("app.service", lines(|key| format!("Environment=\"SECRET_KEY=${{SECRET_KEY:-{key}}}\""))),
    ] {
        let report = with(name, text.as_bytes());
        let errors = report.findings.iter().filter(|found| {
            found.severity == Severity::Error && ["key-in-deploy-file", "key-in-build"].contains(&found.rule)
        });
        assert_eq!(errors.count(), keys.len(), "{name}");
    }
}

/// Keys as Django's `get_random_secret_key` draws them, the same ones each time; every second has the beginning of a reference.
fn drawn() -> impl Iterator<Item = String> {
    let alphabet: Vec<char> = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)".chars().collect();
    let mut state = 7_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    std::iter::repeat_with(move || {
        let key: String = (0..50).map(|_| alphabet[next() % alphabet.len()]).collect();
        let (at, sign) = (next() % 48, ["%(", "$("][next() % 2]);
        if next() % 2 == 0 { key } else { format!("{}{sign}{}", &key[..at], &key[at + 2..]) }
    })
}
