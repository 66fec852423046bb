//! What configuration files mean, and what is said about wrong ones.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use tempfile::TempDir;

use super::*;

const TWO: &str = r#"
default-environment = "dev"
ring = "DJANGO_SECRET_KEY"
[environments.dev]
store = "dotenv:.env"
propagation = "0s"
[environments.production]
store = "file:/run/secrets/key"
mirrors = ["dir:/srv/mirror"]
propagation = "15m"
longest-signature = "30d"
[environments.production.rings.JWT_SIGNING_KEY]
store = "file:/run/secrets/jwt"
[environments.production.rings.LINK_SIGNING_KEY]
store = "dir:/run/secrets/links"
longest-signature = "90d"
"#;

#[test]
fn the_default_environment_holds_when_nobody_names_one() {
    let project = project("keybaton.toml", TWO);
    let place = choose(&project, Wishes::default()).unwrap();
    assert_eq!(place.ring.as_str(), "DJANGO_SECRET_KEY");
    assert_eq!(place.environment.as_deref(), Some("dev"));
    assert_eq!(place.store, Located { url: "dotenv:.env".into(), folder: real(&project) });
    assert_eq!(place.propagation, Some(Span(0)));
    assert_eq!(place.longest_signature, None);
    assert!(place.mirrors.is_empty());
}

#[test]
fn an_environment_and_a_ring_can_be_named() {
    let project = project("keybaton.toml", TWO);
    let place = choose(&project, wishes("production", "", "")).unwrap();
    assert_eq!(place.store.url, "file:/run/secrets/key");
    assert_eq!(place.mirrors[0].url, "dir:/srv/mirror");
    assert_eq!(place.propagation, Some(Span(900)));
    assert_eq!(place.longest_signature, Some(Span::days(30)));

    let place = choose(&project, wishes("production", "JWT_SIGNING_KEY", "")).unwrap();
    assert_eq!(place.store.url, "file:/run/secrets/jwt");
    assert!(place.mirrors.is_empty() && !place.is_main);
    assert_eq!((place.longest_signature, place.longest_of_ring), (Some(Span::days(30)), None));
    let place = choose(&project, wishes("production", "LINK_SIGNING_KEY", "")).unwrap();
    assert_eq!(place.longest_of_ring, Some(Span::days(90)));
}

#[test]
fn a_ring_lives_in_one_place_and_a_place_with_room_for_one_holds_one() {
    let says = |text: &str| failure(&project("keybaton.toml", text), Wishes::default());
    let twice = "[environments.dev]\nstore = \"dotenv:.env\"\n[environments.dev.rings.SECRET_KEY]\nstore = \"dir:b\"\n";
    assert_snapshot!(says(twice), @"
    Configuration: keybaton.toml, line 3: SECRET_KEY is the main ring, whose store stands in [environments.dev] itself
    hint: write its store there, or name another ring here; `ring` says which is the main one
    ");
    let crowded =
        "[environments.dev]\nstore = \"file:key\"\n[environments.dev.rings.JWT_KEY]\nstore = \"file:key\"\n";
    assert_snapshot!(says(crowded), @"
    Configuration: keybaton.toml: two rings in [environments.dev] are to live in file:key, which has room for one
    hint: give each a store of its own
    ");
}

#[test]
fn a_store_named_by_hand_does_not_take_over_the_default_environments_waiting_times() {
    let project = project("keybaton.toml", TWO);
    let place = choose(&project, wishes("", "", "dotenv:other.env")).unwrap();
    assert_eq!(place.store, Located { url: "dotenv:other.env".into(), folder: "/here".into() });
    assert_eq!(place.environment, None);
    assert_eq!(place.propagation, None);
    let place = choose(&project, wishes("production", "", "dotenv:other.env")).unwrap();
    assert_eq!(place.propagation, Some(Span(900)));
}

#[test]
fn the_only_environment_needs_no_default() {
    let project = project("keybaton.toml", "[environments.dev]\nstore = \"dotenv:.env\"\n");
    assert_eq!(choose(&project, Wishes::default()).unwrap().environment.as_deref(), Some("dev"));
}

#[test]
fn whoever_reports_is_asked_by_the_command_of_the_environment_else_by_the_one_that_started_us() {
    let asked = |lines: &str, started_by: Option<&[&str]>| {
        let text = format!("[environments.dev]\nstore = \"dotenv:.env\"\n{lines}");
        let manage = started_by.map(|words| words.iter().map(|word| (*word).to_owned()).collect());
        let wishes = Wishes { manage, ..Wishes::default() };
        let asked = choose(&project("keybaton.toml", &text), wishes).unwrap().fleet?;
        Some((asked.reporting, asked.command.join(" ")))
    };
    let own = "manage = [\"python\", \"manage.py\"]\n";
    let by = Some(&["/srv/python", "/srv/manage.py"][..]);
    assert_eq!(asked("", None), None);
    assert_eq!(asked(own, None), Some((Reporting::All, "python manage.py".to_owned())));
    assert_eq!(asked(own, by), Some((Reporting::All, "python manage.py".to_owned())));
    assert_eq!(asked("", by), Some((Reporting::All, "/srv/python /srv/manage.py".to_owned())));
    assert_eq!(asked("fleet = \"some\"\n", by).map(|asked| asked.0), Some(Reporting::Some));
    assert_eq!(asked("fleet = \"none\"\n", by), None);
    // The step that has to ask says what is missing; programs start all the same.
    assert_eq!(asked("fleet = \"all\"\n", None), Some((Reporting::All, String::new())));
}

#[test]
fn pyproject_is_read_in_its_own_table_alone() {
    let text = "[project]\nname = 5\ndependencies = [\"keybaton\"]\n[tool.other]\nstore = true\n\
        [tool.keybaton.environments.dev]\nstore = \"dotenv:.env\"\n";
    let project = project("pyproject.toml", text);
    assert_eq!(choose(&project, Wishes::default()).unwrap().store.url, "dotenv:.env");

    let wrong = self::project("pyproject.toml", "[tool.keybaton]\nrign = \"A\"\n");
    assert_snapshot!(failure(&wrong, Wishes::default()), @r#"
    Configuration: pyproject.toml, line 2: unknown key "rign" in [tool.keybaton]
    hint: did you mean "ring"? the keys here are default-environment, ring, environments
    "#);
}

#[test]
fn a_pyproject_that_only_depends_on_keybaton_is_passed_over() {
    let project = project("keybaton.toml", TWO);
    fs::create_dir(project.path().join("app")).unwrap();
    fs::write(project.path().join("app/pyproject.toml"), "[project]\ndependencies = [\"keybaton\"]\n")
        .unwrap();
    let found = Configuration::find(&project.path().join("app")).unwrap().unwrap();
    assert_eq!(found.source.folder(), real(&project));
}

#[test]
fn the_search_ends_at_the_repositorys_root() {
    let project = project("keybaton.toml", TWO);
    fs::create_dir_all(project.path().join("inner/.git")).unwrap();
    fs::create_dir_all(project.path().join("inner/src")).unwrap();
    assert!(Configuration::find(&project.path().join("inner/src")).unwrap().is_none());
    fs::remove_dir(project.path().join("inner/.git")).unwrap();
    assert!(Configuration::find(&project.path().join("inner/src")).unwrap().is_some());
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_nearest_known_one() {
    let text = "[environments.dev]\nstore = \"dotenv:.env\"\npropogation = \"0s\"\n";
    assert_snapshot!(failure(&project("keybaton.toml", text), Wishes::default()), @r#"
    Configuration: keybaton.toml, line 3: unknown key "propogation" in [environments.dev]
    hint: did you mean "propagation"? the keys here are store, mirrors, propagation, longest-signature, offline, after-write, after-write-timeout, manage, fleet, rings
    "#);
    let text = "fleet = \"all\"\n";
    assert_snapshot!(failure(&project("keybaton.toml", text), Wishes::default()), @r#"
    Configuration: keybaton.toml, line 1: unknown key "fleet"
    hint: the keys here are default-environment, ring, environments
    "#);
    let text = "[environments.dev]\nstore = \"dotenv:.env\"\ngone-after = \"2m\"\n";
    assert_snapshot!(failure(&project("keybaton.toml", text), Wishes::default()), @r#"
    Configuration: keybaton.toml, line 3: unknown key "gone-after" in [environments.dev]
    hint: the keys here are store, mirrors, propagation, longest-signature, offline, after-write, after-write-timeout, manage, fleet, rings
    "#);
}

#[test]
fn a_wrong_type_says_what_was_found_and_what_is_wanted() {
    let said = |text: &str| failure(&project("keybaton.toml", text), Wishes::default());
    assert_snapshot!(said("\n\nring = 5\n"), @r#"Configuration: keybaton.toml, line 3: "ring" must be a string, not a number"#);
    assert_snapshot!(said("environments = \"dev\"\n"), @r#"Configuration: keybaton.toml, line 1: "environments" must be a table, not a string"#);
    assert_snapshot!(said("[environments]\ndev = \"dotenv:.env\"\n"), @r#"Configuration: keybaton.toml, line 2: "environments.dev" must be a table, not a string"#);
    assert_snapshot!(said("[environments.dev]\nstore = [\"dotenv:.env\"]\n"), @r#"Configuration: keybaton.toml, line 2: "store" must be a string, not a list"#);
    assert_snapshot!(said("[environments.dev]\nmirrors = \"dir:x\"\n"), @r#"Configuration: keybaton.toml, line 2: "mirrors" must be a list of strings, not a string"#);
    assert_snapshot!(said("[environments.dev]\nmirrors = [\"dir:x\", true]\n"), @r#"Configuration: keybaton.toml, line 2: each of "mirrors" must be a string, not true or false"#);
    assert_snapshot!(said("[environments.dev]\npropagation = 15\n"), @r#"Configuration: keybaton.toml, line 2: "propagation" must be a span of time such as "15m", not a number"#);
    assert_snapshot!(said("[environments.dev]\npropagation = \"15 minutes\"\n"), @r#"
    Configuration: keybaton.toml, line 2: "propagation" must be a span of time, not "15 minutes"
    hint: a span of time is a whole number and a unit: 30s, 15m, 2h, 14d or 8w
    "#);
    assert_snapshot!(said("[environments.dev.rings.A]\n"), @r#"Configuration: keybaton.toml: [environments.dev.rings.A] has no "store""#);
}

#[test]
fn a_text_that_names_no_ring_is_not_shown() {
    let said = |text: &str| failure(&project("keybaton.toml", text), Wishes::default());
    assert_snapshot!(said("ring = \"made-up-key\"\n"), @"
    Configuration: keybaton.toml, line 1: this cannot be the name of a ring
    hint: a ring name is a variable name: letters, digits and underscores, not starting with a digit, at most 64 characters
    ");
    assert_snapshot!(said("[environments.dev.rings.made-up-key]\nstore = \"dir:x\"\n"), @"
    Configuration: keybaton.toml, line 1: this cannot be the name of a ring
    hint: a ring name is a variable name: letters, digits and underscores, not starting with a digit, at most 64 characters
    ");
    assert_snapshot!(failure(&project("keybaton.toml", TWO), wishes("", "made-up-key", "")), @"Usage: --ring does not name a ring: a ring name is a variable name: letters, digits and underscores, not starting with a digit, at most 64 characters");
}

#[test]
fn what_is_no_toml_is_named_without_quoting_the_line() {
    let said = |text: &str| failure(&project("keybaton.toml", text), Wishes::default());
    assert_snapshot!(said("[environments.dev]\nstore = vault://made-up-password@x\n"), @"Configuration: keybaton.toml, line 2: string values must be quoted, expected literal string");
    assert_snapshot!(said("[environments.dev]\nstore = \"made-up-password\n"), @r#"Configuration: keybaton.toml, line 2: invalid basic string, expected `"`"#);
    assert_snapshot!(said("ring = \"A\"\nring = \"B\"\n"), @"Configuration: keybaton.toml, line 2: duplicate key");
    assert_snapshot!(said("\u{0}"), @"Configuration: keybaton.toml, line 1: key with no value, expected `=`");
}

#[test]
fn nobody_knows_which_environment_is_meant() {
    let without_default = TWO.replace("default-environment = \"dev\"\n", "");
    assert_snapshot!(failure(&project("keybaton.toml", &without_default), Wishes::default()), @r#"
    Configuration: keybaton.toml: no default among the environments dev, production
    hint: name one with -e, or write default-environment = "dev"
    "#);
    assert_snapshot!(failure(&project("keybaton.toml", TWO), wishes("prod", "", "")), @r#"
    Configuration: keybaton.toml: there is no environment "prod"
    hint: the environments here are dev, production; for one more, write [environments.prod] with store = "dotenv:.env.prod" and propagation = "15m"
    "#);
    assert_snapshot!(failure(&project("keybaton.toml", "ring = \"A\"\n"), Wishes::default()), @r#"
    Configuration: keybaton.toml: no environment is described here
    hint: write [environments.dev] with store = "dotenv:.env" and propagation = "0s"
    "#);
}

#[test]
fn a_ring_without_a_store_says_where_to_write_one() {
    let project = project("keybaton.toml", TWO);
    assert_snapshot!(failure(&project, wishes("", "JWT_SIGNING_KEY", "")), @r#"
    Configuration: keybaton.toml: no store for the ring JWT_SIGNING_KEY in the environment "dev"
    hint: write a store in [environments.dev.rings.JWT_SIGNING_KEY], or name another ring with --ring
    "#);
    let empty = self::project("keybaton.toml", "[environments.dev]\n");
    assert_snapshot!(failure(&empty, Wishes::default()), @r#"
    Configuration: keybaton.toml: no store for the ring SECRET_KEY in the environment "dev"
    hint: write a store in [environments.dev], or name another ring with --ring
    "#);
}

#[test]
fn without_a_file_and_without_a_store_init_is_the_way() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    assert_snapshot!(failure(&folder, Wishes::default()), @"
    Configuration: there is no keybaton.toml here or above
    hint: run `keybaton init` in the folder of manage.py, or name a store: --store dotenv:.env
    ");
    let place = choose(&folder, wishes("production", "", "dir:/run/secrets")).unwrap();
    assert_eq!((place.ring.as_str(), place.environment.as_deref()), ("SECRET_KEY", Some("production")));
}

#[test]
fn a_configuration_that_is_no_readable_text_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("keybaton.toml")).unwrap();
    assert_snapshot!(failure(&folder, Wishes::default()), @"
    Configuration: keybaton.toml is a folder, not a file
    hint: name the file itself
    ");
    let latin = project("keybaton.toml", "");
    fs::write(latin.path().join("keybaton.toml"), b"ring = \"\xe9\"").unwrap();
    assert_snapshot!(failure(&latin, Wishes::default()), @"
    Configuration: keybaton.toml is not UTF-8 text
    hint: save it as UTF-8: TOML is always written so
    ");
}

fn project(name: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

fn real(project: &TempDir) -> std::path::PathBuf {
    project.path().canonicalize().unwrap()
}

/// An empty text wishes nothing.
fn wishes(environment: &str, ring: &str, store: &str) -> Wishes {
    let [environment, ring, store] =
        [environment, ring, store].map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()));
    Wishes { environment, ring, store, ..Wishes::default() }
}

fn choose(project: &TempDir, wishes: Wishes) -> Result<Place, Failure> {
    let configuration = Configuration::find(project.path())?;
    Place::choose(&wishes, configuration.as_ref(), Path::new("/here"))
}

fn failure(project: &TempDir, wishes: Wishes) -> String {
    let failure = choose(project, wishes).unwrap_err();
    let hint = failure.what_now().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
    let said = format!("{:?}: {}{hint}", failure.exit, failure.in_full());
    said.replace(&format!("{}/", real(project).display()), "")
}
