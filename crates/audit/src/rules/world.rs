//! Trees for the tests of rules.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use keybaton_core::SecretText;

use crate::check;
use crate::finding::Finding;
use crate::tree::{KnownKey, KnownKeys, Leaves};

/// A git repository with some files.
pub(super) struct World {
    folder: tempfile::TempDir,
    known: Vec<KnownKeys>,
}

impl World {
    pub(super) fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap(), known: Vec::new() };
        world.git(&["init", "--quiet"])
    }

    /// Settings, which are what most rules look at.
    pub(super) fn settings(text: &str) -> Self {
        Self::new().file("shop/settings.py", text)
    }

    pub(super) fn file(self, name: &str, text: &str) -> Self {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        self
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn mode(self, name: &str, mode: u32) -> Self {
        fs::set_permissions(self.folder.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    pub(super) fn git(self, words: &[&str]) -> Self {
        assert!(Command::new("git").args(words).current_dir(self.folder.path()).status().unwrap().success());
        self
    }

    /// A key of a ring that the configuration names.
    pub(super) fn known(self, environment: &'static str, key: &'static str) -> Self {
        self.ring(environment, "SECRET_KEY", key, None)
    }

    /// A key of a ring besides, and the ring that it began with the keys of.
    pub(super) fn ring(
        mut self,
        environment: &'static str,
        ring: &'static str,
        key: &'static str,
        begun_from: Option<&'static str>,
    ) -> Self {
        self.known.push(KnownKeys {
            name: format!("{ring} ({environment})"),
            ring: ring.into(),
            is_main: ring == "SECRET_KEY",
            environment: environment.into(),
            begun_from: begun_from.map(Into::into),
            file: None,
            keys: vec![KnownKey { text: SecretText::new(key), leaves: None }],
        });
        self
    }

    /// A ring whose store is a file elsewhere.
    pub(super) fn known_in(mut self, file: &Path) -> Self {
        self = self.known("dev", STRONG);
        self.known[0].file = Some(file.to_owned());
        self
    }

    /// A key of the ring in `.env` that is accepted only.
    pub(super) fn leaving(mut self, key: &'static str, leaves: Leaves) -> Self {
        let file = Some(self.folder.path().join(".env"));
        self = self.known("dev", key);
        let known = self.known.last_mut().unwrap();
        known.file = file;
        known.keys[0].leaves = Some(leaves);
        self
    }

    /// Where a rule finds something: `file:line:column`, or the ring.
    pub(super) fn finds(&self, rule: &str) -> Vec<String> {
        self.findings(rule).into_iter().map(|(at, _)| at).collect()
    }

    /// What a rule says of it.
    pub(super) fn says(&self, rule: &str) -> Vec<String> {
        self.findings(rule).into_iter().map(|(at, what)| format!("{at}: {what}")).collect()
    }

    fn findings(&self, rule: &str) -> Vec<(String, String)> {
        let found = self.all(rule).into_iter();
        found.map(|finding| (finding.at.to_string(), finding.what)).collect()
    }

    /// Everything that a rule finds.
    pub(super) fn all(&self, rule: &str) -> Vec<Finding> {
        let root: PathBuf = self.folder.path().to_owned();
        self.looked(&root, &root, rule)
    }

    /// The same of the folder above, looked at from a folder.
    pub(super) fn all_from(&self, here: &str, rule: &str) -> Vec<Finding> {
        let here = self.folder.path().join(here);
        self.looked(&here, &here.join(".."), rule)
    }

    fn looked(&self, here: &Path, at: &Path, rule: &str) -> Vec<Finding> {
        let key = |key: &KnownKey| KnownKey { text: key.text.duplicate(), leaves: key.leaves.clone() };
        let known = self.known.iter().map(|known| KnownKeys {
            name: known.name.clone(),
            ring: known.ring.clone(),
            is_main: known.is_main,
            environment: known.environment.clone(),
            begun_from: known.begun_from.clone(),
            file: known.file.clone(),
            keys: known.keys.iter().map(key).collect(),
        });
        let report = check(here, &[at.to_owned()], &[], known.collect());
        assert!(report.unexamined.iter().all(|gap| gap.what == "the key"), "{:?}", report.unexamined);
        report.findings.into_iter().filter(|finding| finding.rule == rule).collect()
    }
}

/// Keys as a generator draws them; made up.
pub(super) const STRONG: &str = "kQ3vT9xZ2mLp7RwY4nHs8JdF6gBc1VaE5tUoKiXyPzMqWrNeGhSbDjCfAlOu0I2k";
pub(super) const STRONG_TOO: &str = "Zp4Lr8Xw2Kd6Vn9Tb3Hy7Mq5Gs1JcFeRaUoWiYtPzQxNvBmCkDlSjAhEgOuI0f3T";
