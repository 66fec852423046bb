//! What a file's name says about its keys: whether they are placeholders, or sign on the machine of a developer alone.

use std::ffi::OsStr;
use std::path::Path;

use crate::python_file::is_for_tests;

/// Whether a file is there to be copied, or for tests: a placeholder in it protects nobody.
pub(crate) fn is_sample(path: &Path) -> bool {
    has_word(path.file_name(), SAMPLES) || is_for_tests(path)
}

/// Whether a file is for the machine of a developer: `docker-compose.dev.yml`, `local.yml`, all in `.devcontainer`.
pub(crate) fn is_for_development(path: &Path) -> bool {
    let folders = path.parent().into_iter().flat_map(Path::components);
    let mut folders = folders.filter_map(|folder| folder.as_os_str().to_str());
    has_word(path.file_name(), DEVELOPMENT)
        || folders.any(|folder| DEVELOPMENT.contains(&folder.trim_start_matches('.')))
}

fn has_word(name: Option<&OsStr>, words: &[&str]) -> bool {
    let name = name.and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
    name.split(['.', '-', '_']).any(|word| words.contains(&word))
}

const SAMPLES: &[&str] = &[
    "example", "examples", "sample", "samples", "template", "dist", "tmpl", "tpl", "default", "defaults",
    "test", "tests", "testing", "ci", "e2e",
];

const DEVELOPMENT: &[&str] = &["dev", "develop", "development", "local", "override", "devcontainer"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_and_files_for_tests_are_told_by_any_word_of_their_names() {
        for path in [
            ".env.example",
            "app/.env.docker-example",
            ".env_sample",
            "env.dist",
            "docker-compose.ci.yml",
            "docker-compose.e2e.yml",
            "Dockerfile.test",
            "tests/Dockerfile",
            "shop.service.Example",
        ] {
            assert!(is_sample(Path::new(path)), "{path}");
        }
        for path in [".env.production", "Dockerfile", "contest/compose.yml", "compose.latest.yml"] {
            assert!(!is_sample(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn files_for_the_machine_of_a_developer_are_told_by_name_and_folder() {
        for path in [
            ".devcontainer/docker-compose.yml",
            "local.yml",
            "docker-compose.dev.yml",
            "compose.local.yaml",
            "compose.override.yml",
            "compose/local/django/Dockerfile",
        ] {
            assert!(is_for_development(Path::new(path)), "{path}");
        }
        for path in ["compose.yml", "devices/compose.yml", "production.yml", "locals.tf"] {
            assert!(!is_for_development(Path::new(path)), "{path}");
        }
    }
}
