//! Projects for the tests of `check --fix`.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A git repository with some files.
pub(crate) struct Tree(tempfile::TempDir);

impl Tree {
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            fs::create_dir_all(tree.path(name).parent().unwrap()).unwrap();
            fs::write(tree.path(name), text).unwrap();
            tree.mode(name, 0o600);
        }
        let mut git = Command::new("git");
        assert!(git.args(["init", "--quiet"]).current_dir(tree.0.path()).status().unwrap().success());
        tree
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The exit code, then what was said.
    pub(crate) fn says(&self, words: &[&str]) -> String {
        let mut program = Command::new(env!("CARGO_BIN_EXE_keybaton"));
        program.args(words).current_dir(self.0.path()).stdin(Stdio::null());
        let output = program.env_remove("KEYBATON_ENV").env_remove("KEYBATON_STORE").output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let here = fs::canonicalize(self.0.path()).unwrap().display().to_string();
        format!("{}\n{}", output.status.code().unwrap(), said.trim_end().replace(&here, "…"))
    }
}

/// A manifest of Cloud Run with the version as it is written.
pub(crate) fn cloud_run(version: &str) -> String {
    CLOUD_RUN.replace("\"3\"", version)
}

pub(crate) const CLOUD_RUN: &str = "\
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
        - image: shop
          env:
            - name: SECRET_KEY
              valueFrom:
                secretKeyRef: {name: shop-key, key: \"3\"}
";
