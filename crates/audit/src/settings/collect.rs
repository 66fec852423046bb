//! One walk over the syntax tree of a settings file.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_body, walk_expr, walk_stmt};
use ruff_python_ast::{ElifElseClause, Expr, Stmt, StmtIf, StmtImport, StmtImportFrom, StmtTry};

use super::context::{Surroundings, branches, holds_settings, is_conditional};
use super::target::{Found, Names};
use super::{Entry, Import, Sets, Settings, Star};
use crate::python::{Module, range};

/// Reads what a module says about the key. Names in `also` count as SECRET_KEY.
pub(super) fn settings(module: &Module<'_>, also: &[&str]) -> Settings {
    let mut walk = Walk::new(also);
    walk_body(&mut walk, module.body);
    let mut settings = walk.finish();
    settings.errors.clone_from(&module.errors);
    settings
}

struct Walk<'a> {
    names: Names<'a>,
    around: Surroundings,
    found: Vec<Found<'a>>,
    imported: BTreeMap<&'a str, (Import, String)>,
    stars: Vec<Star>,
}

impl<'a> Visitor<'a> for Walk<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.found.extend(Found::in_statement(statement, &self.names, self.around));
        match statement {
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::If(choice) => self.visit_if(choice),
            Stmt::Try(attempt) => self.visit_try(attempt),
            Stmt::ClassDef(class) => {
                let settings_class = holds_settings(class);
                self.inside(
                    |around| *around = Surroundings { class: true, settings_class, ..*around },
                    statement,
                );
            }
            Stmt::FunctionDef(_) => self.inside(|around| around.function = true, statement),
            _ if is_conditional(statement) => self.inside(|around| around.conditional = true, statement),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found.extend(Found::in_expression(expr, &self.names, self.around));
        walk_expr(self, expr);
    }
}

impl<'a> Walk<'a> {
    fn new(also: &'a [&'a str]) -> Self {
        Self {
            names: Names { also },
            around: Surroundings::default(),
            found: Vec::new(),
            imported: BTreeMap::new(),
            stars: Vec::new(),
        }
    }

    fn inside(&mut self, change: impl FnOnce(&mut Surroundings), statement: &'a Stmt) {
        let before = self.around;
        change(&mut self.around);
        walk_stmt(self, statement);
        self.around = before;
    }

    fn block(&mut self, change: impl FnOnce(&mut Surroundings), body: &'a [Stmt]) {
        let before = self.around;
        self.around.conditional = true;
        change(&mut self.around);
        walk_body(self, body);
        self.around = before;
    }

    fn visit_if(&mut self, choice: &'a StmtIf) {
        self.visit_expr(&choice.test);
        let about = branches(&choice.test);
        let guards = self.around.guarded || !about.mentions_debug;
        self.block(
            |around| (around.debug, around.guarded) = (around.debug || about.body, guards),
            &choice.body,
        );
        for ElifElseClause { test, body, .. } in &choice.elif_else_clauses {
            let debug = match test {
                Some(test) => branches(test).body,
                None => about.otherwise,
            };
            self.block(|around| around.debug |= debug, body);
        }
    }

    fn visit_try(&mut self, attempt: &'a StmtTry) {
        self.block(|_| (), &attempt.body);
        for handler in &attempt.handlers {
            let Some(handler) = handler.as_except_handler() else { continue };
            self.block(|around| around.recovery = true, &handler.body);
        }
        self.block(|_| (), &attempt.orelse);
        self.block(|_| (), &attempt.finalbody);
    }

    fn import(&mut self, import: &'a StmtImport) {
        for alias in &import.names {
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            let module = Import { level: 0, module: alias.name.to_string() };
            self.imported.insert(bound.as_str(), (module, String::new()));
        }
    }

    fn import_from(&mut self, import: &'a StmtImportFrom) {
        let module = import.module.as_ref().map_or(String::new(), ToString::to_string);
        let module = Import { level: import.level, module };
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                self.stars.push(Star { module: module.clone(), at: range(import).start });
                continue;
            }
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            self.imported.insert(bound.as_str(), (module.clone(), alias.name.to_string()));
        }
    }

    /// Keeps what sets the key, and follows the variables it is read from to where they are set.
    fn finish(mut self) -> Settings {
        let mut settings = Settings { stars: std::mem::take(&mut self.stars), ..Settings::default() };
        let (mut wanted, mut seen) = (Vec::new(), BTreeSet::new());
        for found in &self.found {
            if let Some(sets) = self.names.set_by(found) {
                keep(found.entry(sets), &mut settings.entries, &mut wanted);
            }
        }
        while let Some((name, sets)) = wanted.pop() {
            if !seen.insert(name.clone()) || seen.len() > MOST_VARIABLES {
                continue;
            }
            for found in self.found.iter().filter(|found| found.binds(&name)) {
                keep(found.entry(sets), &mut settings.entries, &mut wanted);
            }
            if let Some((module, original)) =
                self.imported.get(name.as_str()).filter(|(_, name)| !name.is_empty())
            {
                settings.borrowed.push((module.clone(), original.clone()));
            }
        }
        self.keep_environment(&mut settings);
        settings.entries.sort_by_key(|entry| (entry.statement.start, entry.statement.end));
        settings.entries.dedup_by(|a, b| a.statement == b.statement && a.name == b.name);
        settings
    }

    /// `os.environ.setdefault("X", …)` matters where the key is read from X.
    fn keep_environment(&self, settings: &mut Settings) {
        let variables: BTreeSet<String> = settings.variables().map(str::to_owned).collect();
        let about = |name: &str| self.names.is_key(name) || variables.contains(name);
        let entries = self.found.iter().filter(|found| found.environment && about(found.name));
        settings.entries.extend(entries.map(|found| found.entry(Sets::Environment).0));
    }
}

fn keep(
    (entry, variables): (Entry, Vec<String>),
    entries: &mut Vec<Entry>,
    wanted: &mut Vec<(String, Sets)>,
) {
    wanted.extend(variables.into_iter().map(|variable| (variable, entry.sets)));
    entries.push(entry);
}

/// A key is read from a few variables; a file that names more is not followed further.
const MOST_VARIABLES: usize = 16;
