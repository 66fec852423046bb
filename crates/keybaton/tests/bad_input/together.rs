//! Several at once.

use std::fs;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::ground::Ground;

#[test]
fn of_many_rotations_that_begin_at_once_one_makes_the_new_key() {
    for _ in 0..5 {
        let ground = Ground::new();
        let start =
            |_| ground.command(&["stage"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let children: Vec<Child> = (0..8).map(start).collect();
        let said: Vec<String> =
            children.into_iter().map(|child| ground.told(&child.wait_with_output().unwrap())).collect();
        assert_eq!(said.iter().filter(|said| said.starts_with("0\n")).count(), 1, "{said:#?}");
        for refused in said.iter().filter(|said| !said.starts_with("0\n")) {
            assert!(refused.starts_with("5\nerror:") || refused.starts_with("6\nerror:"), "{refused}");
            assert!(refused.contains("\nhint: "), "{refused}");
        }
        assert_eq!(ground.env().matches(',').count(), 1);
        assert!(ground.says(&["status"]).contains("staged: "));
    }
}

#[test]
fn a_program_that_starts_while_somebody_writes_is_not_told_of_edits_by_hand() {
    let ground = Ground::bare();
    assert!(ground.says(&["init", "--store", "dir:secrets"]).starts_with("0\n"));
    let folder = ground.path("secrets");
    let (fallbacks, record) = (folder.join("SECRET_KEY_FALLBACKS"), folder.join("SECRET_KEY_RING"));
    let settled = fs::read(&record).unwrap();
    assert!(ground.says(&["stage"]).starts_with("0\n"));
    let staged = fs::read(&record).unwrap();
    let aside = folder.join("aside");
    fs::rename(&fallbacks, &aside).unwrap();
    fs::write(&record, settled).unwrap();
    assert!(Command::new("mkfifo").arg(&fallbacks).status().unwrap().success());

    // Whoever opens the pipe has read the record already, and is given the other texts of the next revision.
    let writer = thread::spawn(move || {
        let mut pipe = fs::OpenOptions::new().write(true).open(&fallbacks).unwrap();
        let text = fs::read(&aside).unwrap();
        fs::rename(&aside, &fallbacks).unwrap();
        fs::write(&record, staged).unwrap();
        pipe.write_all(&text).unwrap();
    });
    assert_eq!(ground.says(&["run", "--", "true"]), "0\n");
    writer.join().unwrap();
}
