//! What is read only where nobody else can have touched it.

use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::path::{Path, PathBuf};

use keybaton_files::{Limits, private_folder, read_private};
use tempfile::TempDir;

use crate::support::{may_change_owners, set_mode};

#[test]
fn a_file_of_ours_alone_is_read_and_a_missing_one_is_none() {
    let (folder, file) = a_private_file();
    assert_eq!(read_private(&file, Limits::default()).unwrap().unwrap().expose(), b"made-up");
    assert!(read_private(&file.with_file_name("other"), Limits::default()).unwrap().is_none());
    assert!(read_private(&folder.path().join("other/file"), Limits::default()).unwrap().is_none());
}

#[test]
fn what_others_can_have_touched_is_refused() {
    refused("is open to others", |file| set_mode(file, 0o640));
    refused("is open to others", |file| {
        set_mode(file.parent().unwrap(), 0o701);
    });
    refused("has a second name", |file| fs::hard_link(file, file.with_file_name("second")).unwrap());
    refused("is a link", |file| {
        fs::rename(file, file.with_file_name("elsewhere")).unwrap();
        symlink("elsewhere", file).unwrap();
    });
    refused("is a link", |file| {
        let folder = file.parent().unwrap();
        fs::rename(folder, folder.with_file_name("elsewhere")).unwrap();
        symlink("elsewhere", folder).unwrap();
    });
    refused("is a folder, not a file", |file| {
        fs::remove_file(file).unwrap();
        private_folder(file).unwrap();
    });
    if may_change_owners() {
        refused("belongs to somebody else", |file| chown(file, Some(12_345), None).unwrap());
        refused("belongs to somebody else", |file| {
            chown(file.parent().unwrap(), Some(12_345), None).unwrap();
        });
    }
}

fn refused(why: &str, spoil: impl FnOnce(&Path)) {
    let (_folder, file) = a_private_file();
    spoil(&file);
    let error = read_private(&file, Limits::default()).unwrap_err();
    assert!(error.to_string().ends_with(why), "{error}, not {why}");
}

fn a_private_file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("private/file");
    private_folder(file.parent().unwrap()).unwrap();
    fs::write(&file, "made-up").unwrap();
    set_mode(&file, 0o600);
    (folder, file)
}
