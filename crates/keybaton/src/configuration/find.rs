//! Which configuration file holds in a folder.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use keybaton_audit::project::Project;
use keybaton_files::{FileErrorKind, Limits, me, owner, whole};

use super::Configuration;
use super::source::{Kind, Source, shown};
use crate::exit::Exit;
use crate::failure::Failure;

impl Configuration {
    /// Looks in the folder and upward, as far as the repository's root, and never into folders of somebody else: what
    /// lies in `/tmp` or above a shared folder could be anybody's.
    pub(crate) fn find(from: &Path) -> Result<Option<Self>, Failure> {
        let from: PathBuf = whole(from).map_err(|error| unusable(from, error))?;
        let owner = owner(&from).map_err(|error| unusable(&from, error))?;
        for folder in searched(
            &from,
            |folder| keybaton_files::owner(folder).ok(),
            |folder| folder.join(".git").exists(),
        ) {
            if let Some(found) = in_folder(folder, owner)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

impl Configuration {
    /// The one beside the only `manage.py` below a folder, for those who stand in the repository's root.
    pub(crate) fn below(from: &Path) -> Result<Option<Self>, Failure> {
        match Project::folder_of(from) {
            Ok(folder) => in_folder(&folder, owner(from).map_err(|error| unusable(from, error))?),
            Err(_) => Ok(None),
        }
    }
}

fn searched(
    from: &Path,
    owner: impl Fn(&Path) -> Option<u32>,
    is_root: impl Fn(&Path) -> bool,
) -> impl Iterator<Item = &Path> {
    let first = owner(from);
    let mut is_over = false;
    from.ancestors().take_while(move |folder| {
        let is_searched = !is_over && owner(folder) == first;
        is_over = is_root(folder);
        is_searched
    })
}

fn in_folder(folder: &Path, owner: u32) -> Result<Option<Configuration>, Failure> {
    for (name, kind) in [("keybaton.toml", Kind::Own), ("pyproject.toml", Kind::Shared)] {
        let path = folder.join(name);
        let Some(text) = read(&path)? else { continue };
        if kind == Kind::Shared && !text.contains("keybaton") {
            continue;
        }
        if let Some(configuration) = Configuration::read(Source::new(path.clone(), text, kind))? {
            return trusted(&path, owner).map(|()| Some(configuration));
        }
    }
    Ok(None)
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    let limits = Limits { bytes: 1 << 20, silence: Duration::ZERO };
    let content = match keybaton_files::read(path, limits) {
        Err(error) if error.kind() == FileErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::of_file(Exit::Configuration, error)),
        Ok(content) => content,
    };
    let text = str::from_utf8(content.expose());
    let not_text = |_| {
        Failure::new(Exit::Configuration, format!("{} is not UTF-8 text", shown(path)))
            .hint("save it as UTF-8: TOML is always written so")
    };
    text.map(|text| Some(text.to_owned())).map_err(not_text)
}

/// In a folder that all may write, such as `/tmp`, the file can be somebody else's though the folder is not.
fn trusted(path: &Path, owner: u32) -> Result<(), Failure> {
    match keybaton_files::owner(path) {
        Ok(of_file) if is_trusted(of_file, owner, me()) => Ok(()),
        _ => Err(Failure::new(Exit::Configuration, format!("{} belongs to somebody else", shown(path)))
            .hint("work in a folder of your own, or take the file over with chown")),
    }
}

fn is_trusted(of_file: u32, of_folder: u32, me: u32) -> bool {
    [of_folder, me, 0].contains(&of_file)
}

fn unusable(folder: &Path, error: io::Error) -> Failure {
    let sentence = format!("cannot look for keybaton.toml from {}", folder.display());
    Failure::new(Exit::Configuration, sentence).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_somebody_else_are_not_searched() {
        let owner = |folder: &Path| Some(if folder.starts_with("/srv/me") { 1000 } else { 0 });
        let folders: Vec<_> = searched(Path::new("/srv/me/shop/app"), owner, |_| false).collect();
        assert_eq!(folders, ["/srv/me/shop/app", "/srv/me/shop", "/srv/me"].map(Path::new));
    }

    #[test]
    fn the_repositorys_root_is_searched_and_nothing_above_it() {
        let is_root = |folder: &Path| folder.ends_with("shop");
        let folders: Vec<_> = searched(Path::new("/srv/me/shop/app"), |_| Some(0), is_root).collect();
        assert_eq!(folders, ["/srv/me/shop/app", "/srv/me/shop"].map(Path::new));
    }

    #[test]
    fn a_file_that_somebody_else_laid_down_is_not_trusted() {
        let (root, me, other) = (0, 1000, 1001);
        assert!(!is_trusted(other, root, me));
        assert!(is_trusted(other, other, me));
        assert!(is_trusted(me, root, me));
        assert!(is_trusted(root, me, me));
    }
}
