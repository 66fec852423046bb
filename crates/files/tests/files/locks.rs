use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use keybaton_files::{FileErrorKind, Lock, private_folder};

use crate::support::{SOON, folder, given_folder, mode, told, tool, traced, write};

#[test]
fn a_second_writer_waits_and_then_gives_up() {
    let folder = folder();
    let _held = Lock::on_directory(folder.path(), SOON).unwrap();
    let started = Instant::now();
    let error = Lock::on_directory(folder.path(), Duration::from_millis(300)).unwrap_err();
    assert!(started.elapsed() >= Duration::from_millis(300));
    let path = folder.path().display();
    assert_eq!(
        told(&error),
        (
            FileErrorKind::Locked,
            format!("another program holds the lock on {path}"),
            format!("wait for it to end; `fuser -v {path}` may show which one it is")
        )
    );
}

#[test]
fn what_a_hint_says_to_run_names_a_path_with_spaces_as_one_word() {
    let folder = folder();
    let spaced = folder.path().join("a b's");
    fs::create_dir(&spaced).unwrap();
    let _held = Lock::on_directory(&spaced, SOON).unwrap();
    let error = Lock::on_directory(&spaced, Duration::from_millis(1)).unwrap_err();
    let quoted = format!(r"'{}/a b'\''s'", folder.path().display());
    assert!(told(&error).2.contains(&format!("`fuser -v {quoted}`")), "{error:?}");
    let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    let error = keybaton_files::FileError::from_io("read", &spaced, denied);
    assert_eq!(told(&error).2, format!("see `ls -ld {quoted}`"));
}

#[test]
fn a_second_writer_goes_on_when_the_first_is_done() {
    let folder = folder();
    let held = Lock::on_directory(folder.path(), SOON).unwrap();
    let second = thread::spawn({
        let path = folder.path().to_owned();
        move || Lock::on_directory(&path, Duration::from_secs(10)).map(drop)
    });
    thread::sleep(Duration::from_millis(100));
    drop(held);
    second.join().unwrap().unwrap();
}

#[test]
fn other_programs_can_take_the_same_lock() {
    let folder = folder();
    let path = folder.path().to_str().unwrap();
    tool("flock", &["--nonblock", path, "true"]);
    let held = Lock::on_directory(folder.path(), SOON).unwrap();
    let refused = Command::new("flock")
        .args(["--nonblock", path, "true"])
        .stderr(Stdio::null())
        .status()
        .expect("this test needs the program flock");
    assert!(!refused.success());
    drop(held);
}

#[test]
fn a_missing_folder_and_a_file_cannot_be_locked() {
    let folder = folder();
    let missing = folder.path().join("missing");
    let error = write(&missing.join(".env"), "A=1\n", None).unwrap_err();
    assert_eq!(error.kind(), FileErrorKind::NotFound);
    assert_eq!(error.to_string(), format!("there is no {}", missing.display()));
    fs::write(&missing, "a file").unwrap();
    let error = Lock::on_directory(&missing, SOON).unwrap_err();
    assert_eq!(error.to_string(), format!("{} is not a folder", missing.display()));
}

#[test]
fn a_folder_that_was_swapped_while_we_waited_is_locked_afresh() {
    let parent = folder();
    let path = parent.path().join("project");
    fs::create_dir(&path).unwrap();
    let held = Lock::on_directory(&path, SOON).unwrap();
    let second = thread::spawn({
        let path = path.clone();
        move || Lock::on_directory(&path, Duration::from_secs(10)).unwrap()
    });
    thread::sleep(Duration::from_millis(100));
    fs::rename(&path, parent.path().join("old")).unwrap();
    fs::create_dir(&path).unwrap();
    drop(held);
    let lock = second.join().unwrap();
    let error = Lock::on_directory(&path, SOON).unwrap_err();
    assert_eq!(error.kind(), FileErrorKind::Locked);
    drop(lock);
}

#[test]
fn a_private_folder_is_private_all_the_way_down() {
    let folder = folder();
    let path = folder.path().join("a/b");
    private_folder(&path).unwrap();
    private_folder(&path).unwrap();
    assert_eq!((mode(&path), mode(&folder.path().join("a"))), (0o700, 0o700));
    fs::write(path.join("c"), "").unwrap();
    let error = private_folder(&path.join("c")).unwrap_err();
    assert_eq!(error.to_string(), format!("{} is not a folder", path.join("c").display()));
}

#[test]
fn each_new_folder_is_flushed_to_disk_before_another_is_made_in_it() {
    let folder = folder();
    let trace = traced("mkdir,fsync", "locks::case_private_folder", folder.path());
    // `mkdir("/tmp/x/a", 0700) = 0` and `fsync(3</tmp/x>) = 0`
    let here = folder.path().to_str().unwrap();
    let made = trace.lines().filter_map(|line| {
        let (call, arguments) = line.split_once(' ')?.1.trim_start().split_once('(')?;
        let path = arguments.split_once(here)?.1.split(['"', '>']).next()?;
        Some(format!("{call} .{path}"))
    });
    let expected = ["mkdir ./a", "fsync .", "mkdir ./a/b", "fsync ./a", "mkdir ./a/b/c", "fsync ./a/b"];
    assert_eq!(made.collect::<Vec<_>>(), expected, "{trace}");
}

#[test]
#[ignore = "run by each_new_folder_is_flushed_to_disk_before_another_is_made_in_it"]
fn case_private_folder() {
    private_folder(&given_folder().join("a/b/c")).unwrap();
}
