//! Sessions whose keychain is locked, or that have none.

use std::env;
use std::io;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use keybaton_stores::{StoreErrorKind, Version};
use serde_json::{Value, json};

use super::{begin, session};
use crate::ground::{Ground, told, write};

#[test]
fn a_locked_keychain_is_told_at_once_and_nobody_is_asked() {
    for keeper in ["locked", "locked with it"] {
        let Some(ground) = begin() else { return };
        let locked = session(&ground, keeper);
        let began = Instant::now();
        let (kind, sentence, hint) = told_by(&ground, &locked);
        assert_eq!(kind, StoreErrorKind::SignInNeeded);
        assert_eq!(sentence, format!("{}: the keychain is locked", ground.url()));
        let program = "such as Seahorse or Keychain Access";
        assert_eq!(
            hint,
            format!("unlock it in your desktop's program for passwords, {program}, and run it again")
        );
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn a_session_in_which_nobody_keeps_secrets_is_told_what_would() {
    let Some(ground) = begin() else { return };
    let (kind, sentence, hint) = told_by(&ground, &session(&ground, "none"));
    assert_eq!(kind, StoreErrorKind::Unreachable);
    let nobody = "no program in this session keeps secrets (org.freedesktop.secrets)";
    assert_eq!(sentence, format!("{}: {nobody}", ground.url()));
    assert!(hint.contains("gnome-keyring") && hint.ends_with("dotenv:.env keeps the ring"), "{hint}");
}

#[test]
fn without_a_session_it_says_so() {
    let Some(ground) = begin() else { return };
    let nowhere = ground.world.path().join("nowhere");
    let cases = [
        (
            json!({ "DBUS_SESSION_BUS_ADDRESS": null, "XDG_RUNTIME_DIR": ground.world.path() }),
            "DBUS_SESSION_BUS_ADDRESS is not set",
        ),
        (json!({ "DBUS_SESSION_BUS_ADDRESS": format!("unix:path={}", nowhere.display()) }), ""),
        (json!({ "DBUS_SESSION_BUS_ADDRESS": "made up" }), ""),
    ];
    for (variables, why) in cases {
        let (kind, sentence, hint) = told_by(&ground, &variables);
        assert_eq!(kind, StoreErrorKind::Unreachable, "{sentence}");
        let begins = format!("{}: there is no session to find a keychain in: {why}", ground.url());
        assert!(sentence.starts_with(&begins), "{sentence}");
        assert!(hint.ends_with("on a server and over SSH, dotenv:.env keeps the ring"), "{hint}");
    }
}

#[test]
fn the_usual_bus_of_a_session_is_found_without_its_variable() {
    let Some(ground) = begin() else { return };
    ground.plant("made-up");
    let without = ground.open_as(&json!({ "DBUS_SESSION_BUS_ADDRESS": null }));
    assert_eq!(crate::world::read(&*without).0.signing.unwrap().expose(), "made-up");
}

#[test]
fn a_bus_that_says_nothing_is_not_waited_for() {
    let Some(ground) = begin() else { return };
    let socket = ground.world.path().join("silent");
    let _silent = UnixListener::bind(&socket).unwrap();
    let store =
        ground.open_as(&json!({ "DBUS_SESSION_BUS_ADDRESS": format!("unix:path={}", socket.display()) }));
    let began = Instant::now();
    let (kind, sentence, _) = told(store.read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Unreachable);
    assert!(sentence.contains(" the keychain did not answer in time: "), "{sentence}");
    assert!(began.elapsed() < Duration::from_secs(35));
}

#[test]
fn a_session_without_folders_of_its_own_is_written_too() {
    let Some(ground) = begin() else { return };
    for home in ["", "relative"] {
        let store = ground.open_as(&json!({ "XDG_RUNTIME_DIR": home, "LOCALAPPDATA": home, "HOME": home }));
        write(&*store, "a", &crate::world::read(&*store).1).unwrap();
    }
}

#[test]
fn all_of_a_write_is_one_conversation() {
    let Some(ground) = begin() else { return };
    let (socket, bus) = (ground.world.path().join("between"), env::var("DBUS_SESSION_BUS_ADDRESS").unwrap());
    let count = between(&socket, bus.strip_prefix("unix:path=").unwrap());
    let variables = json!({ "DBUS_SESSION_BUS_ADDRESS": format!("unix:path={}", socket.display()) });
    let store = ground.open_with(&format!("{}?layout=separate", ground.url()), &variables, |it| it);
    write(&*store, "a", &Version::Absent).unwrap();
    write(&*store, "b", &crate::world::read(&*store).1).unwrap();
    assert_eq!(count.load(Relaxed), 1);
}

/// Hands on to a socket whatever comes to another one, and counts who comes.
fn between(socket: &Path, to: &str) -> Arc<AtomicUsize> {
    let (listener, count, to) =
        (UnixListener::bind(socket).unwrap(), Arc::<AtomicUsize>::default(), to.to_owned());
    let counted = Arc::clone(&count);
    thread::spawn(move || {
        for client in listener.incoming().map(Result::unwrap) {
            counted.fetch_add(1, Relaxed);
            let bus = UnixStream::connect(&to).unwrap();
            let ways = [(client.try_clone(), bus.try_clone()), (Ok(bus), Ok(client))];
            for (from, to) in ways.map(|(from, to)| (from.unwrap(), to.unwrap())) {
                thread::spawn(move || io::copy(&mut &from, &mut &to));
            }
        }
    });
    count
}

/// What reading says there, which writing says too.
fn told_by(ground: &Ground, variables: &Value) -> (StoreErrorKind, String, String) {
    let store = ground.open_as(variables);
    let reading = told(store.read().unwrap_err());
    assert_eq!(told(write(&*store, "a", &Version::Absent).unwrap_err()), reading);
    reading
}
