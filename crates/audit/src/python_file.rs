//! A Python file that is about the key.

use std::path::{Path, PathBuf};

use crate::finding::At;
use crate::settings::{Entry, Literal, Settings};
use crate::source::Source;

/// A Python file that sets the key.
#[derive(Debug)]
pub struct PythonFile {
    /// Its path from the folder that is checked.
    pub path: PathBuf,
    /// Its text.
    pub source: Source,
    /// What it says about the key.
    pub settings: Settings,
}

impl PythonFile {
    /// Whether only tests use it: what signs there protects nobody.
    #[must_use]
    pub fn is_for_tests(&self) -> bool {
        is_for_tests(&self.path)
    }

    /// The keys that stand in it, each with the statement it stands in.
    pub fn literals(&self) -> impl Iterator<Item = (&Entry, &Literal)> {
        self.settings
            .entries
            .iter()
            .flat_map(|entry| entry.literals.iter().map(move |literal| (entry, literal)))
    }

    /// A place in it.
    #[must_use]
    pub fn at(&self, offset: usize) -> At {
        At::Place(self.path.clone(), self.source.place(offset))
    }
}

/// Whether a path says that it is for tests: a folder `tests`, a file `test_settings.py` or `conftest.py`.
pub(crate) fn is_for_tests(path: &Path) -> bool {
    let is_folder = |name: &str| matches!(name, "test" | "tests" | "testing");
    let folders = path.parent().into_iter().flat_map(Path::components);
    let in_folder = folders.filter_map(|folder| folder.as_os_str().to_str()).any(is_folder);
    in_folder || says_test(path)
}

/// Whether a file's own name says so.
pub(crate) fn says_test(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let is_word = |word: &str| matches!(word, "test" | "tests" | "testing" | "pytest" | "ci" | "conftest");
    stem.split('_').any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_for_tests_are_told_by_their_names() {
        for path in
            ["shop/tests/settings.py", "config/settings/test.py", "shop/test_settings.py", "conftest.py"]
        {
            assert!(is_for_tests(Path::new(path)), "{path}");
        }
        for path in ["shop/settings.py", "contest/settings.py", "config/settings/local.py", "latest.py"] {
            assert!(!is_for_tests(Path::new(path)), "{path}");
        }
    }
}
