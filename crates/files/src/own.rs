//! The lock that all processes of one user share.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::private::must_be_ours;
use crate::system::{close_to_others, is_open_to_others, own_folders};
use crate::{FileError, FileErrorKind, Lock, private_folder};

/// The lock of all processes of this user, for what has no folder of its own: on each folder that can carry it.
///
/// The folder of the session comes with a log-in and goes with it, and a service may have no home: any two processes that have one
/// of the folders in common keep each other out.
#[derive(Debug)]
pub struct OwnLock {
    #[cfg_attr(not(test), expect(dead_code, reason = "it is held until it is dropped"))]
    held: Vec<Lock>,
}

/// A folder that may be this user's, and then carries the lock.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum OwnFolder {
    /// Made by the system: where it is missing, nobody makes it.
    #[cfg_attr(windows, expect(dead_code, reason = "Windows gives no folder for that"))]
    Given(PathBuf),
    /// Made by us.
    Made(PathBuf),
    /// Made by us where there is no other.
    #[cfg_attr(windows, expect(dead_code, reason = "Windows has one that is always there"))]
    Last(PathBuf),
}

impl OwnLock {
    /// Locks the folders that are this user's: the same ones in each environment.
    pub fn of_this_user(patience: Duration) -> Result<Self, FileError> {
        Self::on(&own_folders(), patience)
    }

    /// Whatever speaks against a folder speaks against it for each process that sees the same files, so all go on alike: in one
    /// order, so that none waits for another that waits for it.
    fn on(folders: &[OwnFolder], patience: Duration) -> Result<Self, FileError> {
        let (mut held, mut why) = (Vec::new(), no_folder());
        for folder in folders {
            if matches!(folder, OwnFolder::Last(_)) && !held.is_empty() {
                continue;
            }
            match folder.ready().and_then(|path| Lock::on_directory(path, patience)) {
                Ok(lock) => held.push(lock),
                Err(error) if error.kind() == FileErrorKind::Locked => return Err(error),
                Err(error) => why = error,
            }
        }
        if held.is_empty() { Err(why) } else { Ok(Self { held }) }
    }
}

impl OwnFolder {
    /// The path, after making sure that the folder is ours. Whoever else could open it could hold the lock for ever.
    fn ready(&self) -> Result<&Path, FileError> {
        let path = match self {
            Self::Given(path) => path,
            Self::Made(path) | Self::Last(path) => {
                private_folder(path)?;
                path
            }
        };
        let facts = fs::symlink_metadata(path).map_err(|error| FileError::from_io("look at", path, error))?;
        must_be_ours(path, &facts)?;
        if is_open_to_others(&facts) {
            // A file system without modes leaves it open: better this lock than none.
            let _ = close_to_others(path);
        }
        Ok(path)
    }
}

fn no_folder() -> FileError {
    FileError::new(FileErrorKind::NoLocks, "this user has no folder for a lock".to_owned())
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
    use std::process::Command;

    use super::*;

    #[test]
    fn there_is_one_lock_and_its_folder_is_for_this_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (given, made) = (folder.path().join("given"), folder.path().join("a/locks"));
        let folders = [OwnFolder::Given(given.clone()), OwnFolder::Made(made.clone())];
        let held = locked(&folders).unwrap();
        assert_eq!((held.folders(), mode(&made), given.exists()), (vec![&*made], 0o700, false));
        assert_eq!(locked(&folders).unwrap_err().kind(), FileErrorKind::Locked);
        drop(held);
        fs::create_dir(&given).unwrap();
        let held = locked(&folders).unwrap();
        assert_eq!(held.folders(), [&*given, &*made]);
        assert_eq!(
            locked(&folders).unwrap_err().kind(),
            FileErrorKind::Locked,
            "the next folder is no way out"
        );
    }

    #[test]
    fn a_log_in_between_two_processes_keeps_neither_from_seeing_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let (session, home) = (folder.path().join("session"), folder.path().join("home"));
        let folders = [OwnFolder::Given(session.clone()), OwnFolder::Made(home.clone())];
        let before = locked(&folders).unwrap();
        fs::create_dir(&session).unwrap();
        assert_eq!(locked(&folders).unwrap_err().kind(), FileErrorKind::Locked);
        drop(before);
        // A service that has no home sees the session, as whoever has both does.
        let _after = locked(&folders).unwrap();
        assert_eq!(locked(&folders[..1]).unwrap_err().kind(), FileErrorKind::Locked);
    }

    #[test]
    fn the_last_folder_is_for_whoever_has_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let [home, last] = ["home", "last"].map(|name| folder.path().join(name));
        let folders = [OwnFolder::Made(home), OwnFolder::Last(last.clone())];
        drop(locked(&folders).unwrap());
        assert!(!last.exists());
        assert_eq!(locked(&folders[1..]).unwrap().folders(), [last]);
    }

    fn locked(folders: &[OwnFolder]) -> Result<OwnLock, FileError> {
        OwnLock::on(folders, Duration::ZERO)
    }

    impl OwnLock {
        fn folders(&self) -> Vec<&Path> {
            self.held.iter().map(Lock::folder).collect()
        }
    }

    #[test]
    fn a_folder_that_was_left_open_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let held = locked(&[OwnFolder::Made(folder.path().to_owned())]).unwrap();
        assert_eq!((held.folders(), mode(folder.path())), (vec![folder.path()], 0o700));
    }

    #[test]
    fn what_is_not_ours_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let [ours, link, file] = ["ours", "link", "file"].map(|name| folder.path().join(name));
        symlink(folder.path(), &link).unwrap();
        fs::write(&file, "").unwrap();
        let theirs = somebodys(folder.path().join("theirs"));
        for other in [link, file.join("below"), "/proc/made/locks".into(), theirs] {
            let folders = [OwnFolder::Made(other), OwnFolder::Made(ours.clone())];
            assert_eq!(locked(&folders).unwrap().folders(), [&*ours]);
        }
    }

    #[test]
    fn no_environment_changes_the_folders() {
        let elsewhere = tempfile::tempdir().unwrap();
        let bare = folders_where(&|_| {});
        assert!(bare.contains("/tmp/keybaton-"), "{bare}");
        for value in [elsewhere.path(), Path::new("relative"), Path::new("")] {
            let told = folders_where(&|command| {
                for name in ["XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "HOME", "TMPDIR", "USER", "LOGNAME"] {
                    command.env(name, value);
                }
            });
            assert_eq!(told, bare);
        }
    }

    #[test]
    #[ignore = "run by no_environment_changes_the_folders"]
    fn case_folders() {
        fs::write(env::var_os(TOLD).unwrap(), format!("{:?}", own_folders())).unwrap();
    }

    /// What a process of this user with hardly any environment takes for its folders.
    fn folders_where(has: &dyn Fn(&mut Command)) -> String {
        let told = tempfile::NamedTempFile::new().unwrap();
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "own::tests::case_folders", "--ignored"]).env_clear();
        has(command.env(TOLD, told.path()));
        assert!(command.output().unwrap().status.success());
        fs::read_to_string(told.path()).unwrap()
    }

    /// A folder that is not ours, whoever we are.
    fn somebodys(folder: PathBuf) -> PathBuf {
        if crate::me() != 0 {
            return "/proc".into();
        }
        fs::create_dir(&folder).unwrap();
        chown(&folder, Some(12_345), None).unwrap();
        folder
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    const TOLD: &str = "KEYBATON_TEST_TOLD";
}
