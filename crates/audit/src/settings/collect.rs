//! One walk over the syntax tree of a settings file.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_body, walk_expr, walk_stmt};
use ruff_python_ast::{ElifElseClause, Expr, Stmt, StmtIf, StmtImport, StmtImportFrom, StmtTry};

use super::context::{Surroundings, branches, holds_settings, is_conditional};
use super::exact::Exact;
use super::expression::called;
use super::target::{Found, Names};
use super::{Borrowed, Entry, Form, Import, Sets, Settings, Star};
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
    opaque: Vec<usize>,
    own: BTreeSet<String>,
    /// The imports of the key itself, under its own name.
    taken: Vec<Entry>,
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
            Stmt::FunctionDef(function) => {
                self.own.insert(function.name.to_string());
                self.inside(|around| around.function = true, statement);
            }
            _ if is_conditional(statement) => {
                self.inside(|around| (around.conditional, around.chosen) = (true, true), statement);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found.extend(Found::in_expression(expr, &self.names, self.around));
        if sets_anything(expr) && !self.around.function {
            self.opaque.push(range(expr).start);
        }
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
            opaque: Vec::new(),
            own: BTreeSet::new(),
            taken: Vec::new(),
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
            |around| {
                (around.debug, around.guarded, around.chosen) = (around.debug || about.body, guards, true);
            },
            &choice.body,
        );
        for ElifElseClause { test, body, .. } in &choice.elif_else_clauses {
            let debug = match test {
                Some(test) => branches(test).body,
                None => about.otherwise,
            };
            self.block(|around| (around.debug, around.chosen) = (around.debug || debug, true), body);
        }
    }

    fn visit_try(&mut self, attempt: &'a StmtTry) {
        self.block(|around| around.tried = true, &attempt.body);
        for handler in &attempt.handlers {
            let Some(handler) = handler.as_except_handler() else { continue };
            self.block(|around| (around.recovery, around.chosen) = (true, true), &handler.body);
        }
        self.block(|around| around.chosen = true, &attempt.orelse);
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
                let (at, surroundings) = (range(import).start, self.around);
                self.stars.push(Star { module: module.clone(), at, surroundings });
                continue;
            }
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            self.taken.extend(self.names.sets(bound).map(|sets| taken(bound, sets, import, self.around)));
            self.imported.insert(bound.as_str(), (module.clone(), alias.name.to_string()));
        }
    }

    /// Keeps what sets the key, and follows the variables it is read from to where they are set.
    fn finish(mut self) -> Settings {
        let mut settings = self.begun();
        let (mut wanted, mut seen) = (Vec::new(), BTreeSet::new());
        for entry in std::mem::take(&mut self.taken) {
            keep(entry, &mut settings.entries, &mut wanted);
        }
        let exact = Exact { own: &settings.own.clone() };
        for found in &self.found {
            if let Some(sets) = self.names.set_by(found) {
                keep(found.entry(sets, &exact), &mut settings.entries, &mut wanted);
            }
        }
        while let Some((name, sets)) = wanted.pop() {
            if !seen.insert(name.clone()) || seen.len() > MOST_VARIABLES {
                continue;
            }
            for found in self.found.iter().filter(|found| found.binds(&name)) {
                keep(found.entry(sets, &exact), &mut settings.entries, &mut wanted);
            }
            settings.borrowed.extend(self.borrowed(&name));
        }
        self.keep_environment(&mut settings, &exact);
        let helpers = settings.entries.iter().filter_map(|entry| entry.helper.as_deref());
        settings.helpers = helpers.filter_map(|name| self.borrowed(name)).collect();
        settings.entries.sort_by_key(|entry| (entry.statement.start, entry.statement.end));
        settings.entries.dedup_by(|a, b| a.statement == b.statement && a.name == b.name);
        settings
    }

    /// What is known before the values are looked at.
    fn begun(&mut self) -> Settings {
        self.own.extend(self.found.iter().filter_map(Found::own).map(str::to_owned));
        Settings {
            stars: std::mem::take(&mut self.stars),
            opaque: std::mem::take(&mut self.opaque),
            own: std::mem::take(&mut self.own),
            ..Settings::default()
        }
    }

    fn borrowed(&self, name: &str) -> Option<Borrowed> {
        let (module, original) = self.imported.get(name).filter(|(_, original)| !original.is_empty())?;
        Some(Borrowed { name: name.to_owned(), module: module.clone(), original: original.clone() })
    }

    /// `os.environ.setdefault("X", …)` matters where the key is read from X.
    fn keep_environment(&self, settings: &mut Settings, exact: &Exact<'_>) {
        let variables: BTreeSet<String> = settings.variables().map(str::to_owned).collect();
        let about = |name: &str| self.names.is_key(name) || variables.contains(name);
        let entries = self.found.iter().filter(|found| found.environment && about(found.name));
        settings.entries.extend(entries.map(|found| found.entry(Sets::Environment, exact)));
    }
}

fn keep(entry: Entry, entries: &mut Vec<Entry>, wanted: &mut Vec<(String, Sets)>) {
    wanted.extend(entry.variables.iter().map(|variable| (variable.clone(), entry.sets)));
    entries.push(entry);
}

/// `from .keys import SECRET_KEY`: the name takes over what it is there.
fn taken(name: &str, sets: Sets, import: &StmtImportFrom, surroundings: Surroundings) -> Entry {
    Entry {
        sets,
        name: name.to_owned(),
        form: Form::Imported,
        statement: range(import),
        sources: Vec::new(),
        literals: Vec::new(),
        variables: vec![name.to_owned()],
        is_exact: true,
        helper: None,
        trap: None,
        surroundings,
    }
}

/// Whether a call may set any name of the module.
fn sets_anything(expr: &Expr) -> bool {
    let function = expr.as_call_expr().and_then(|call| call.func.as_name_expr());
    function.is_some_and(|function| matches!(function.id.as_str(), "exec" | "execfile" | "include"))
        || expr.as_call_expr().is_some_and(|call| called(&call.func) == "DjangoDynaconf")
}

/// A key is read from a few variables; a file that names more is not followed further.
const MOST_VARIABLES: usize = 16;
