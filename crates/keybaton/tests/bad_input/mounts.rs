//! Disks that are full, read-only, or mounted over one file. What is mounted is seen by the command alone.

use insta::assert_snapshot;

use crate::ground::Ground;

/// Says what a line for the shell says after some mounts; `$KEYBATON` is the program.
fn after(ground: &Ground, mounts: &str, line: &str) -> String {
    let script = format!("set -e; KEYBATON=$0; {mounts}; set +e; {line}");
    let mut before = vec!["unshare", "--mount"];
    if !rustix::process::geteuid().is_root() {
        before.extend(["--user", "--map-root-user"]);
    }
    before.extend(["sh", "-c", &script]);
    ground.told(&ground.behind(&before, &[]).output().unwrap())
}

#[test]
fn a_full_disk() {
    let ground = Ground::new();
    // A disk with room for what is there, and for no more.
    let mounts = "mount -t tmpfs -o size=16k none /mnt; cp keybaton.toml .env /mnt; cd /mnt; cp .env fill; \
        cksum .env >sum";
    assert_snapshot!(after(&ground, mounts, "$KEYBATON rotate --new; cksum .env | diff - sum && ls -A"), @r"
    0
    .env
    fill
    keybaton.toml
    sum
    rotation of SECRET_KEY in dotenv:.env (dev)
      1. stage    a new key is accepted and signs nowhere yet
      2. promote  it signs, the old one is accepted only: once each process was restarted, at the earliest 0s after 1
      3. retire   the old one is no longer accepted: 14d after 2, when nothing it signed is still valid
    error: cannot write .env: no space left on device
    hint: nothing was changed; free some space and run it again
    ");
}

#[test]
fn a_read_only_disk() {
    let ground = Ground::new();
    let mounts = "mount --bind . . && mount -o remount,bind,ro \"$PWD\" && cd \"$PWD\"";
    assert_snapshot!(after(&ground, mounts, "$KEYBATON rotate --new"), @r"
    4
    rotation of SECRET_KEY in dotenv:.env (dev)
      1. stage    a new key is accepted and signs nowhere yet
      2. promote  it signs, the old one is accepted only: once each process was restarted, at the earliest 0s after 1
      3. retire   the old one is no longer accepted: 14d after 2, when nothing it signed is still valid
    error: cannot write .env: read-only file system
    hint: mount it writable, or write where the file is made
    ");
    assert!(after(&ground, mounts, "$KEYBATON run -- true").starts_with("0\n"));
}

#[test]
fn a_file_that_is_mounted_by_itself() {
    let ground = Ground::new();
    let before = ground.env();
    ground.write("elsewhere", before.as_bytes());
    let mounts = "mount --bind elsewhere .env";
    assert_snapshot!(after(&ground, mounts, "$KEYBATON rotate --new"), @r"
    4
    rotation of SECRET_KEY in dotenv:.env (dev)
      1. stage    a new key is accepted and signs nowhere yet
      2. promote  it signs, the old one is accepted only: once each process was restarted, at the earliest 0s after 1
      3. retire   the old one is no longer accepted: 14d after 2, when nothing it signed is still valid
    error: .env is mounted as a single file, which cannot be replaced
    hint: mount the folder it stands in, or write where the file is made
    ");
    assert!(after(&ground, mounts, "$KEYBATON run -- true").starts_with("0\n"));
    assert_eq!(ground.env(), before);
}
