//! Where a user's own files are: who runs this says it, and no variable does.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, User};

use crate::FileError;

/// The folder that all processes of this user share. `HOME` and `XDG_RUNTIME_DIR` differ between a desktop, a timer and sudo.
pub(crate) fn own_folder() -> Result<PathBuf, FileError> {
    let me = Uid::effective();
    let home = User::from_uid(me).ok().flatten().map(|user| user.dir);
    Ok(folder_of(me.as_raw(), home.as_deref()))
}

/// Services and containers have users without a home.
fn folder_of(user: u32, home: Option<&Path>) -> PathBuf {
    let is_own = |home: &&Path| fs::metadata(home).is_ok_and(|it| it.is_dir() && it.uid() == user);
    match home.filter(|home| home.is_absolute()).filter(is_own) {
        Some(home) => home.join(".cache/keybaton/locks"),
        None => PathBuf::from(format!("/tmp/keybaton-{user}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_in_the_home_that_is_the_users_or_is_called_after_the_user() {
        let home = tempfile::tempdir().unwrap();
        let (me, path) = (Uid::effective().as_raw(), home.path());
        assert_eq!(folder_of(me, Some(path)), path.join(".cache/keybaton/locks"));
        let without = PathBuf::from(format!("/tmp/keybaton-{me}"));
        for home in [None, Some(Path::new("relative")), Some(Path::new(".")), Some(&path.join("nonexistent"))]
        {
            assert_eq!(folder_of(me, home), without, "{home:?}");
        }
        assert_eq!(folder_of(me + 1, Some(path)), PathBuf::from(format!("/tmp/keybaton-{}", me + 1)));
    }
}
