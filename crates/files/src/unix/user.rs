//! Where a user's own files are: who runs this says it, and no variable does.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, User};

use super::is_open_to_others;
use crate::own::OwnFolder;

/// The folders that can carry the lock of all processes of this user, the best first.
///
/// `HOME` and `XDG_RUNTIME_DIR` differ between a desktop, a timer and sudo, so the number of the user and the list of users
/// tell. All processes that see one of the first two have it in common. A service that has a home and a `/run/user` of its own, and
/// another container, see others: nothing can be found then that all of them see, but such a service does not see
/// the socket of the session's bus in `/run/user` either, by which a keychain is mostly reached.
pub(crate) fn own_folders() -> Vec<OwnFolder> {
    let me = Uid::effective();
    let home = User::from_uid(me).ok().flatten().map(|user| user.dir);
    folders_of(me.as_raw(), Path::new("/run/user"), home.as_deref())
}

/// Services and containers have users without a home, and without a session.
fn folders_of(user: u32, sessions: &Path, home: Option<&Path>) -> Vec<OwnFolder> {
    // Where the session's bus is, also where all of it is mounted read-only: a lock on the folder itself writes nothing.
    let session = Some(sessions.join(user.to_string())).filter(|session| is_private_to(user, session));
    let home = home.filter(|home| home.is_absolute()).filter(|home| is_of(user, home));
    // Anybody can make this one first, so it comes last.
    let last = PathBuf::from(format!("/tmp/keybaton-{user}"));
    session
        .map(OwnFolder::Given)
        .into_iter()
        .chain(home.map(|home| OwnFolder::Made(home.join(".cache/keybaton/locks"))))
        .chain([OwnFolder::Last(last)])
        .collect()
}

fn is_private_to(user: u32, folder: &Path) -> bool {
    let facts = fs::symlink_metadata(folder);
    facts.is_ok_and(|it| it.is_dir() && it.uid() == user && !is_open_to_others(&it))
}

fn is_of(user: u32, folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|it| it.is_dir() && it.uid() == user)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::OwnFolder::{Given, Last, Made};
    use super::*;

    #[test]
    fn it_is_in_the_home_that_is_the_users_or_is_called_after_the_user() {
        let folder = tempfile::tempdir().unwrap();
        let (me, path) = (Uid::effective().as_raw(), folder.path());
        let last = |user: u32| Last(format!("/tmp/keybaton-{user}").into());
        assert_eq!(folders_of(me, path, Some(path)), [Made(path.join(".cache/keybaton/locks")), last(me)]);
        let nonexistent = path.join("nonexistent");
        for home in [None, Some(Path::new("relative")), Some(Path::new(".")), Some(&*nonexistent)] {
            assert_eq!(folders_of(me, path, home), [last(me)], "{home:?}");
        }
        assert_eq!(folders_of(me + 1, path, Some(path)), [last(me + 1)]);
    }

    #[test]
    fn the_folder_of_the_session_comes_first_where_nobody_else_can_enter_it() {
        let folder = tempfile::tempdir().unwrap();
        let me = Uid::effective().as_raw();
        let session = folder.path().join(me.to_string());
        let first = || folders_of(me, folder.path(), None).remove(0);
        fs::create_dir(&session).unwrap();
        for (mode, is_first) in [(0o700, true), (0o755, false)] {
            fs::set_permissions(&session, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(first() == Given(session.clone()), is_first, "{mode:o}");
        }
        let moved = folder.path().join("moved");
        fs::rename(&session, &moved).unwrap();
        fs::set_permissions(&moved, fs::Permissions::from_mode(0o700)).unwrap();
        symlink(&moved, &session).unwrap();
        assert_ne!(first(), Given(session));
    }
}
