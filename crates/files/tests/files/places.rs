use std::fs;
use std::os::unix::fs::{lchown, symlink};
use std::path::Path;

use keybaton_files::{Audience, Change, FileErrorKind, Place, replace};

use crate::support::{NOBODY, SOON, folder, may_change_owners, mode, names, set_mode, text, told, write};

#[test]
fn a_link_of_ours_is_followed_and_stays_a_link() {
    let folder = folder();
    let (current, shared) = (folder.path().join("current"), folder.path().join("shared"));
    fs::create_dir(&current).unwrap();
    fs::create_dir(&shared).unwrap();
    fs::write(shared.join(".env"), "A=1\n").unwrap();
    symlink("../shared/.env", current.join(".env")).unwrap();

    let place = Place::find(&current.join(".env")).unwrap();
    assert_eq!(fs::canonicalize(place.folder()).unwrap(), fs::canonicalize(&shared).unwrap());
    write(&current.join(".env"), "A=2\n", Some("A=1\n")).unwrap();

    assert!(fs::symlink_metadata(current.join(".env")).unwrap().is_symlink());
    assert_eq!(text(&shared.join(".env")), "A=2\n");
    assert_eq!((names(&current), names(&shared)), (vec![".env".to_owned()], vec![".env".to_owned()]));
}

#[test]
fn a_link_to_nothing_makes_its_target() {
    let folder = folder();
    symlink("target", folder.path().join(".env")).unwrap();
    write(&folder.path().join(".env"), "A=1\n", None).unwrap();
    assert_eq!(text(&folder.path().join("target")), "A=1\n");
}

#[test]
fn a_new_file_beside_a_link_is_for_the_readers_of_what_it_leads_to() {
    let folder = folder();
    let (target, new) = (folder.path().join("v1"), folder.path().join("key.ring"));
    fs::write(&target, "made-up").unwrap();
    set_mode(&target, 0o640);
    symlink("v1", folder.path().join("key")).unwrap();
    let place = Place::find(&new).unwrap();
    let change = Change { new: b"made-up", over: None, audience: Audience::Like("key".as_ref()) };
    replace(&place, &change, &place.lock(SOON).unwrap()).unwrap();
    assert_eq!((text(&new).as_str(), mode(&new)), ("made-up", 0o640));
}

#[test]
fn a_link_of_somebody_else_or_to_somebody_else_is_refused() {
    if !may_change_owners() {
        return;
    }
    let folder = folder();
    let (link, target) = (folder.path().join(".env"), folder.path().join("target"));
    fs::write(&target, "A=1\n").unwrap();
    symlink(&target, &link).unwrap();
    for theirs in [&link, &target] {
        lchown(theirs, Some(NOBODY), None).unwrap();
        let error = write(&link, "A=2\n", Some("A=1\n")).unwrap_err();
        assert_eq!(
            told(&error),
            (
                FileErrorKind::ForeignLink,
                format!(
                    "{} is a link to {}, and not both of them are yours",
                    link.display(),
                    target.display()
                ),
                format!("name the file itself: {}", target.display())
            )
        );
        lchown(theirs, Some(0), None).unwrap();
        assert_eq!(text(&target), "A=1\n");
    }
}

#[test]
fn links_in_a_circle_are_refused() {
    let folder = folder();
    symlink("b", folder.path().join("a")).unwrap();
    symlink("a", folder.path().join("b")).unwrap();
    let error = Place::find(&folder.path().join("a")).unwrap_err();
    assert_eq!(error.to_string(), format!("{}/a is a link that leads in a circle", folder.path().display()));
}

#[test]
fn a_file_outside_of_the_locked_folder_is_refused() {
    let (one, two) = (folder(), folder());
    let lock = Place::find(&one.path().join(".env")).unwrap().lock(SOON).unwrap();
    let place = Place::find(&two.path().join(".env")).unwrap();
    let change = Change { new: b"A=1\n", over: None, audience: Audience::Owner };
    let error = replace(&place, &change, &lock).unwrap_err();
    assert_eq!(error.kind(), FileErrorKind::ForeignLink);
    assert_eq!(names(two.path()), [""; 0]);
}

#[test]
fn a_bare_name_stands_in_the_working_folder() {
    let place = Place::find(Path::new(".no-such-file")).unwrap();
    assert_eq!((place.folder(), place.path().as_path()), (Path::new("."), Path::new(".no-such-file")));
    assert_eq!(place.beside("other").path(), Path::new("other"));
}

#[test]
fn a_path_without_a_name_is_a_folder() {
    for path in ["/", "..", ""] {
        assert_eq!(Place::find(Path::new(path)).unwrap_err().kind(), FileErrorKind::NotAFile);
    }
}
