//! Which server and account a URL means: `vault://secret/shop` is another store with another `VAULT_ADDR`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use keybaton_files::{Limits, read};
use keybaton_stores::ChosenBy;
use sha2::{Digest, Sha256};

use super::copy::hex;

/// A digest of all that chooses, beside the URL. What stands in a file counts as a whole: where it says something new, it may
/// mean another account.
pub(super) fn server(
    chosen_by: &[ChosenBy],
    variable: impl Fn(&str) -> Option<OsString>,
    home: Option<&Path>,
) -> String {
    let mut digest = Sha256::new();
    for chooser in chosen_by {
        match chooser {
            ChosenBy::Variable(name) => {
                add(&mut digest, variable(name).unwrap_or_default().as_encoded_bytes());
            }
            ChosenBy::Files { named_in, usual } => {
                let named = variable(named_in).filter(|named| !named.is_empty());
                let usual = || home.map(|home| home.join(usual)).into_iter().collect();
                let files: Vec<PathBuf> =
                    named.map_or_else(usual, |named| std::env::split_paths(&named).collect());
                for file in files {
                    add(&mut digest, file.as_os_str().as_encoded_bytes());
                    add(&mut digest, &content(&file));
                }
            }
        }
    }
    hex(digest.finalize())
}

/// What can be read. A pipe would be empty for whoever it is meant for.
fn content(file: &Path) -> Vec<u8> {
    let limits = Limits { silence: Duration::ZERO, ..Limits::default() };
    let is_file = file.metadata().is_ok_and(|facts| facts.is_file());
    let content = if is_file { read(file, limits).ok() } else { None };
    content.map(|content| content.expose().to_vec()).unwrap_or_default()
}

/// With its length, so that what ends one thing cannot begin the next.
fn add(digest: &mut Sha256, bytes: &[u8]) {
    digest.update((bytes.len() as u64).to_le_bytes());
    digest.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    const BY: &[ChosenBy] = &[
        ChosenBy::Variable("CLUSTER_ADDR"),
        ChosenBy::Files { named_in: "CLUSTERS", usual: ".clusters/config" },
    ];

    fn meant(variables: &[(&str, &str)], home: &Path) -> String {
        let value =
            |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| value.into());
        server(BY, value, Some(home))
    }

    #[test]
    fn another_variable_means_another_server() {
        let home = tempfile::tempdir().unwrap();
        let usual = meant(&[], home.path());
        assert_eq!(usual, meant(&[("SOMETHING_ELSE", "1")], home.path()));
        assert_ne!(usual, meant(&[("CLUSTER_ADDR", "https://here.example")], home.path()));
    }

    #[test]
    fn another_choice_in_a_file_means_another_server() {
        let home = tempfile::tempdir().unwrap();
        let before = meant(&[], home.path());
        std::fs::create_dir(home.path().join(".clusters")).unwrap();
        std::fs::write(home.path().join(".clusters/config"), "current: live").unwrap();
        let live = meant(&[], home.path());
        std::fs::write(home.path().join(".clusters/config"), "current: test").unwrap();
        let test = meant(&[], home.path());
        std::fs::write(home.path().join("other"), "current: test").unwrap();
        let other = home.path().join("other");
        let named = meant(&[("CLUSTERS", other.to_str().unwrap())], home.path());
        let all = [before, live, test, named];
        assert!((0..4).all(|at| !all[at + 1..].contains(&all[at])), "{all:?}");
    }
}
