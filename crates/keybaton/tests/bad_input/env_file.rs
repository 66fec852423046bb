//! A `.env` that is no ordinary file.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::ground::{Ground, NOBODY, PROGRAM, may_change_owners};

#[test]
fn a_folder() {
    let ground = Ground::new();
    fs::remove_file(ground.path(".env")).unwrap();
    fs::create_dir(ground.path(".env")).unwrap();
    assert_snapshot!(ground.all_say(), @r"
    $ keybaton rotate --new
    4
    error: .env is a folder, not a file
    hint: name the file itself
    $ keybaton run -- true
    125
    error: .env is a folder, not a file
    hint: name the file itself
    $ keybaton status
    4
    error: .env is a folder, not a file
    hint: name the file itself
    ");
}

#[test]
fn a_link_of_ours_is_followed_and_stays_a_link() {
    let ground = Ground::new();
    fs::create_dir(ground.path("shared")).unwrap();
    fs::rename(ground.path(".env"), ground.path("shared/.env")).unwrap();
    symlink("shared/.env", ground.path(".env")).unwrap();
    assert!(ground.says(&["rotate", "--new"]).starts_with("0\n"));
    assert!(ground.path(".env").is_symlink());
    assert!(fs::read_to_string(ground.path("shared/.env")).unwrap().contains(','));
}

#[test]
fn a_link_to_a_file_of_somebody_else_is_not_written_through() {
    if !may_change_owners() {
        return;
    }
    let ground = Ground::new();
    let target = ground.path("theirs");
    fs::rename(ground.path(".env"), &target).unwrap();
    chown(&target, Some(NOBODY), Some(NOBODY)).unwrap();
    symlink(&target, ground.path(".env")).unwrap();
    let before = fs::read(&target).unwrap();
    assert_snapshot!(ground.all_say(), @r"
    $ keybaton rotate --new
    4
    rotation of SECRET_KEY in dotenv:.env (dev)
      1. stage    a new key is accepted and signs nowhere yet
      2. promote  it signs, the old one is accepted only: once each process was restarted, at the earliest 0s after 1
      3. retire   the old one is no longer accepted: 14d after 2, when nothing it signed is still valid
    error: .env is a link to [here]/theirs, and not both of them are yours
    hint: name the file itself: [here]/theirs
    $ keybaton run -- true
    0

    $ keybaton status
    0
    SECRET_KEY in dotenv:.env (dev)
    settled: one key, and no rotation under way

      signing   ID  since TIME

    next   keybaton rotate, when you want another key
    ");
    assert_eq!(fs::read(&target).unwrap(), before);
}

#[test]
fn bytes_that_are_no_text() {
    let ground = Ground::new();
    let bytes = b"SECRET_KEY=made-up\nSECRET_KEY_FALLBACKS=\xff\xfe\x00\x01\n";
    ground.write(".env", bytes);
    assert_snapshot!(ground.all_say(), @r"
    $ keybaton rotate --new
    4
    error: .env is not UTF-8 text (see byte 41)
    hint: write it as UTF-8, or restore the copy you know to be good
    $ keybaton run -- true
    125
    error: .env is not UTF-8 text
    hint: python-dotenv reads UTF-8 alone
    $ keybaton status
    4
    error: .env is not UTF-8 text (see byte 41)
    hint: write it as UTF-8, or restore the copy you know to be good
    ");
    assert_eq!(fs::read(ground.path(".env")).unwrap(), bytes);
}

#[test]
fn a_hundred_megabytes() {
    let ground = Ground::new();
    fs::File::options().write(true).open(ground.path(".env")).unwrap().set_len(100 << 20).unwrap();
    assert_snapshot!(ground.all_say(), @r"
    $ keybaton rotate --new
    4
    error: .env is larger than 1048576 bytes
    hint: this is not a file of settings; was something else written into it?
    $ keybaton run -- true
    125
    error: .env is larger than 1048576 bytes
    hint: this is not a file of settings; was something else written into it?
    $ keybaton status
    4
    error: .env is larger than 1048576 bytes
    hint: this is not a file of settings; was something else written into it?
    ");
    assert_eq!(fs::metadata(ground.path(".env")).unwrap().len(), 100 << 20);
}

#[test]
fn a_file_that_we_may_not_read() {
    if !may_change_owners() {
        return;
    }
    let ground = Ground::new();
    let program = ground.path("keybaton");
    assert!(Command::new("cp").arg(PROGRAM).arg(&program).status().unwrap().success());
    fs::set_permissions(ground.folder(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(ground.path("keybaton.toml"), fs::Permissions::from_mode(0o644)).unwrap();
    let said = [&["rotate", "--new"][..], &["run", "--", "true"], &["status"]].map(|words| {
        let mut command = Command::new(&program);
        command.args(words).current_dir(ground.folder()).stdin(Stdio::null()).uid(NOBODY).gid(NOBODY);
        ground.told(&command.output().unwrap())
    });
    assert_snapshot!(said.join("\n"), @r"
    4
    error: cannot read .env: permission denied
    hint: see `ls -ld .env`
    125
    error: cannot read .env: permission denied
    hint: see `ls -ld .env`
    4
    error: cannot read .env: permission denied
    hint: see `ls -ld .env`
    ");
}
