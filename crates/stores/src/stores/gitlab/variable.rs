//! Variables as GitLab tells them.

use keybaton_core::SecretText;
use serde_json::Value;

use super::scope::is_within;

/// One variable, and what it is like.
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) scope: String,
    /// `None` where GitLab gives it to jobs alone.
    pub(super) value: Option<SecretText>,
    /// Whether jobs get the path of a file in its place.
    pub(super) is_file: bool,
    pub(super) is_masked: bool,
    pub(super) is_protected: bool,
    /// Whether jobs get it as it stands; otherwise they put other variables where a `$` names them.
    pub(super) is_raw: bool,
}

impl Variable {
    pub(super) fn of(told: &Value) -> Option<Self> {
        let text = |name: &str| told[name].as_str().map(str::to_owned);
        let is = |name: &str| told[name].as_bool().unwrap_or(false);
        let value = told["value"].as_str().map(SecretText::new).filter(|_| !is("hidden"));
        Some(Self {
            name: text("key")?,
            // Versions that have no scopes say none.
            scope: text("environment_scope").unwrap_or_else(|| "*".to_owned()),
            value,
            is_file: told["variable_type"] == "file",
            is_masked: is("masked"),
            is_protected: is("protected"),
            is_raw: is("raw"),
        })
    }
}

/// The variables of the ring and its claim, each once.
#[derive(Default)]
pub(super) struct Found {
    variables: Vec<Variable>,
    /// Whether they were looked for at all scopes.
    pub(super) is_all: bool,
}

impl Found {
    pub(super) fn add(&mut self, variables: impl IntoIterator<Item = Variable>) {
        for variable in variables {
            if !self.has(&variable.name, &variable.scope) {
                self.variables.push(variable);
            }
        }
    }

    pub(super) fn at(&self, name: &str, scope: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name && variable.scope == scope)
    }

    pub(super) fn has(&self, name: &str, scope: &str) -> bool {
        self.at(name, scope).is_some()
    }

    pub(super) fn scopes_of(&self, name: &str) -> Vec<&str> {
        let named = self.variables.iter().filter(|variable| variable.name == name);
        named.map(|variable| &*variable.scope).collect()
    }

    /// Scopes whose variables come before those of the wider one, each once.
    pub(super) fn scopes_within(&self, wider: &str) -> Vec<&str> {
        let mut scopes: Vec<_> = self.variables.iter().map(|variable| &*variable.scope).collect();
        scopes.retain(|scope| is_within(scope, wider));
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }
}
