//! Where a project lies in its repository: forges, builds and clusters have their files at its top.

use std::path::{Component, Path, PathBuf};

use keybaton_audit::git::Git;

/// The way from the folder of keybaton.toml up to the top of the repository, and the way back; empty where the two are one.
#[derive(Debug)]
pub(crate) struct Repository {
    pub(crate) up: PathBuf,
    pub(crate) back: PathBuf,
}

impl Repository {
    /// The one that a folder lies in; without git the folder is all that there is.
    pub(super) fn around(folder: &Path) -> Self {
        let git = Git::at(folder);
        let back = git.and_then(|git| folder.strip_prefix(git.top()).ok().map(Path::to_owned));
        let back = back.unwrap_or_default();
        Self { up: back.components().map(|_| "..").collect(), back }
    }

    /// The folders above the one of keybaton.toml, from there: `..` first, the top of the repository last.
    pub(super) fn above(&self) -> impl Iterator<Item = PathBuf> {
        (1..=self.up.components().count()).map(|steps| std::iter::repeat_n("..", steps).collect())
    }
}

/// The same path without `..` in it, as far as names tell.
pub(crate) fn straight(path: &Path) -> PathBuf {
    let mut straight = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(straight.pop()),
            Component::CurDir => {}
            part => straight.push(part),
        }
    }
    straight
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_up_and_down_again_is_made_straight() {
        assert_eq!(straight(Path::new("/srv/shop/../infra/./k8s")), Path::new("/srv/infra/k8s"));
    }

    #[test]
    fn each_folder_up_to_the_top_of_the_repository_and_none_above_it() {
        let top = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(top.path().join("shops/books/.git")).unwrap();
        std::fs::create_dir_all(top.path().join("shops/books/services/site")).unwrap();
        let found = Repository::around(&top.path().join("shops/books/services/site"));
        let above: Vec<PathBuf> = found.above().collect();
        assert_eq!(above, [Path::new(".."), Path::new("../..")]);
        assert_eq!((found.up, found.back), (PathBuf::from("../.."), PathBuf::from("services/site")));
    }
}
