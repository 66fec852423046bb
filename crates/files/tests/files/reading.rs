use std::fs::{self, File};
use std::io::Write;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use keybaton_files::{FileErrorKind, Limits, read};

use crate::support::{folder, set_mode, text, told, tool};

#[test]
fn a_file_is_read_whole_and_shows_nothing_when_debugged() {
    let folder = folder();
    let path = folder.path().join(".env");
    for size in [0, 1, 4095, 4096, 4097, 1 << 20] {
        fs::write(&path, "x".repeat(size)).unwrap();
        assert_eq!(text(&path).len(), size);
    }
    let content = read(&path, Limits::default()).unwrap();
    assert_eq!(format!("{content:?}"), "Content(…)");
}

#[test]
fn a_huge_file_is_refused_before_it_is_read() {
    let folder = folder();
    let path = folder.path().join(".env");
    File::create(&path).unwrap().set_len(100 << 20).unwrap();
    let error = read(&path, Limits::default()).unwrap_err();
    assert_eq!(
        told(&error),
        (
            FileErrorKind::TooLarge,
            format!("{} is larger than 1048576 bytes", path.display()),
            "this is not a file of settings; was something else written into it?".to_owned()
        )
    );
}

#[test]
fn a_file_that_hides_its_size_is_still_bounded() {
    let limits = Limits { bytes: 10, ..Limits::default() };
    let error = read(Path::new("/proc/self/status"), limits).unwrap_err();
    assert_eq!(error.kind(), FileErrorKind::TooLarge);
}

#[test]
fn a_missing_file_is_a_kind_of_its_own() {
    let folder = folder();
    let path = folder.path().join(".env");
    let error = read(&path, Limits::default()).unwrap_err();
    assert_eq!(
        told(&error),
        (FileErrorKind::NotFound, format!("there is no {}", path.display()), String::new())
    );
}

#[test]
fn a_folder_a_socket_and_a_device_are_no_files() {
    let folder = folder();
    let socket = folder.path().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    for (path, what) in
        [(folder.path(), "a folder"), (&socket, "a socket"), (Path::new("/dev/zero"), "a device")]
    {
        let error = read(path, Limits::default()).unwrap_err();
        assert_eq!(
            told(&error),
            (
                FileErrorKind::NotAFile,
                format!("{} is {what}, not a file", path.display()),
                "name the file itself".to_owned()
            )
        );
    }
}

#[test]
fn a_pipe_is_read_to_its_end_whoever_comes_first() {
    for writer_waits in [0, 100] {
        let folder = folder();
        let path = folder.path().join(".env");
        tool("mkfifo", &[path.to_str().unwrap()]);
        let writer = thread::spawn({
            let path = path.clone();
            move || {
                thread::sleep(Duration::from_millis(writer_waits));
                let mut pipe = File::options().write(true).open(path).unwrap();
                pipe.write_all(b"A=1\n").unwrap();
                thread::sleep(Duration::from_millis(50));
                pipe.write_all(&b"#".repeat(200_000)).unwrap();
            }
        });
        assert_eq!(text(&path).len(), 200_004);
        writer.join().unwrap();
    }
}

#[test]
fn a_pipe_that_never_ends_is_bounded() {
    let folder = folder();
    let path = folder.path().join(".env");
    tool("mkfifo", &[path.to_str().unwrap()]);
    let writer = thread::spawn({
        let path = path.clone();
        move || while fs::write(&path, "x".repeat(100_000)).is_ok() {}
    });
    let limits = Limits { bytes: 1000, ..Limits::default() };
    assert_eq!(read(&path, limits).unwrap_err().kind(), FileErrorKind::TooLarge);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    writer.join().unwrap();
}

#[test]
fn a_forgotten_pipe_does_not_hold_us_for_ever() {
    let folder = folder();
    let path = folder.path().join(".env");
    tool("mkfifo", &[path.to_str().unwrap()]);
    let started = Instant::now();
    let error = read(&path, Limits { silence: Duration::from_secs(1), ..Limits::default() }).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(
        told(&error),
        (
            FileErrorKind::Silent,
            format!("{} is a pipe into which nobody wrote for 1 seconds", path.display()),
            "unlock the password manager or start the program that fills it, then run it again".to_owned()
        )
    );
}

#[test]
fn a_file_of_somebody_else_is_denied() {
    let folder = folder();
    let path = folder.path().join(".env");
    fs::write(&path, "A=1").unwrap();
    set_mode(&path, 0);
    if rustix::process::geteuid().is_root() {
        crate::support::as_nobody("reading::case_a_file_of_somebody_else_is_denied", folder.path());
    } else {
        must_be_denied(&path);
    }
}

#[test]
#[ignore = "run by a_file_of_somebody_else_is_denied"]
fn case_a_file_of_somebody_else_is_denied() {
    must_be_denied(&crate::support::given_folder().join(".env"));
}

fn must_be_denied(path: &Path) {
    let error = read(path, Limits::default()).unwrap_err();
    assert_eq!(
        told(&error),
        (
            FileErrorKind::Denied,
            format!("cannot read {}: permission denied", path.display()),
            format!("see `ls -ld {}`", path.display())
        )
    );
}
