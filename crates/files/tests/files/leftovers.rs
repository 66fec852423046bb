//! What crashed writers left, on this system or on Windows in a folder that is shared with it.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime};

use keybaton_files::{FileErrorKind, Lock};

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

const MINUTE: Duration = Duration::from_secs(60);
const NEW: &str = ".keybaton-0123456789abcdef.tmp";
const ASIDE: &str = ".keybaton-0123456789abcdef-.env.tmp";
