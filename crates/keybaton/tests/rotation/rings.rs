//! Rings besides the main one: how they begin, how they part from the ring that they began with, and what is refused.

use std::fs;

use insta::assert_snapshot;

use crate::ground::Project;

const LIKE: [&str; 6] = ["init", "--ring", "COOKIE_SIGNING_KEY", "--from", "SECRET_KEY", "--write"];

impl Project {
    /// The value of a variable in `.env`.
    fn variable(&self, name: &str) -> String {
        let env = self.read(".env");
        let line = env.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_else(|| panic!("no {name} in .env")).to_owned()
    }

    /// A ring that began with the keys of the main one.
    fn with_cookies() -> Self {
        let project = Self::begun();
        let said = project.says(&LIKE);
        assert!(said.starts_with("0\n"), "{said}");
        project
    }
}

#[test]
fn a_use_leaves_the_main_ring_with_its_keys_and_gets_keys_of_its_own_in_three_steps() {
    let project = Project::begun();
    assert_snapshot!(project.says(&LIKE), @r#"
    0
    --- settings.py
    +++ settings.py
    @@ -2,2 +2,3 @@
     
     SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
    +COOKIE_SIGNING_KEY, COOKIE_SIGNING_KEY_FALLBACKS = keybaton.load("COOKIE_SIGNING_KEY")

    as it is  git leaves the file of keys out
    done      begin with the keys of SECRET_KEY: COOKIE_SIGNING_KEY in dotenv:.env (dev)
    done      say where the ring lives: keybaton.toml
    done      let the settings read the ring: settings.py
    next      put this into the settings, and deploy them:
                  SIGNING_BACKEND = "keybaton.django.signing.CookieSigner"
              What it signs counts as valid for 14d: where that is too short, say `longest-signature` in its
              table of the configuration, before a key of it retires
              Processes with the old settings and with the new ones understand each other.
              Once all have the new ones, `keybaton rotate --ring COOKIE_SIGNING_KEY` parts the ring from SECRET_KEY, step by step
    "#);
    assert_snapshot!(project.read("settings.py"), @r#"
    import keybaton

    SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
    COOKIE_SIGNING_KEY, COOKIE_SIGNING_KEY_FALLBACKS = keybaton.load("COOKIE_SIGNING_KEY")
    "#);
    assert_snapshot!(project.read("keybaton.toml"), @r#"
    default-environment = "dev"

    [environments.dev]
    store = "dotenv:.env"
    # How long a new key takes to reach each process. Here you restart the server yourself.
    propagation = "0s"

    [environments.dev.rings.COOKIE_SIGNING_KEY]
    store = "dotenv:.env"
    "#);
    let secret_key = project.variable("SECRET_KEY");
    assert_eq!(project.variable("COOKIE_SIGNING_KEY"), secret_key);
    assert_snapshot!(project.says(&["status"]), @"
    0
    SECRET_KEY in dotenv:.env (dev)
    settled: one key, and no rotation under way

      signing   K1  since TIME
      shares    K1 with COOKIE_SIGNING_KEY, which began with its keys

    next   keybaton rotate, when you want another key

    COOKIE_SIGNING_KEY in dotenv:.env (dev)
    settled: one key, and no rotation under way

      signing   K2  since TIME
      shares    K2 with SECRET_KEY, whose keys it began with: `keybaton rotate --ring COOKIE_SIGNING_KEY` gives it keys of its own

    next   keybaton rotate --ring COOKIE_SIGNING_KEY, when you want another key
    ");
    assert_snapshot!(project.says(&["rotate", "--ring", "COOKIE_SIGNING_KEY", "--new"]), @"
    0
    staged   K1: it is accepted, and K2 still signs
    next     restart every process, so that each accepts the new key and reads COOKIE_SIGNING_KEY; then run `keybaton rotate --ring COOKIE_SIGNING_KEY` to promote it
    rotation of COOKIE_SIGNING_KEY in dotenv:.env (dev)
      1. stage    a new key is accepted and signs nowhere yet
      2. promote  it signs, the old one is accepted only: once each process was restarted, at the earliest 0s after 1
      3. retire   the old one is no longer accepted: 14d after 2, when nothing it signed is still valid
      COOKIE_SIGNING_KEY began with the keys of SECRET_KEY: each process must have the settings that read it before 2
    ");
    assert_eq!(project.variable("COOKIE_SIGNING_KEY"), secret_key);
    assert_snapshot!(project.says(&["rotate", "--ring", "COOKIE_SIGNING_KEY"]), @"
    0
    promoted K1: it signs, the old key is accepted only
    next     restart every process, so that each signs with K1; then run `keybaton rotate --ring COOKIE_SIGNING_KEY` from TIME to retire K2
    ");
    assert_ne!(project.variable("COOKIE_SIGNING_KEY"), secret_key);
    let retired = project.says(&["retire", "--ring", "COOKIE_SIGNING_KEY", "--force", "--reason", "a test"]);
    assert!(retired.starts_with("0\n"), "{retired}");
    assert!(!project.says(&["status"]).contains("shares"));
    assert_eq!(project.variable("SECRET_KEY"), secret_key, "the main ring stays as it is");
}

#[test]
fn it_is_done_once() {
    let project = Project::with_cookies();
    let before = [project.read(".env"), project.read("settings.py"), project.read("keybaton.toml")];
    assert_snapshot!(project.says(&LIKE), @"
    0
    as it is  git leaves the file of keys out
    as it is  COOKIE_SIGNING_KEY in dotenv:.env (dev) is a ring already
    as it is  the configuration says where the ring lives
    as it is  the settings read the ring
    ");
    assert_eq!([project.read(".env"), project.read("settings.py"), project.read("keybaton.toml")], before);
}

#[test]
fn a_new_use_begins_with_a_fresh_key() {
    let project = Project::begun();
    assert_snapshot!(project.says(&["init", "--ring", "LINK_SIGNING_KEY", "--write"]), @r#"
    0
    --- settings.py
    +++ settings.py
    @@ -2,2 +2,3 @@
     
     SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
    +LINK_SIGNING_KEY, LINK_SIGNING_KEY_FALLBACKS = keybaton.load("LINK_SIGNING_KEY")

    as it is  git leaves the file of keys out
    done      make a key: LINK_SIGNING_KEY in dotenv:.env (dev)
    done      say where the ring lives: keybaton.toml
    done      let the settings read the ring: settings.py
    next      put this into the settings, and deploy them:
                  from keybaton.django.signing import dumps, loads  # with ring="LINK_SIGNING_KEY"
              What it signs counts as valid for 14d: where that is too short, say `longest-signature` in its
              table of the configuration, before a key of it retires
    "#);
    assert_ne!(project.variable("LINK_SIGNING_KEY"), project.variable("SECRET_KEY"));
    assert!(!project.says(&["status"]).contains("shares"));
}

#[test]
fn a_ring_may_live_in_a_store_of_its_own() {
    let project = Project::begun();
    let said = project.says(&["init", "--ring", "JWT_SIGNING_KEY", "--store", "dir:jwt", "--write"]);
    assert!(said.starts_with("0\n"), "{said}");
    assert!(
        project
            .read("keybaton.toml")
            .ends_with("[environments.dev.rings.JWT_SIGNING_KEY]\nstore = \"dir:jwt\"\n")
    );
    assert_eq!(project.read("jwt/JWT_SIGNING_KEY").len(), 64);
    assert_snapshot!(project.says(&["init", "--ring", "JWT_SIGNING_KEY", "--store", "dir:other"]), @"
    6
    error: keybaton.toml says that JWT_SIGNING_KEY lives in dir:jwt
    hint: leave --store out, or bring the ring there first: keybaton copy FROM TO, and change the file
    ");
}

#[test]
fn a_run_gives_the_program_every_ring() {
    let project = Project::with_cookies();
    project.says(&["init", "--ring", "JWT_SIGNING_KEY", "--store", "dir:jwt", "--write"]);
    let show =
        "echo ${#SECRET_KEY} ${#COOKIE_SIGNING_KEY} ${#JWT_SIGNING_KEY} ${JWT_SIGNING_KEY_RING:+record}";
    let mut run = project.program(&["run", "--", "sh", "-c", show]);
    run.env("COOKIE_SIGNING_KEY", "left over");
    assert_snapshot!(project.told(&run.output().unwrap()), @"
    0
    64 64 64 record
    ");
    fs::remove_dir_all(project.path("jwt")).unwrap();
    assert_snapshot!(project.says(&["run", "--", "sh", "-c", show]), @"
    0
    64 64 0
    warning: there is no key JWT_SIGNING_KEY in dir:jwt
    ");
}

#[test]
fn the_same_key_in_two_rings_is_refused_unless_one_begins_with_the_others() {
    let project = Project::begun();
    let key = project.variable("SECRET_KEY");
    fs::write(project.path(".env"), format!("{}COOKIE_SIGNING_KEY={key}\n", project.read(".env"))).unwrap();
    assert_snapshot!(project.says(&["init", "--ring", "COOKIE_SIGNING_KEY", "--write"]), @"
    6
    error: COOKIE_SIGNING_KEY in dotenv:.env (dev) holds a key of SECRET_KEY: a leak of one would open both
    hint: `keybaton init --from SECRET_KEY --ring COOKIE_SIGNING_KEY` begins so where a use is leaving SECRET_KEY, and the next rotation parts them; else take the key out there
    ");
    let said = project.says(&LIKE);
    assert!(said.starts_with("0\n"), "{said}");
}

#[test]
fn a_key_that_is_there_is_taken_in_and_is_nobody_elses() {
    let project = Project::begun();
    fs::write(project.path(".env"), format!("{}JWT_SIGNING_KEY=made-up-key\n", project.read(".env")))
        .unwrap();
    assert_snapshot!(project.says(&["init", "--ring", "JWT_SIGNING_KEY", "--from", "SECRET_KEY"]), @"
    6
    error: JWT_SIGNING_KEY in dotenv:.env (dev) holds a key already, and it is none of SECRET_KEY
    hint: leave --from out to take that key in, or take it out there to begin with the other ring's keys
    ");
    let said = project.says(&["init", "--ring", "JWT_SIGNING_KEY", "--write"]);
    assert!(said.contains("take in the key that is there"), "{said}");
    assert_eq!(project.variable("JWT_SIGNING_KEY"), "made-up-key");
}

#[test]
fn what_cannot_be_is_refused_and_nothing_is_written() {
    let project = Project::begun();
    project.says(&["init", "--ring", "LINK_SIGNING_KEY", "--write"]);
    let before = [project.read(".env"), project.read("settings.py"), project.read("keybaton.toml")];
    assert_snapshot!(project.says(&["init", "--ring", "X_KEY", "--from", "NOPE"]), @"
    6
    error: X_KEY in dotenv:.env (dev) cannot begin with the keys of NOPE: there is no such ring beside it
    hint: the rings beside it are SECRET_KEY, LINK_SIGNING_KEY
    ");
    assert_snapshot!(project.says(&["init", "--ring", "no-name"]), @"
    2
    error: --ring does not name a ring: a ring name is a variable name: letters, digits and underscores, not starting with a digit, at most 64 characters
    ");
    assert_snapshot!(project.says(&["init", "--ring", "X_KEY", "--from", "no-name"]), @"
    2
    error: --from does not name a ring: a ring name is a variable name: letters, digits and underscores, not starting with a digit, at most 64 characters
    ");
    assert_snapshot!(project.says(&["init", "--from", "SECRET_KEY"]), @"
    2
    error: --from is for a ring besides the main one, in a project that has a keybaton.toml
    hint: make the main ring first: `keybaton init`; then `keybaton init --ring COOKIE_SIGNING_KEY --from SECRET_KEY`
    ");
    assert_snapshot!(project.says(&["init", "--ring", "LINK_SIGNING_KEY", "--from", "SECRET_KEY"]), @"
    6
    error: LINK_SIGNING_KEY in dotenv:.env (dev) is a ring already, and did not begin with the keys of SECRET_KEY
    hint: leave --from out; what is still signed with the other ring is refused where the settings name this one
    ");
    assert_eq!([project.read(".env"), project.read("settings.py"), project.read("keybaton.toml")], before);
}

#[test]
fn a_store_that_has_room_for_one_ring_takes_no_second() {
    let project = Project::new();
    project.says(&["init", "--store", "file:key.txt", "--write"]);
    assert_snapshot!(project.says(&["init", "--ring", "LINK_SIGNING_KEY"]), @"
    2
    error: file:key.txt has room for one ring, SECRET_KEY
    hint: name a store for LINK_SIGNING_KEY with --store, such as --store dir:secrets
    ");
}

#[test]
fn settings_that_only_a_person_can_change_are_left_and_the_line_is_named() {
    let project = Project::begun();
    fs::write(
        project.path("settings.py"),
        "import keybaton\nif True:\n    SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n",
    )
    .unwrap();
    assert_snapshot!(project.says(&LIKE), @r#"
    1
    as it is  git leaves the file of keys out
    done      begin with the keys of SECRET_KEY: COOKIE_SIGNING_KEY in dotenv:.env (dev)
    done      say where the ring lives: keybaton.toml
    by hand   put this below the line of the settings that reads the main ring:
                  COOKIE_SIGNING_KEY, COOKIE_SIGNING_KEY_FALLBACKS = keybaton.load("COOKIE_SIGNING_KEY")
    next      put this into the settings, and deploy them:
                  SIGNING_BACKEND = "keybaton.django.signing.CookieSigner"
              What it signs counts as valid for 14d: where that is too short, say `longest-signature` in its
              table of the configuration, before a key of it retires
              Processes with the old settings and with the new ones understand each other.
              Once all have the new ones, `keybaton rotate --ring COOKIE_SIGNING_KEY` parts the ring from SECRET_KEY, step by step
    "#);
}

#[test]
fn a_configuration_in_pyproject_gets_its_table_there() {
    let project = Project::begun();
    let own = project.read("keybaton.toml").replace("[environments", "[tool.keybaton.environments");
    let own =
        own.replace("default-environment = \"dev\"\n", "[tool.keybaton]\ndefault-environment = \"dev\"\n");
    fs::remove_file(project.path("keybaton.toml")).unwrap();
    fs::write(project.path("pyproject.toml"), own).unwrap();
    let said = project.says(&LIKE);
    assert!(said.starts_with("0\n"), "{said}");
    let table = "[tool.keybaton.environments.dev.rings.COOKIE_SIGNING_KEY]\nstore = \"dotenv:.env\"\n";
    assert!(project.read("pyproject.toml").ends_with(table));
}

#[test]
fn a_configuration_to_which_no_table_can_be_added_is_left_and_the_table_is_named() {
    let project = Project::begun();
    let text = "environments = { dev = { store = \"dotenv:.env\", propagation = \"0s\" } }\n";
    fs::write(project.path("keybaton.toml"), text).unwrap();
    assert_snapshot!(project.says(&LIKE), @r#"
    3
    error: keybaton.toml: [environments.dev.rings.COOKIE_SIGNING_KEY] cannot be added at its end
    hint: write it by hand, with store = "dotenv:.env"
    "#);
    assert_eq!(project.read("keybaton.toml"), text);
}

#[test]
fn revoking_a_key_says_which_other_ring_has_it() {
    let project = Project::with_cookies();
    let status = project.program(&["status"]).output().unwrap();
    let status = String::from_utf8(status.stdout).unwrap();
    let id = status.lines().find_map(|line| line.trim().strip_prefix("signing   ")).unwrap();
    let said = project.says(&["revoke", &id[..10], "--accept-logouts"]);
    assert_snapshot!(said, @"
    0
    revoked  K1: it is cut off, K2 signs
    next     restart every process now: until then the old key is accepted
    SECRET_KEY in dotenv:.env (dev): key K1 signs. The users whose sessions it signed are logged out, and its signed cookies, links and reset tokens are refused, as soon as the processes are restarted; until the last one is, some refuse what others sign
    warning: COOKIE_SIGNING_KEY has K1 too, and goes on accepting it: `keybaton revoke K3 --ring COOKIE_SIGNING_KEY`
    ");
    assert!(
        project
            .says(&["revoke", "--ring", "COOKIE_SIGNING_KEY", "--all", "--accept-logouts"])
            .starts_with("0\n")
    );
    assert!(!project.says(&["status"]).contains("shares"));
}

#[test]
fn a_ring_that_began_with_the_keys_is_named_before_a_rotation_that_counts_on_time() {
    let project = Project::with_cookies();
    assert_snapshot!(project.says(&["rotate", "--new"]), @"
    0
    staged   K1: it is accepted, and K2 still signs
    next     restart every process, so that each accepts the new key and reads COOKIE_SIGNING_KEY; then run `keybaton rotate` to promote it
    rotation of SECRET_KEY in dotenv:.env (dev)
      1. stage    a new key is accepted and signs nowhere yet
      2. promote  it signs, the old one is accepted only: once each process was restarted, at the earliest 0s after 1
      3. retire   the old one is no longer accepted: 14d after 2, when nothing it signed is still valid
      COOKIE_SIGNING_KEY began with the keys of SECRET_KEY: each process must have the settings that read it before 2
    ");
}

#[test]
fn status_tells_programs_of_every_ring() {
    let project = Project::with_cookies();
    let output = project.program(&["status", "--json"]).output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["ring"], "SECRET_KEY");
    assert_eq!(told["shares"][0]["is"], "branch");
    assert_eq!(told["others"][0]["from"], "SECRET_KEY");
    assert_eq!(told["others"][0]["shares"][0]["is"], "origin");
    let output = project.program(&["status", "--json", "--ring", "COOKIE_SIGNING_KEY"]).output().unwrap();
    let alone: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(alone, told["others"][0]);
}

#[test]
fn a_ring_that_encrypts_data_lets_no_key_go_by_itself() {
    let project = Project::begun();
    let data = ["--ring", "FIELD_ENCRYPTION_KEY"];
    let says = |words: &[&str]| project.says(&[words, &data].concat());
    assert_snapshot!(says(&["init", "--from", "SECRET_KEY", "--write"]), @r#"
    0
    --- settings.py
    +++ settings.py
    @@ -2,2 +2,3 @@
     
     SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
    +FIELD_ENCRYPTION_KEY, FIELD_ENCRYPTION_KEY_FALLBACKS = keybaton.load("FIELD_ENCRYPTION_KEY")

    as it is  git leaves the file of keys out
    done      begin with the keys of SECRET_KEY: FIELD_ENCRYPTION_KEY in dotenv:.env (dev)
    done      say where the ring lives: keybaton.toml
    done      let the settings read the ring: settings.py
    next      put this into the settings, and deploy them:
                  FERNET_KEYS = [FIELD_ENCRYPTION_KEY, *FIELD_ENCRYPTION_KEY_FALLBACKS]  # or what your package reads
              Processes with the old settings and with the new ones understand each other.
              Once all have the new ones, `keybaton rotate --ring FIELD_ENCRYPTION_KEY` parts the ring from SECRET_KEY, step by step
    "#);
    assert!(project.read("keybaton.toml").ends_with("store = \"dotenv:.env\"\nencrypts = true\n"));
    let staged = says(&["rotate", "--new"]);
    assert!(staged.contains("3. retire   the old one is no longer accepted: by your word, when every row was saved anew after 2"), "{staged}");
    assert_snapshot!(says(&["rotate"]), @r#"
    0
    promoted K1: it signs, the old key is accepted only
    next     restart every process; save each row anew, which encrypts it with K1; then `keybaton retire --force --reason "every row was saved anew" --ring FIELD_ENCRYPTION_KEY`
    "#);
    assert_snapshot!(says(&["rotate"]), @r#"
    0
    next     restart every process; save each row anew, which encrypts it with K1; then `keybaton retire --force --reason "every row was saved anew" --ring FIELD_ENCRYPTION_KEY`
    "#);
    assert_snapshot!(says(&["retire"]), @r#"
    6
    error: FIELD_ENCRYPTION_KEY in dotenv:.env (dev): what is stored may still be encrypted with the old key: whatever is still encrypted with K1 could be read by nobody
    hint: save each row anew, which encrypts it with K2, then `keybaton retire --force --reason "every row was saved anew" --ring FIELD_ENCRYPTION_KEY`
    "#);
    assert_snapshot!(says(&["status"]), @r#"
    0
    FIELD_ENCRYPTION_KEY in dotenv:.env (dev)
    promoted: the new key signs, the old one is accepted only

      signing   K1  since TIME
      retiring  K2  since TIME  replaced
      shares    K2 with SECRET_KEY, whose keys it began with, until it retires

    next   restart every process; save each row anew, which encrypts it with K1; then `keybaton retire --force --reason "every row was saved anew" --ring FIELD_ENCRYPTION_KEY`
    "#);
    assert!(says(&["retire", "--force", "--reason", "every row was saved anew"]).starts_with("0\n"));
}

#[test]
fn a_key_that_somebody_put_into_two_rings_is_told_with_what_parts_them() {
    let project = Project::begun();
    project.configure("\n[environments.dev.rings.JWT_SIGNING_KEY]\nstore = \"dir:jwt\"");
    let key = project.variable("SECRET_KEY");
    project.says_to(&["copy", "-", "dir:jwt", "--ring", "JWT_SIGNING_KEY"], &key);
    assert_snapshot!(project.says(&["status", "--ring", "JWT_SIGNING_KEY"]), @"
    0
    JWT_SIGNING_KEY in dir:jwt (dev)
    settled: one key, and no rotation under way

      signing   K1  since TIME
      shares    K1 with SECRET_KEY, and neither began with the keys of the other: a leak of JWT_SIGNING_KEY opens what SECRET_KEY protects; `keybaton rotate --ring JWT_SIGNING_KEY` gives it keys of its own

    next   keybaton rotate --ring JWT_SIGNING_KEY, when you want another key
    ");
}
