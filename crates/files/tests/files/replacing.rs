use std::fs;
use std::path::Path;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use keybaton_files::{Audience, Change, FileErrorKind, Limits, Place, replace};

use crate::support::{SOON, folder, mode, names, set_mode, text, told, tool, write};

#[test]
fn a_new_file_is_for_its_owner_alone() {
    let folder = folder();
    let path = folder.path().join(".env");
    write(&path, "A=1\n", None).unwrap();
    assert_eq!((text(&path).as_str(), mode(&path)), ("A=1\n", 0o600));
    assert_eq!(names(folder.path()), [".env"]);
}

#[test]
fn a_new_file_for_anybody_has_the_mode_of_a_source_file() {
    let folder = folder();
    let (ours, plain) = (folder.path().join(".gitignore"), folder.path().join("plain"));
    fs::write(&plain, "").unwrap();
    let place = Place::find(&ours).unwrap();
    let change = Change { new: b".env\n", over: None, audience: Audience::Anybody };
    replace(&place, &change, &place.lock(SOON).unwrap()).unwrap();
    assert_eq!(mode(&ours), mode(&plain));
}

#[test]
fn an_old_file_keeps_its_mode_even_a_strange_one() {
    let folder = folder();
    let path = folder.path().join(".env");
    for kept in [0o600, 0o640, 0o644, 0o400, 0o755] {
        let _ = fs::remove_file(&path);
        fs::write(&path, "A=1\n").unwrap();
        set_mode(&path, kept);
        write(&path, "A=2\n", Some("A=1\n")).unwrap();
        assert_eq!((text(&path).as_str(), mode(&path)), ("A=2\n", kept));
    }
}

#[test]
fn what_somebody_else_wrote_meanwhile_is_never_lost() {
    let folder = folder();
    let path = folder.path().join(".env");
    let overs =
        [(None, "B=1\n"), (Some("A=1\n"), "B=1\n"), (Some("A=1\n"), "A=1\nB=1\n"), (Some("A=1\n"), "")];
    for (over, now) in overs {
        fs::write(&path, now).unwrap();
        let error = write(&path, "A=2\n", over).unwrap_err();
        assert_eq!(
            told(&error),
            (
                FileErrorKind::Conflict,
                format!("{} was changed by another program meanwhile", path.display()),
                "nothing was written; run it again".to_owned()
            )
        );
        assert_eq!(text(&path), now);
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(write(&path, "A=2\n", Some("A=1\n")).unwrap_err().kind(), FileErrorKind::Conflict);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_link_laid_in_the_place_of_the_file_is_a_conflict() {
    let folder = folder();
    let path = folder.path().join(".env");
    fs::write(folder.path().join("other"), "A=1\n").unwrap();
    let place = Place::find(&path).unwrap();
    std::os::unix::fs::symlink("other", &path).unwrap();
    let change = Change { new: b"A=2\n", over: Some(b"A=1\n"), audience: Audience::Owner };
    let error = replace(&place, &change, &place.lock(SOON).unwrap()).unwrap_err();
    assert_eq!(error.kind(), FileErrorKind::Conflict);
    assert_eq!(text(&folder.path().join("other")), "A=1\n");
}

#[test]
fn of_many_writers_over_the_same_content_one_wins() {
    let folder = folder();
    let path = folder.path().join(".env");
    for over in [None, Some("start\n")] {
        if let Some(text) = over {
            fs::write(&path, text).unwrap();
        }
        let winners = race(&path, over);
        assert_eq!(winners.len(), 1, "{winners:?}");
        assert_eq!(text(&path), format!("{}\n", winners[0]));
    }
}

fn race(path: &Path, over: Option<&str>) -> Vec<usize> {
    let barrier = Barrier::new(20);
    let one = |number: usize| {
        let place = Place::find(path).unwrap();
        barrier.wait();
        let lock = place.lock(Duration::from_secs(30)).unwrap();
        let new = format!("{number}\n");
        let change = Change { new: new.as_bytes(), over: over.map(str::as_bytes), audience: Audience::Owner };
        replace(&place, &change, &lock).map(|()| number)
    };
    thread::scope(|scope| {
        let one = &one;
        let writers: Vec<_> = (0..20).map(|number| scope.spawn(move || one(number))).collect();
        let outcomes = writers.into_iter().map(|writer| writer.join().unwrap());
        outcomes
            .filter_map(|outcome| {
                outcome.map_err(|error| assert_eq!(error.kind(), FileErrorKind::Conflict)).ok()
            })
            .collect()
    })
}

#[test]
fn a_pipe_and_a_folder_are_not_written() {
    let folder = folder();
    let (pipe, inner) = (folder.path().join("pipe"), folder.path().join("inner"));
    tool("mkfifo", &[pipe.to_str().unwrap()]);
    fs::create_dir(&inner).unwrap();
    for (path, what) in [(&pipe, "a pipe"), (&inner, "a folder")] {
        let error = write(path, "A=2\n", Some("A=1\n")).unwrap_err();
        let place = Place::find(path).unwrap();
        let early = place.lock(SOON).unwrap().read(&place, Limits::default()).unwrap_err();
        assert_eq!(told(&early), told(&error));
        assert_eq!(error.kind(), FileErrorKind::NotAFile);
        assert_eq!(error.to_string(), format!("{} is {what}, not a file", path.display()));
    }
    assert_eq!(names(folder.path()), ["inner", "pipe"]);
}

#[test]
fn a_file_with_a_second_name_is_refused() {
    let folder = folder();
    let path = folder.path().join(".env");
    fs::write(&path, "A=1\n").unwrap();
    fs::hard_link(&path, folder.path().join("backup")).unwrap();
    let error = write(&path, "A=2\n", Some("A=1\n")).unwrap_err();
    assert_eq!(
        told(&error),
        (
            FileErrorKind::HardLink,
            format!("{} has a second name, which would keep the old content", path.display()),
            "make the other name a symbolic link, or remove it".to_owned()
        )
    );
    assert_eq!(text(&path), "A=1\n");
}
