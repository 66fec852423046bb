use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

use keybaton_files::{Audience, Change, FileErrorKind, Place, replace};
use rustix::fs::XattrFlags;

use crate::support::{
    NOBODY, SOON, as_nobody, folder, given_folder, may_change_owners, mode, names, set_mode, text, told,
    tool, write,
};

#[test]
fn owner_group_and_mode_stay_as_they_are() {
    if !may_change_owners() {
        return;
    }
    let folder = folder();
    let path = folder.path().join(".env");
    for (owner, group, kept) in
        [(0, 33, 0o640), (NOBODY, 33, 0o640), (NOBODY, NOBODY, 0o600), (0, 33, 0o4750)]
    {
        let _ = fs::remove_file(&path);
        fs::write(&path, "A=1\n").unwrap();
        chown(&path, Some(owner), Some(group)).unwrap();
        set_mode(&path, kept);
        write(&path, "A=2\n", Some("A=1\n")).unwrap();
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!((metadata.uid(), metadata.gid(), mode(&path)), (owner, group, kept));
        assert_eq!(text(&path), "A=2\n");
    }
}

#[test]
fn a_new_file_can_be_for_those_who_read_the_one_beside_it() {
    if !may_change_owners() {
        return;
    }
    let folder = folder();
    let (key, new) = (folder.path().join("key"), folder.path().join("key.fallbacks"));
    let place = Place::find(&new).unwrap();
    let lock = place.lock(SOON).unwrap();
    let change = Change { new: b"made-up", over: None, audience: Audience::Like("key".as_ref()) };
    replace(&place, &change, &lock).unwrap();
    assert_eq!(mode(&new), 0o600);

    fs::remove_file(&new).unwrap();
    fs::write(&key, "made-up").unwrap();
    chown(&key, Some(0), Some(33)).unwrap();
    set_mode(&key, 0o640);
    replace(&place, &change, &lock).unwrap();
    let metadata = fs::metadata(&new).unwrap();
    assert_eq!((metadata.uid(), metadata.gid(), mode(&new)), (0, 33, 0o640));
}

#[test]
fn an_access_list_stays_as_it_is_and_none_is_inherited() {
    let folder = folder();
    let path = folder.path().join(".env");
    tool("setfacl", &["--default", "--modify", "user:12345:rwx", folder.path().to_str().unwrap()]);
    for list in ["user:54321:r--,group:4321:rw-,mask::r--", "user:54321:---"] {
        let _ = fs::remove_file(&path);
        fs::write(&path, "A=1\n").unwrap();
        tool("setfacl", &["--remove-all", "--modify", list, path.to_str().unwrap()]);
        must_keep_its_access_list(&path);
    }
    tool("setfacl", &["--remove-all", path.to_str().unwrap()]);
    must_keep_its_access_list(&path);
}

fn must_keep_its_access_list(path: &Path) {
    let list = || tool("getfacl", &["--absolute-names", "--numeric", path.to_str().unwrap()]);
    let (list_before, text_before) = (list(), text(path));
    write(path, "A=2\n", Some(&text_before)).unwrap();
    assert_eq!(list(), list_before);
}

#[test]
fn other_extended_attributes_are_kept_where_they_can_be() {
    let folder = folder();
    let path = folder.path().join(".env");
    fs::write(&path, "A=1\n").unwrap();
    rustix::fs::setxattr(&path, "user.note", b"mine", XattrFlags::empty()).unwrap();
    write(&path, "A=2\n", Some("A=1\n")).unwrap();
    let mut kept = [0; 4];
    rustix::fs::getxattr(&path, "user.note", &mut kept).unwrap();
    assert_eq!(kept, *b"mine");
}

#[test]
fn a_file_whose_owner_cannot_be_kept_is_refused_before_writing() {
    if !may_change_owners() {
        return;
    }
    let folder = folder();
    let project = folder.path().join("project");
    fs::create_dir(&project).unwrap();
    set_mode(&project, 0o777);
    fs::write(project.join(".env"), "A=1\n").unwrap();
    set_mode(&project.join(".env"), 0o666);
    as_nobody("owners::case_the_owner_cannot_be_kept", folder.path());
    assert_eq!(text(&project.join(".env")), "A=1\n");
    assert_eq!(names(&project), [".env"]);
}

#[test]
#[ignore = "run by a_file_whose_owner_cannot_be_kept_is_refused_before_writing"]
fn case_the_owner_cannot_be_kept() {
    let path = given_folder().join("project/.env");
    let error = write(&path, "A=2\n", Some("A=1\n")).unwrap_err();
    let path = path.display();
    assert_eq!(
        told(&error),
        (
            FileErrorKind::Denied,
            format!("cannot write {path}: its owner, group and access list could not be kept"),
            format!("run it as the owner of {path}, or as root")
        )
    );
}

#[test]
fn a_folder_that_we_may_not_write_is_denied() {
    if !may_change_owners() {
        return;
    }
    let folder = folder();
    as_nobody("owners::case_the_folder_is_denied", folder.path());
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
#[ignore = "run by a_folder_that_we_may_not_write_is_denied"]
fn case_the_folder_is_denied() {
    let path = given_folder().join(".env");
    let error = write(&path, "A=1\n", None).unwrap_err();
    assert_eq!(error.kind(), FileErrorKind::Denied);
    assert_eq!(error.to_string(), format!("cannot write {}: permission denied", path.display()));
}
