//! A project that is asked through a command of its own: here a shell that answers as the test wants it.

use std::path::Path;
use std::time::{Duration, Instant};

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{Revision, RingId};
use keybaton_handover::{Fleet, FleetErrorKind, Manage};

const BEATS: &str = r#"{"format":1,"now":1790000000,"lease":60,"beats":[
    {"process":"0a","name":"SECRET_KEY","ring":"abababababababababab","revision":7,"write":"cd","signs":"mQlR8N5bko6HYuHYL7mQxA",
     "accepts":["mQlR8N5bko6HYuHYL7mQxA"],"holds":["simplejwt"],"role":"web","host":"a\u001b[2J1","started":1789990000,
     "seen":1789999990,"fence":"warn"},
    {"process":"0b","name":"JWT_KEY","ring":"cdcdcdcdcdcdcdcdcdcd","revision":1,"write":"cd","signs":"mQlR8N5bko6HYuHYL7mQxA",
     "accepts":[],"holds":[],"role":"web","host":"a1","started":1789990000,"seen":1789999990,"fence":"warn"}],
    "floors":[{"ring":"abababababababababab","revision":6,"raised":1789999000},{"ring":"no id","revision":1,"raised":1}],
    "lifetimes":{"session_cookie_age":3600,"password_reset_timeout":259200,"sessions_unread":"made up\u001b[2J"}}"#;

fn manage(folder: &Path, script: &str) -> Manage {
    Manage {
        command: ["sh", "-c", script, "manage.py"].map(str::to_owned).to_vec(),
        folder: folder.to_owned(),
        environment: vec![("KEYBATON_ENV".to_owned(), "production".to_owned())],
        ring: "SECRET_KEY".parse().unwrap(),
        patience: Duration::from_secs(20),
        given_up: || false,
    }
}

fn look(script: &str) -> Result<keybaton_handover::Answer, (FleetErrorKind, String, String)> {
    let folder = tempfile::tempdir().unwrap();
    manage(folder.path(), script).look().map_err(|error| (error.kind, error.sentence, error.hint))
}

fn ring() -> RingId {
    "abababababababababab".parse().unwrap()
}

#[test]
fn what_the_processes_report_of_this_ring_name_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("echo \"$KEYBATON_ENV $*\" > asked; cat <<'END'\n{BEATS}\nEND");
    let beats = manage(folder.path(), &script).look().unwrap().beats;
    assert_eq!(
        std::fs::read_to_string(folder.path().join("asked")).unwrap(),
        "production keybaton observe\n"
    );
    assert_eq!((beats.now, beats.lease, beats.beats.len()), (Timestamp(1_790_000_000), Span(60), 1));
    let beat = &beats.beats[0];
    assert_eq!((&*beat.process, &*beat.role, beat.revision), ("0a", "web", Revision(7)));
    assert_eq!(&*beat.host, "a[2J1", "what steers a terminal is left out");
    assert_eq!(beat.ring, Some(ring()));
    assert_eq!(beats.floor(ring()), Revision(6));
}

#[test]
fn the_floor_is_raised_by_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "echo \"$*\" > asked; echo \"{{\\\"ring\\\":\\\"$4\\\",\\\"revision\\\":$5,\\\"raised\\\":1790000000,\\\"observed\\\":\"; cat <<'END'\n{BEATS}}}\nEND"
    );
    let answer = manage(folder.path(), &script).raise_floor(ring(), Revision(9)).unwrap();
    let asked = std::fs::read_to_string(folder.path().join("asked")).unwrap();
    assert_eq!(asked, "keybaton floor raise abababababababababab 9\n");
    assert_eq!(answer.beats.beats.len(), 1);
    let lower = script.replace("$5", "8");
    let error = manage(folder.path(), &lower).raise_floor(ring(), Revision(9)).unwrap_err();
    assert_eq!(error.kind, FleetErrorKind::Misconfigured);
    assert!(error.sentence.ends_with("printed what makes no sense (it names another floor)"), "{error}");
}

#[test]
fn the_longest_lifetime_of_the_settings_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("cat <<'END'\n{BEATS}\nEND");
    let lifetimes = manage(folder.path(), &script).look().unwrap().lifetimes;
    assert_eq!((lifetimes.longest(), lifetimes.latest_session_expiry), (Span(259_200), None));
    assert_eq!(
        lifetimes.sessions_unread.as_deref(),
        Some("made up[2J"),
        "what steers a terminal is left out"
    );
}

#[test]
fn what_is_no_answer_is_told() {
    for (script, kind, said, hint) in [
        (
            "echo hello",
            FleetErrorKind::Misconfigured,
            "printed what makes no sense (expected value at line 1",
            "run it by hand",
        ),
        (
            "echo '{}'",
            FleetErrorKind::Misconfigured,
            "printed what makes no sense (missing field `format`",
            "run it by hand",
        ),
        (
            "echo '{\"format\":1}'",
            FleetErrorKind::Misconfigured,
            "it does not say what time it is",
            "run it by hand",
        ),
        (
            "echo '{\"format\":1,\"now\":1,\"lease\":60}'",
            FleetErrorKind::Misconfigured,
            "it does not say how long what is signed is valid",
            "run it by hand",
        ),
        (
            "echo '{\"format\":2}'",
            FleetErrorKind::Misconfigured,
            "answers in format 2",
            "to the same version",
        ),
        (
            "echo '{\"format\":1,\"now\":1,\"lease\":60,\"missing\":true}'",
            FleetErrorKind::NoTable,
            "has no table",
            "manage.py migrate keybaton`",
        ),
        (
            "echo first >&2; echo 'the project cannot be asked.' >&2; exit 1",
            FleetErrorKind::Unreachable,
            "failed: the project cannot be asked",
            "is the database there?",
        ),
        ("exit 3", FleetErrorKind::Unreachable, "ended with exit status: 3", "run it by hand"),
        (
            "yes made-up",
            FleetErrorKind::Misconfigured,
            "printed what makes no sense (more than 16 MiB)",
            "run it by hand",
        ),
    ] {
        let (found, sentence, now) = look(script).unwrap_err();
        assert_eq!(found, kind, "{sentence}");
        assert!(sentence.contains(said), "{sentence}");
        assert!(now.contains(hint), "{now}");
    }
}

#[test]
fn a_command_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let none = Manage { command: Vec::new(), ..manage(folder.path(), "") };
    assert_eq!(none.look().unwrap_err().sentence, "no command is named that asks the project");
    let missing = Manage { command: vec!["no-such-program".to_owned(), "manage.py".to_owned()], ..none };
    let error = missing.look().unwrap_err();
    assert_eq!(error.kind, FleetErrorKind::Misconfigured);
    assert_eq!(error.sentence, "`no-such-program manage.py keybaton observe`: there is no such program");
    assert!(error.hint.contains("manage = [\"python\", \"manage.py\"]"), "{}", error.hint);
}

#[test]
fn one_that_nobody_waits_for_any_more_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let slow = Manage { given_up: || true, ..manage(folder.path(), "exec sleep 60") };
    let began = Instant::now();
    let error = slow.look().unwrap_err();
    assert!(error.sentence.ends_with("was ended before it answered"), "{error}");
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn one_that_does_not_end_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let slow = Manage { patience: Duration::from_millis(300), ..manage(folder.path(), "exec sleep 60") };
    let began = Instant::now();
    let error = slow.look().unwrap_err();
    assert_eq!(error.kind, FleetErrorKind::Unreachable);
    assert!(error.sentence.contains("took longer than"), "{error}");
    assert!(began.elapsed() < Duration::from_secs(20));
}
