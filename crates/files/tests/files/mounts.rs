use std::fs;

use keybaton_files::FileErrorKind;

use crate::support::{folder, given_folder, names, text, told, with_mounts, write};

#[test]
fn a_file_that_is_mounted_by_itself_is_refused_before_writing() {
    let folder = folder();
    for name in [".env", "elsewhere"] {
        fs::write(folder.path().join(name), "A=1\n").unwrap();
    }
    // As containers do it, whose own file system is often read-only.
    let mounts = "mount --bind . . && cd \"$PWD\" && mount --bind elsewhere .env";
    for more in ["true", "mount -o remount,bind,ro ."] {
        let mounts = format!("{mounts} && {more}");
        with_mounts(&mounts, "mounts::case_mounted_by_itself", folder.path());
    }
    assert_eq!(text(&folder.path().join("elsewhere")), "A=1\n");
}

#[test]
#[ignore = "run by a_file_that_is_mounted_by_itself_is_refused_before_writing"]
fn case_mounted_by_itself() {
    let path = given_folder().join(".env");
    let error = write(&path, "A=2\n", Some("A=1\n")).unwrap_err();
    assert_eq!(
        told(&error),
        (
            FileErrorKind::MountedFile,
            format!("{} is mounted as a single file, which cannot be replaced", path.display()),
            "mount the folder it stands in, or write where the file is made".to_owned()
        )
    );
    assert_eq!(names(&given_folder()), [".env", "elsewhere"]);
}

#[test]
fn a_folder_that_is_mounted_is_like_any_other() {
    let folder = folder();
    for name in ["a", "b"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("b/.env"), "A=1\n").unwrap();
    with_mounts("mount --bind b a", "mounts::case_mounted_folder", folder.path());
    assert_eq!(text(&folder.path().join("b/.env")), "A=2\n");
}

#[test]
#[ignore = "run by a_folder_that_is_mounted_is_like_any_other"]
fn case_mounted_folder() {
    write(&given_folder().join("a/.env"), "A=2\n", Some("A=1\n")).unwrap();
}

#[test]
fn a_read_only_mount_is_said_to_be_one() {
    let folder = folder();
    fs::write(folder.path().join(".env"), "A=1\n").unwrap();
    let mounts = "mount --bind . . && mount -o remount,bind,ro \"$PWD\" && cd \"$PWD\"";
    with_mounts(mounts, "mounts::case_read_only", folder.path());
}

#[test]
#[ignore = "run by a_read_only_mount_is_said_to_be_one"]
fn case_read_only() {
    let path = given_folder().join(".env");
    let error = write(&path, "A=2\n", Some("A=1\n")).unwrap_err();
    assert_eq!(
        told(&error),
        (
            FileErrorKind::ReadOnly,
            format!("cannot write {}: read-only file system", path.display()),
            "mount it writable, or write where the file is made".to_owned()
        )
    );
}

#[test]
fn a_full_disk_loses_nothing() {
    let folder = folder();
    fs::create_dir(folder.path().join("disk")).unwrap();
    let mounts = "mount -t tmpfs -o size=64k tmpfs disk && echo A=1 > disk/.env && \
                  head -c 56000 /dev/zero > disk/filler";
    with_mounts(mounts, "mounts::case_full_disk", folder.path());
}

#[test]
#[ignore = "run by a_full_disk_loses_nothing"]
fn case_full_disk() {
    let disk = given_folder().join("disk");
    let path = disk.join(".env");
    let error = write(&path, &"x".repeat(10_000), Some("A=1\n")).unwrap_err();
    assert_eq!(
        told(&error),
        (
            FileErrorKind::NoSpace,
            format!("cannot write {}: no space left on device", path.display()),
            "nothing was changed; free some space and run it again".to_owned()
        )
    );
    assert_eq!(text(&path), "A=1\n");
    assert_eq!(names(&disk), [".env", "filler"]);
}
