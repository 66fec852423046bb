//! What Windows starts by a name without an ending, as a shell does: `npm` is `npm.cmd`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The script of such a name, by its whole path, where no program of that name comes before it. `folders` is `PATH`, of
/// which a folder that depends on where one stands is left out: whoever can write there could be started in its place.
pub(super) fn script(name: &Path, folders: &OsStr, endings: Option<&str>) -> Option<PathBuf> {
    if name.extension().is_some() || name.components().count() != 1 {
        return None;
    }
    let endings: Vec<_> = endings.unwrap_or(USUAL).split(';').filter_map(startable).collect();
    let folders = std::env::split_paths(folders).filter(|folder| folder.is_absolute());
    let mut files =
        folders.flat_map(|folder| endings.iter().map(move |ending| folder.join(name).with_extension(ending)));
    files.find(|file| file.is_file()).filter(|file| file.extension() != Some(OsStr::new(PROGRAM)))
}

/// An ending of `PATHEXT`, where the system itself starts such files: others it leaves to programs of its shell.
fn startable(ending: &str) -> Option<&'static str> {
    let ending = ending.trim().strip_prefix('.')?;
    STARTABLE.into_iter().find(|known| known.eq_ignore_ascii_case(ending))
}

const USUAL: &str = ".COM;.EXE;.BAT;.CMD";
const PROGRAM: &str = "exe";
const STARTABLE: [&str; 4] = ["com", PROGRAM, "bat", "cmd"];

#[cfg(test)]
mod tests {
    use std::env::join_paths;
    use std::fs;

    use super::*;

    #[test]
    fn a_script_is_found_in_the_order_of_pathext() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["npm.cmd", "npm.bat", "npm.js", "tool.exe", "tool.cmd", "old.com"] {
            fs::write(path(name), "").unwrap();
        }
        let found = |name: &str, endings| script(Path::new(name), folder.path().as_os_str(), endings);
        assert_eq!(found("npm", None), Some(path("npm.bat")));
        assert_eq!(found("npm", Some(".JS;.CMD;.BAT")), Some(path("npm.cmd")));
        assert_eq!(found("npm", Some(".JS;cmd")), None);
        // A program comes before a script where PATHEXT has it so; the system finds it by itself.
        assert_eq!(found("tool", Some(".EXE;.CMD")), None);
        assert_eq!(found("tool", Some(".CMD;.EXE")), Some(path("tool.cmd")));
        assert_eq!(found("old", None), Some(path("old.com")));
        for not_searched in ["npm.cmd", "./npm", "none"] {
            assert_eq!(found(not_searched, None), None, "{not_searched}");
        }
    }

    #[test]
    fn a_folder_that_depends_on_where_one_stands_is_not_searched() {
        let here = tempfile::tempdir_in(".").unwrap();
        let relative = here.path().strip_prefix(std::env::current_dir().unwrap()).unwrap_or(here.path());
        fs::write(relative.join("npm.cmd"), "").unwrap();
        for folders in [vec![relative], vec![Path::new(""), relative]] {
            assert_eq!(script(Path::new("npm"), &join_paths(&folders).unwrap(), None), None);
        }
        let whole = std::path::absolute(relative).unwrap();
        let found = script(Path::new("npm"), &join_paths([relative, &whole]).unwrap(), None);
        assert_eq!(found, Some(whole.join("npm.cmd")));
    }
}
