//! The rules, one file each. This is the one list of them.

mod default_key;
mod empty_fallback;
mod encrypted_fields;
mod env_not_ignored;
mod env_readable;
mod env_tracked;
mod frozen_mount;
mod insecure_key;
mod key_given_twice;
mod key_in_build;
mod key_in_deploy_file;
mod key_in_settings;
mod key_in_unit;
mod left_by_crash;
mod pinned_version;
mod printed_environment;
mod shared_key;
mod token_key;
mod weak_key;
#[cfg(test)]
mod world;

use keybaton_core::strength::Weakness;

use crate::finding::{At, Finding, Severity};
use crate::fix::Remedy;
use crate::tree::{AnyKey, Leaves, Tree};

/// Something that should not be, and how to see it.
#[derive(Debug)]
pub struct Rule {
    /// Its name, as reports and comments have it.
    pub id: &'static str,
    /// What it says, in one sentence without a full stop.
    pub summary: &'static str,
    /// How bad it is.
    pub severity: Severity,
    check: fn(&Tree, &mut Found),
}

/// Every rule, in the order of `docs/rules.md`.
pub const RULES: &[Rule] = &[
    key_in_settings::RULE,
    default_key::RULE,
    insecure_key::RULE,
    weak_key::RULE,
    shared_key::RULE,
    token_key::RULE,
    encrypted_fields::RULE,
    empty_fallback::RULE,
    env_tracked::RULE,
    env_not_ignored::RULE,
    env_readable::RULE,
    left_by_crash::RULE,
    key_in_deploy_file::RULE,
    key_in_unit::RULE,
    key_in_build::RULE,
    key_given_twice::RULE,
    frozen_mount::RULE,
    pinned_version::RULE,
    printed_environment::RULE,
];

impl Rule {
    /// What the rule finds in a tree.
    #[must_use]
    pub fn look(&self, tree: &Tree) -> Vec<Finding> {
        let mut found = Found { rule: self.id, severity: self.severity, findings: Vec::new() };
        (self.check)(tree, &mut found);
        found.findings
    }
}

/// What one rule has found so far.
struct Found {
    rule: &'static str,
    severity: Severity,
    findings: Vec<Finding>,
}

impl Found {
    fn add(&mut self, at: At, what: impl Into<String>, mend: impl Into<String>) {
        self.add_as(self.severity, at, what, mend);
    }

    /// The same, more or less bad than the rule says.
    fn add_as(&mut self, severity: Severity, at: At, what: impl Into<String>, mend: impl Into<String>) {
        let (rule, remedy) = (self.rule, Remedy::ByHand);
        self.findings.push(Finding { rule, severity, at, what: what.into(), mend: mend.into(), remedy });
    }

    /// The same with what `--fix` does about it.
    fn add_with(&mut self, at: At, what: impl Into<String>, mend: impl Into<String>, remedy: Remedy) {
        let (rule, severity) = (self.rule, self.severity);
        self.findings.push(Finding { rule, severity, at, what: what.into(), mend: mend.into(), remedy });
    }

    /// What is wrong with a key. One that is accepted only and leaves anyway asks for nothing but time.
    fn add_key(&mut self, key: AnyKey<'_>, weakness: Weakness) {
        let what = format!("the key {weakness}");
        match key.leaves {
            None => self.add(key.at, what, key.mend),
            Some(Leaves::Now) => self.add(key.at, what, format!("`{}` retires it now", key.rotate)),
            Some(Leaves::Later(when)) => {
                let what = format!("{what}; it signs no more, and is accepted until it retires");
                let mend = format!("`{}` retires it {when}", key.rotate);
                self.add_as(Severity::Note, key.at, what, mend);
            }
        }
    }
}
