//! Where the ring stands, who can see it, and what is left of it.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, symlink};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::ground::{Ground, KEY, Running, eventually};

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn it_is_for_its_owner_alone_looks_as_kubelet_makes_it_and_goes_with_the_program() {
    let ground = Ground::new();
    let script = "umask; trap 'exit 3' USR1; echo $KEYBATON_DIR; while :; do sleep 0.05; done";
    let mut running =
        Running::start(ground.command(&["sh", "-c", "umask 0777; exec \"$@\"", "sh"], &["sh", "-c", script]));
    assert_eq!(running.says(), "0777");
    let folder = running.says();
    assert_eq!(ground.folders(), [Path::new(&folder)]);

    let folder = Path::new(&folder);
    let data = fs::read_link(folder.join("..data")).unwrap();
    assert!(data.to_str().unwrap().starts_with(".."));
    assert_eq!((mode(folder), mode(&folder.join(data))), (0o700, 0o700));
    for name in ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING"] {
        let file = folder.join(name);
        assert_eq!(fs::read_link(&file).unwrap(), Path::new("..data").join(name));
        assert_eq!(mode(&file.canonicalize().unwrap()), 0o600);
    }
    running.send(Signal::USR1);
    assert_eq!(running.ends().code(), Some(3));
    assert!(ground.folders().is_empty());
}

#[test]
fn what_was_replaced_is_gone_soon() {
    let ground = Ground::new();
    let running = ground.watch_sleeper();
    assert!(ground.keybaton(&["stage"]).status.success());
    running.warns();
    let moments = || {
        let names = fs::read_dir(&ground.folders()[0]).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_str().unwrap().starts_with("..1")).count()
    };
    eventually(|| moments() == 2);
    eventually(|| moments() == 1);
}

#[test]
fn no_key_is_in_the_environment_nor_in_the_arguments_and_copies_are_named() {
    let ground = Ground::new();
    ground.write(".env", &(ground.text(".env") + "JWT=${SECRET_KEY}\nSHORT=x\n"));
    let mut command = ground
        .command(&[], &["sh", "-c", "tr '\\0' '\\n' < /proc/$$/environ; tr '\\0' ' ' < /proc/$PPID/cmdline"]);
    command
        .env("SECRET_KEY", KEY)
        .env("SECRET_KEY_FALLBACKS", KEY)
        .env("KEYBATON_DIR", "/elsewhere")
        .env("COPIED", KEY);
    let mut running = Running::start(command);
    let mut seen = Vec::new();
    assert!(running.ends().success());
    for copied in ["COPIED", "JWT"] {
        assert_eq!(
            running.warns(),
            format!(
                "warning: the variable {copied} holds a key of the ring too, which a rotation does not change there"
            )
        );
    }
    seen.extend(std::iter::from_fn(|| running.next()));
    assert!(
        seen.iter().any(|line| line == "GREETING=hello")
            && seen.iter().any(|line| line.contains("run --watch"))
    );
    let with_key: Vec<_> = seen.iter().filter(|line| line.contains(KEY)).collect();
    assert_eq!(with_key.len(), 2, "{with_key:?}");
    assert!(with_key.iter().all(|line| line.starts_with("JWT=") || line.starts_with("COPIED=")));
}

#[test]
fn of_a_keybaton_that_was_killed_the_folder_stays_for_the_program_and_then_goes() {
    let ground = Ground::new();
    let mut running = ground.watch(&["sh", "-c", "echo $$; exec sleep 60"]);
    let program = Pid::from_raw(running.says().parse().unwrap()).unwrap();
    running.send(Signal::KILL);
    running.ends();
    let left = ground.folders();
    assert_eq!(left.len(), 1);

    // The program goes on with it.
    assert!(ground.watch(&["true"]).ends().success());
    assert_eq!(ground.folders(), left);
    assert_eq!(fs::read_to_string(left[0].join("SECRET_KEY")).unwrap(), KEY);

    kill_process(program, Signal::KILL).unwrap();
    eventually(|| !Path::new(&format!("/proc/{program}")).exists());
    assert!(ground.watch(&["true"]).ends().success());
    assert!(ground.folders().is_empty());
}

#[test]
fn only_what_a_keybaton_left_is_removed() {
    let ground = Ground::new();
    let running = ground.watch_sleeper();
    eventually(|| !ground.folders().is_empty());
    let in_use = ground.folders();
    let others = ["keybaton-watch-1", "keybaton-watch-open000000000000", "keybaton-watch-0123456789abcdef"];
    let [short, no_number, open] = others.map(|name| ground.path("run").join(name));
    for folder in [&short, &no_number] {
        fs::DirBuilder::new().mode(0o700).create(folder).unwrap();
    }
    fs::DirBuilder::new().mode(0o755).create(&open).unwrap();
    let link = ground.path("run/keybaton-watch-fedcba9876543210");
    fs::create_dir(ground.path("elsewhere")).unwrap();
    symlink(ground.path("elsewhere"), &link).unwrap();

    assert!(ground.watch(&["true"]).ends().success());
    assert!([&short, &no_number, &open, &link, &in_use[0]].iter().all(|path| path.exists()));
    drop(running);
    assert!(!in_use[0].exists());
}

#[test]
fn a_folder_that_somebody_took_away_comes_back() {
    let ground = Ground::new();
    let running = ground.watch_sleeper();
    eventually(|| !ground.folders().is_empty());
    let folder = ground.folders().remove(0);
    fs::rename(&folder, ground.path("taken")).unwrap();
    eventually(|| fs::read_to_string(folder.join("SECRET_KEY")).is_ok_and(|key| key == KEY));

    fs::rename(ground.path("run"), ground.path("taken-too")).unwrap();
    let warned = running.warns();
    assert_eq!(
        warned,
        format!("warning: cannot write the ring into {}: No such file or directory", folder.display())
    );
    sleep(Duration::from_secs(3));
    assert!(running.rest().is_empty());
    fs::create_dir(ground.path("run")).unwrap();
    assert_eq!(running.warns(), "the folder of the ring is up to date again");
}

#[test]
fn a_place_that_others_can_change_is_not_used() {
    let ground = Ground::new();
    fs::set_permissions(ground.path("run"), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let mut running = ground.watch(&["sh", "-c", "echo $KEYBATON_DIR"]);
    assert!(!running.says().starts_with(ground.path("run").to_str().unwrap()));
    assert!(running.ends().success());
}
