//! Several rings of one project, and what one of them has to know of the others.

use std::fs;

use insta::assert_snapshot;

use crate::ground::Project;

impl Project {
    /// Begins a further ring.
    fn branch(&self, ring: &str, from: &str) {
        self.does(&["init", "--ring", ring, "--from", from, "--write"]);
    }

    fn does(&self, words: &[&str]) {
        let said = self.says(words);
        assert!(said.starts_with("0\n"), "{words:?}: {said}");
    }

    /// What nobody accepts any more, whatever time it is.
    fn replace_the_key(&self) {
        self.does(&["rotate", "--new"]);
        self.does(&["promote"]);
        self.does(&["retire", "--force", "--reason", "a test"]);
    }

    /// The id of a ring.
    fn id(&self, ring: &str) -> String {
        let output = self.program(&["status", "--json", "--ring", ring]).output().unwrap();
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        told["id"].as_str().unwrap().to_owned()
    }

    /// From now on the project answers so when it is asked.
    fn answers(&self, beats: &[serde_json::Value], lifetimes: &serde_json::Value) {
        let mut all =
            serde_json::json!({ "session_cookie_age": 1_209_600, "password_reset_timeout": 259_200 });
        all.as_object_mut().unwrap().extend(lifetimes.as_object().unwrap().clone());
        let answer =
            serde_json::json!({ "format": 1, "now": NOW, "lease": 60, "beats": beats, "lifetimes": all });
        fs::write(self.path("answer.json"), answer.to_string()).unwrap();
        let text = self.read("keybaton.toml");
        if !text.contains("manage") {
            let manage = "propagation = \"0s\"\nmanage = [\"sh\", \"-c\", \"cat answer.json\"]";
            fs::write(self.path("keybaton.toml"), text.replace("propagation = \"0s\"", manage)).unwrap();
        }
    }

    /// What a process reports of a ring, so long ago.
    fn beat(&self, process: &str, ring: &str, ago: u64) -> serde_json::Value {
        let mark = "AAAAAAAAAAAAAAAAAAAAAA";
        serde_json::json!({
            "process": process.repeat(16), "name": ring, "ring": self.id(ring), "revision": 1, "signs": mark,
            "accepts": [mark], "role": "web", "host": "a", "started": NOW - 9_000, "seen": NOW - ago,
        })
    }
}

const NOW: u64 = 1_800_000_000;

#[test]
fn no_key_that_encrypts_is_cut_off() {
    let project = Project::begun();
    project.branch("FIELD_ENCRYPTION_KEY", "SECRET_KEY");
    let before = project.read(".env");
    let revoke = ["revoke", "--all", "--accept-logouts", "--ring", "FIELD_ENCRYPTION_KEY"];
    assert_snapshot!(project.says(&revoke), @r#"
    6
    FIELD_ENCRYPTION_KEY in dotenv:.env (dev): every key is cut off. Everything that they signed is refused, as soon as the processes are restarted
    warning: SECRET_KEY has K1 too, and goes on accepting it: `keybaton revoke K2 --ring SECRET_KEY`
    error: FIELD_ENCRYPTION_KEY in dotenv:.env (dev): what is stored may be encrypted with it, and nobody could read that again
    hint: bring another key in its place, step by step: `keybaton rotate --new --ring FIELD_ENCRYPTION_KEY`; save each row anew once that signs; then `keybaton retire --force --reason "every row was saved anew" --ring FIELD_ENCRYPTION_KEY`
    "#);
    assert_eq!(project.read(".env"), before);
    // A staged key has encrypted nothing.
    project.does(&["stage", "--ring", "FIELD_ENCRYPTION_KEY"]);
    let status = project.program(&["status", "--ring", "FIELD_ENCRYPTION_KEY"]).output().unwrap();
    let status = String::from_utf8(status.stdout).unwrap();
    let staged = status.lines().find_map(|line| line.trim().strip_prefix("next      ")).unwrap();
    project.does(&["revoke", &staged[..10], "--ring", "FIELD_ENCRYPTION_KEY"]);
}

#[test]
fn neither_is_the_main_one_where_data_would_be_lost_with_it() {
    let project = Project::begun();
    fs::write(project.path("models.py"), "import mirage\n").unwrap();
    fs::write(project.path("settings.py"), format!("{}INSTALLED_APPS = []\n", project.read("settings.py")))
        .unwrap();
    let before = project.read(".env");
    let said = project.says(&["revoke", "--all", "--accept-logouts"]);
    assert!(said.starts_with("6\n"), "{said}");
    assert!(said.contains("django-mirage-field encrypts data with this key"), "{said}");
    assert_eq!(project.read(".env"), before);
}

#[test]
fn data_under_the_main_key_hold_no_other_ring_up() {
    let project = Project::begun();
    project.branch("COOKIE_SIGNING_KEY", "SECRET_KEY");
    let beats = ["SECRET_KEY", "COOKIE_SIGNING_KEY"].map(|ring| project.beat("a1", ring, 1));
    project.answers(&beats, &serde_json::json!({ "encrypted": ["django-mirage-field"] }));
    let said = project.says(&["rotate", "--new"]);
    assert!(
        said.starts_with("6\n") && !said.contains("rotation of"),
        "it is refused before it is planned: {said}"
    );
    project.does(&["rotate", "--new", "--ring", "COOKIE_SIGNING_KEY"]);
}

#[test]
fn a_main_key_that_data_are_read_with_goes_when_time_has_passed_and_by_hand() {
    let project = Project::begun();
    project.answers(
        &[project.beat("a1", "SECRET_KEY", 1)],
        &serde_json::json!({ "encrypted_fallbacks": ["django-fernet-encrypted-fields"] }),
    );
    assert_snapshot!(project.says(&["rotate", "--new"]), @"
    0
    staged   K1: it is accepted, and K2 still signs
    waits    1 web needs a restart (a, up for 2h 30m)
    next     restart them, so that each accepts the new key; then run `keybaton rotate` to promote it
    rotation of SECRET_KEY in dotenv:.env (dev)
      1. stage    a new key is accepted and signs nowhere yet
      2. promote  it signs, the old one is accepted only: once each process reports that it accepts it
      3. retire   the old one is no longer accepted: 14d after 2, when nothing it signed is still valid, and every row was saved anew: by your word
    ");
    project.does(&["promote", "--force", "--reason", "a test"]);
    assert_snapshot!(project.says(&["retire", "--force", "--reason", "a test"]), @"
    0
    retired  K1: it is no longer accepted
    next     nothing: one key signs, and no other is accepted
    warning: too early to retire: 1 web needs a restart (a, up for 2h 30m); whatever K1 signed would be refused, and whatever is still encrypted with K1 could be read by nobody: users who have not come back since TIME would be logged out
    ");
}

#[test]
fn a_process_that_does_not_read_the_ring_and_is_gone_can_be_given_up() {
    let project = Project::begun();
    project.branch("COOKIE_SIGNING_KEY", "SECRET_KEY");
    let beats = ["SECRET_KEY", "COOKIE_SIGNING_KEY"].map(|ring| project.beat("a1", ring, 1));
    let killed = project.beat("b2", "SECRET_KEY", 4_000);
    project.answers(&[beats.as_slice(), &[killed]].concat(), &serde_json::json!({}));
    let text = project.read("keybaton.toml").replace("propagation = \"0s\"\n", "");
    fs::write(project.path("keybaton.toml"), text).unwrap();
    let rotate =
        |words: &[&str]| project.says(&[&["rotate", "--ring", "COOKIE_SIGNING_KEY"], words].concat());
    let said = rotate(&["--new"]);
    assert!(said.contains("counts as gone with --gone K3 alone"), "{said}");
    let said = rotate(&["--gone", "b2"]);
    assert!(said.starts_with("0\n") && !said.contains("--gone"), "{said}");
    let said = rotate(&["--gone", "a1"]);
    assert!(said.contains("--gone a1: it reported 1s ago, so it lives"), "{said}");
}

#[test]
fn what_the_settings_say_of_a_ring_comes_before_what_the_environment_says_of_all() {
    let project = Project::begun();
    project.does(&["init", "--ring", "JWT_SIGNING_KEY", "--write"]);
    project.does(&["init", "--ring", "LINK_SIGNING_KEY", "--write"]);
    let lifetimes =
        serde_json::json!({ "rings": { "JWT_SIGNING_KEY": 7_776_000, "LINK_SIGNING_KEY": null } });
    project.answers(&[], &lifetimes);
    let says = |line: &str, ring: &str, days: &str| {
        let text = project.read("keybaton.toml");
        let with = text.replace("propagation = \"0s\"\n", &format!("propagation = \"0s\"\n{line}\n"));
        fs::write(project.path("keybaton.toml"), with).unwrap();
        let said = project.says(&["rotate", "--new", "--dry-run", "--ring", ring]);
        fs::write(project.path("keybaton.toml"), text).unwrap();
        assert!(said.contains(&format!("longer accepted: {days} after 2")), "{line} {ring}: {said}");
    };
    says("", "JWT_SIGNING_KEY", "90d");
    says("longest-signature = \"1h\"", "JWT_SIGNING_KEY", "90d");
    says("longest-signature = \"1h\"", "LINK_SIGNING_KEY", "1h");
    says("", "LINK_SIGNING_KEY", "14d");
    project.configure("\n# The last table.\nlongest-signature = \"3d\"");
    says("longest-signature = \"1h\"", "LINK_SIGNING_KEY", "3d");
}

#[test]
fn two_names_for_one_store_are_no_two_rings() {
    let project = Project::begun();
    project.does(&["init", "--ring", "A_KEY", "--store", "file:a.txt", "--write"]);
    let before = project.read("keybaton.toml");
    assert_snapshot!(project.says(&["init", "--ring", "B_KEY", "--store", "file:./a.txt", "--write"]), @"
    6
    error: B_KEY in file:./a.txt (dev) is the ring A_KEY: a step of the one would be a step of both
    hint: name another store with --store, such as --store dir:secrets
    ");
    assert_snapshot!(project.says(&["init", "--ring", "B_KEY", "--store", "file:a.txt", "--write"]), @"
    2
    error: file:a.txt has room for one ring, A_KEY
    hint: name a store for B_KEY with --store, such as --store dir:secrets
    ");
    assert_eq!(project.read("keybaton.toml"), before);
    let again = project.says(&["init", "--ring", "A_KEY", "--store", "file:./a.txt", "--write"]);
    assert!(again.contains("A_KEY in file:a.txt (dev) is a ring already"), "{again}");
}

#[test]
fn a_ring_that_a_crash_left_is_not_taken_for_one_with_todays_key() {
    let project = Project::begun();
    let before = ["keybaton.toml", "settings.py"].map(|name| (name, project.read(name)));
    let put_back = || before.iter().for_each(|(name, text)| fs::write(project.path(name), text).unwrap());
    project.branch("COOKIE_SIGNING_KEY", "SECRET_KEY");
    put_back();
    project.branch("COOKIE_SIGNING_KEY", "SECRET_KEY");
    put_back();
    project.replace_the_key();
    assert_snapshot!(
        project.says(&["init", "--ring", "COOKIE_SIGNING_KEY", "--from", "SECRET_KEY", "--write"]), @"
    6
    error: COOKIE_SIGNING_KEY in dotenv:.env (dev) began with the keys of SECRET_KEY earlier, which signs with another one now: who has the new settings would refuse that
    hint: nobody uses it yet, as the configuration does not name it: take COOKIE_SIGNING_KEY and what belongs to it out of its store, and run this again
    "
    );
    assert_eq!(project.read("settings.py"), before[1].1);
}

#[test]
fn a_ring_that_is_about_to_turn_to_its_next_key_is_none_to_begin_with() {
    let project = Project::begun();
    project.does(&["rotate", "--new"]);
    let before = project.read(".env");
    assert_snapshot!(
        project.says(&["init", "--ring", "COOKIE_SIGNING_KEY", "--from", "SECRET_KEY", "--write"]), @"
    6
    error: SECRET_KEY is about to sign with its next key, which COOKIE_SIGNING_KEY in dotenv:.env (dev) would not accept where the settings come too late for that
    hint: let it sign first, `keybaton rotate --continue --ring SECRET_KEY`, or drop it, `keybaton abort --ring SECRET_KEY`; then run this again
    "
    );
    assert_eq!(project.read(".env"), before);
    project.does(&["promote"]);
    project.branch("COOKIE_SIGNING_KEY", "SECRET_KEY");
    // Where all processes report, the step waits for those that do not read the new ring yet.
    let project = Project::begun();
    project.answers(&[project.beat("a1", "SECRET_KEY", 1)], &serde_json::json!({}));
    project.does(&["rotate", "--new"]);
    project.branch("COOKIE_SIGNING_KEY", "SECRET_KEY");
}

#[test]
fn a_ring_of_a_ring_is_of_the_same_family() {
    let project = Project::begun();
    project.branch("COOKIE_SIGNING_KEY", "SECRET_KEY");
    project.branch("LINK_SIGNING_KEY", "COOKIE_SIGNING_KEY");
    project.branch("JWT_SIGNING_KEY", "SECRET_KEY");
    let shares = || {
        let said = project.says(&["status"]);
        let lines = said.lines().filter(|line| line.contains(" shares ") || line.contains("(dev)"));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(shares(), @"
    SECRET_KEY in dotenv:.env (dev)
      shares    K1 with COOKIE_SIGNING_KEY, which began with its keys
      shares    K1 with JWT_SIGNING_KEY, which began with its keys
      shares    K1 with LINK_SIGNING_KEY, which began with its keys
    COOKIE_SIGNING_KEY in dotenv:.env (dev)
      shares    K2 with SECRET_KEY, whose keys it began with: `keybaton rotate --ring COOKIE_SIGNING_KEY` gives it keys of its own
      shares    K2 with LINK_SIGNING_KEY, which began with its keys
    JWT_SIGNING_KEY in dotenv:.env (dev)
      shares    K3 with SECRET_KEY, whose keys it began with: `keybaton rotate --ring JWT_SIGNING_KEY` gives it keys of its own
    LINK_SIGNING_KEY in dotenv:.env (dev)
      shares    K4 with SECRET_KEY, whose keys it began with: `keybaton rotate --ring LINK_SIGNING_KEY` gives it keys of its own
      shares    K4 with COOKIE_SIGNING_KEY, whose keys it began with: `keybaton rotate --ring LINK_SIGNING_KEY` gives it keys of its own
    ");
    // Now that SECRET_KEY has another key, what the others have in common is told.
    project.replace_the_key();
    assert_snapshot!(shares(), @"
    SECRET_KEY in dotenv:.env (dev)
    COOKIE_SIGNING_KEY in dotenv:.env (dev)
      shares    K2 with JWT_SIGNING_KEY, which began with the same keys: `keybaton rotate --ring COOKIE_SIGNING_KEY` gives it keys of its own
      shares    K2 with LINK_SIGNING_KEY, which began with its keys
    JWT_SIGNING_KEY in dotenv:.env (dev)
      shares    K3 with COOKIE_SIGNING_KEY, which began with the same keys: `keybaton rotate --ring JWT_SIGNING_KEY` gives it keys of its own
      shares    K3 with LINK_SIGNING_KEY, which began with the same keys: `keybaton rotate --ring JWT_SIGNING_KEY` gives it keys of its own
    LINK_SIGNING_KEY in dotenv:.env (dev)
      shares    K4 with COOKIE_SIGNING_KEY, whose keys it began with: `keybaton rotate --ring LINK_SIGNING_KEY` gives it keys of its own
    ");
    let said = project.says(&["revoke", "--all", "--accept-logouts", "--ring", "JWT_SIGNING_KEY"]);
    assert!(said.contains("COOKIE_SIGNING_KEY has K"), "{said}");
    assert!(said.contains("LINK_SIGNING_KEY has K"), "{said}");
}

#[test]
fn of_a_ring_that_was_edited_nobody_can_tell_whose_keys_it_has() {
    let project = Project::begun();
    project.branch("COOKIE_SIGNING_KEY", "SECRET_KEY");
    project.branch("LINK_SIGNING_KEY", "SECRET_KEY");
    let env: Vec<String> = project.read(".env").lines().map(str::to_owned).collect();
    let env = env.into_iter().map(|line| match line.strip_prefix("COOKIE_SIGNING_KEY=") {
        Some(_) => "COOKIE_SIGNING_KEY=made-up\n".to_owned(),
        None => line + "\n",
    });
    fs::write(project.path(".env"), env.collect::<String>()).unwrap();
    assert_snapshot!(project.says(&["rotate", "--new"]), @"
    5
    error: COOKIE_SIGNING_KEY in dotenv:.env (dev): a key was put in by hand
    hint: `keybaton init --adopt --ring COOKIE_SIGNING_KEY` takes in what stands there; `keybaton status --ring COOKIE_SIGNING_KEY` shows it
    ");
    // A leak waits for nobody, and whatever is known is told.
    let said = project.says(&["revoke", "--all", "--accept-logouts"]);
    assert!(said.starts_with("0\n"), "{said}");
    assert!(said.contains("whether another ring has it nobody can tell: COOKIE_SIGNING_KEY"), "{said}");
    assert!(said.contains("LINK_SIGNING_KEY has K"), "{said}");
}

#[test]
fn a_key_that_is_taken_in_from_a_tracked_file_counts_as_leaked() {
    let project = Project::begun();
    project.git(&["init", "--quiet"]);
    let key = "JWT_SIGNING_KEY=made-up-and-long-enough-to-be-a-key-that-nobody-guesses\n";
    fs::write(project.path(".env"), project.read(".env") + key).unwrap();
    project.git(&["add", "--force", ".env"]);
    let said = project.says(&["init", "--ring", "JWT_SIGNING_KEY", "--write"]);
    assert!(said.contains("leaked    git tracks .env: whoever has the repository has its keys"), "{said}");
    assert!(said.contains("`keybaton rotate --new --ring JWT_SIGNING_KEY`"), "{said}");
    let said = project.says(&["status", "--ring", "JWT_SIGNING_KEY"]);
    assert!(said.contains("stood in source control"), "{said}");
}

#[test]
fn a_variable_that_is_there_is_not_taken_away_by_a_ring_of_its_name() {
    let project = Project::begun();
    let before = project.read("keybaton.toml");
    let init = |value: &str| {
        let mut init = project.program(&["init", "--ring", "TOKEN_KEY", "--from", "SECRET_KEY", "--write"]);
        project.told(&init.env("TOKEN_KEY", value).output().unwrap())
    };
    assert_snapshot!(init("made-up-key"), @"
    6
    error: TOKEN_KEY in dotenv:.env (dev): the environment has a variable TOKEN_KEY already, with another value
    hint: where that is a key, put it into the store as TOKEN_KEY, and this command takes it in; else name the ring otherwise, or take the variable out
    ");
    assert_eq!(project.read("keybaton.toml"), before);
    let today = project.read(".env");
    let today = today.lines().find_map(|line| line.strip_prefix("SECRET_KEY=")).unwrap();
    assert!(init(today).starts_with("0\n"));
}

#[test]
fn who_has_to_read_the_ring_is_told_by_each_step_that_counts_on_time() {
    let project = Project::begun();
    project.branch("COOKIE_SIGNING_KEY", "SECRET_KEY");
    project.branch("JWT_SIGNING_KEY", "SECRET_KEY");
    let said = project.says(&["stage", "--ring", "COOKIE_SIGNING_KEY"]);
    assert!(said.contains("so that each accepts the new key and reads COOKIE_SIGNING_KEY; then"), "{said}");
    let said = project.says(&["stage"]);
    let both = "so that each accepts the new key and reads COOKIE_SIGNING_KEY and JWT_SIGNING_KEY; then";
    assert!(said.contains(both), "{said}");
}
