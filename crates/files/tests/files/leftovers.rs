//! What crashed writers left, on this system or on Windows in a folder that is shared with it.

use std::env;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use keybaton_files::{Fate, FileErrorKind, Leftover, Lock, leftovers};

use crate::support::{SOON, folder, names, text, told, write};

#[test]
fn what_a_crash_left_is_removed_by_a_later_write_and_nothing_else() {
    let folder = folder();
    let others = [".keybaton-0123456789abcdef.tmp~", ".keybaton-notes.tmp"];
    for name in [NEW, others[0], others[1]] {
        left(folder.path(), name, "left over", MINUTE);
    }
    write(&folder.path().join(".env"), "A=1\n", None).unwrap();
    assert_eq!(names(folder.path()), [".env", others[0], others[1]]);
}

#[test]
fn a_file_that_another_writer_may_have_made_just_now_stays() {
    let folder = folder();
    left(folder.path(), NEW, "of a writer whose lock is not seen", MINUTE / 2);
    write(&folder.path().join(".env"), "A=1\n", None).unwrap();
    assert_eq!(names(folder.path()), [".env", NEW]);
}

#[test]
fn what_a_crash_left_just_now_is_removed_where_its_writer_shared_our_lock() {
    let folder = folder();
    let [here, elsewhere] = [folder.path().join("here"), folder.path().join("elsewhere")];
    fs::create_dir(&here).unwrap();
    fs::create_dir(&elsewhere).unwrap();
    let name = killed_while_it_writes(&here);
    // The same in another folder was made under another lock.
    left(&elsewhere, &name, "of a writer whose lock is not seen", Duration::ZERO);
    for folder in [&here, &elsewhere] {
        drop(Lock::on_directory(folder, SOON).unwrap());
    }
    assert_eq!((names(&here).len(), names(&elsewhere)), (0, vec![name]));
}

/// Kills a writer once its new file is there, and gives the name of that.
fn killed_while_it_writes(folder: &Path) -> String {
    let mut writer = Command::new(env::current_exe().unwrap())
        .args(["--exact", "leftovers::case_write", "--ignored"])
        .env(WHERE, folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let found = loop {
        match names(folder).into_iter().find(|name| name.starts_with(".keybaton-")) {
            Some(name) => break name,
            None => thread::sleep(Duration::from_millis(1)),
        }
        assert!(writer.try_wait().unwrap().is_none(), "it has ended by itself");
    };
    writer.kill().unwrap();
    writer.wait().unwrap();
    // It may have been quicker than the kill: its file is put there again.
    left(folder, &found, "", Duration::ZERO);
    let _ = fs::remove_file(folder.join(".env"));
    found
}

#[test]
#[ignore = "run by what_a_crash_left_just_now_is_removed_where_its_writer_shared_our_lock"]
fn case_write() {
    let path = Path::new(&env::var_os(WHERE).unwrap()).join(".env");
    loop {
        write(&path, &"A=1\n".repeat(100_000), None).unwrap();
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn what_a_crash_left_is_told_unless_somebody_writes_there() {
    let folder = folder();
    let told = || leftovers(folder.path());
    // A test beside this one that starts a program has our lock too, for the moment between fork and exec.
    let told_at_last = || {
        let look = |_| {
            thread::sleep(Duration::from_millis(5));
            Some(told()).filter(|found| !found.is_empty())
        };
        (0..400).find_map(look).unwrap_or_default()
    };
    let file = |name: &str| folder.path().join(name);
    let leftover = |name: &str, fate| Leftover { file: file(name), fate };
    assert_eq!(told(), []);
    left(folder.path(), NEW, "A=2\n", MINUTE / 2);
    assert_eq!(told_at_last(), [leftover(NEW, Fate::Goes)]);
    left(folder.path(), ASIDE, "A=1\n", MINUTE);
    let aside = || told_at_last().into_iter().find(|leftover| leftover.file == file(ASIDE)).unwrap();
    let is = |fate: Fate, mend: &str| {
        let found = aside();
        let folder = format!("{}/", folder.path().display());
        assert_eq!((&found.fate, found.mend().replace(&folder, "").as_str()), (&fate, mend));
    };
    let (back, gone) = (format!("mv {ASIDE} .env"), format!("rm {ASIDE}"));
    is(Fate::ComesBack(file(".env")), &back);
    fs::write(file(".env"), "A=3\n").unwrap();
    is(Fate::Contested(file(".env")), &format!("take over what .env lacks, then {gone}"));
    fs::remove_file(file(NEW)).unwrap();
    is(Fate::Goes, &gone);
    fs::remove_file(file(".env")).unwrap();
    is(Fate::Orphaned(file(".env")), &format!("{back} where it is missed, else {gone}"));
    let _writer = Lock::on_directory(folder.path(), SOON).unwrap();
    assert_eq!(told(), []);
}

#[test]
fn a_file_that_had_stepped_aside_for_one_that_did_not_come_is_brought_back() {
    let folder = folder();
    left(folder.path(), NEW, "A=2\n", Duration::ZERO);
    left(folder.path(), ASIDE, "A=1\n", MINUTE);
    // Whoever took the file for missing is told, and loses nothing.
    let error = write(&folder.path().join(".env"), "A=3\n", None).unwrap_err();
    assert_eq!(error.kind(), FileErrorKind::Conflict);
    assert_eq!((text(&folder.path().join(".env")).as_str(), names(folder.path()).len()), ("A=1\n", 2));
}

#[test]
fn a_file_that_had_stepped_aside_for_one_that_came_never_comes_back() {
    let folder = folder();
    left(folder.path(), ASIDE, "A=1\n", MINUTE);
    drop(Lock::on_directory(folder.path(), SOON).unwrap());
    assert_eq!(names(folder.path()), [ASIDE], "nobody knows whether it is the only copy");
    write(&folder.path().join(".env"), "A=2\n", None).unwrap();
    drop(Lock::on_directory(folder.path(), SOON).unwrap());
    assert_eq!((text(&folder.path().join(".env")).as_str(), names(folder.path()).len()), ("A=2\n", 1));
}

#[test]
fn a_file_aside_in_whose_place_another_has_come_is_left_to_the_user() {
    let folder = folder();
    let path = folder.path().join(".env");
    left(folder.path(), NEW, "A=2\n", MINUTE);
    left(folder.path(), ASIDE, "A=1\n", MINUTE);
    fs::write(&path, "DEBUG=1\n").unwrap();
    let (path, aside) = (path.display(), folder.path().join(ASIDE).display().to_string());
    let error = Lock::on_directory(folder.path(), SOON).unwrap_err();
    let expected = (
        FileErrorKind::LeftAside,
        format!("a crash left the old {path} as {aside}, and another {path} has come since"),
        format!(
            "nothing was written; take over what {path} lacks, which may be all keys in use, then remove {aside}"
        ),
    );
    assert_eq!(told(&error), expected);
    assert_eq!(names(folder.path()), [".env", ASIDE, NEW]);
    fs::remove_file(aside).unwrap();
    drop(Lock::on_directory(folder.path(), SOON).unwrap());
    assert_eq!(names(folder.path()), [".env"]);
}

#[test]
fn links_and_folders_of_such_names_are_none_of_ours() {
    let folder = folder();
    let to_parent = ".keybaton-0123456789abcdef-...tmp";
    left(folder.path(), to_parent, "", MINUTE);
    left(folder.path(), ".keybaton-00000000000000aa.tmp", "", Duration::ZERO);
    symlink("/etc/passwd", folder.path().join(".keybaton-00000000000000aa-.env.tmp")).unwrap();
    symlink("/etc/passwd", folder.path().join(".keybaton-00000000000000bb.tmp")).unwrap();
    left(folder.path(), ".keybaton-00000000000000bb-.env.tmp", "", MINUTE);
    fs::create_dir(folder.path().join(".keybaton-00000000000000cc-a.tmp")).unwrap();
    left(folder.path(), ".keybaton-00000000000000cc.tmp", "", Duration::ZERO);
    let before = names(folder.path());
    drop(Lock::on_directory(folder.path(), SOON).unwrap());
    assert_eq!(names(folder.path()), before);
}

/// Leaves a file that was written as long ago as `age` says.
fn left(folder: &Path, name: &str, text: &str, age: Duration) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    File::options().write(true).open(path).unwrap().set_modified(SystemTime::now() - age).unwrap();
}

const WHERE: &str = "KEYBATON_TEST_WHERE";
const MINUTE: Duration = Duration::from_secs(60);
const NEW: &str = ".keybaton-0123456789abcdef.tmp";
const ASIDE: &str = ".keybaton-0123456789abcdef-.env.tmp";
