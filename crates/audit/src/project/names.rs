//! What the names of a Python module may stand for, wherever they get their value.

use std::collections::BTreeMap;
use std::ops::Range;

use ruff_python_ast::visitor::{
    Visitor, walk_body, walk_comprehension, walk_except_handler, walk_expr, walk_pattern, walk_stmt,
    walk_with_item,
};
use ruff_python_ast::{
    Comprehension, ExceptHandler, Expr, Identifier, Parameter, Pattern, Stmt, StmtImport, StmtImportFrom,
    WithItem,
};

use crate::python::range;
use crate::settings::{Import, elements};

/// The names of one module.
pub(super) struct Names<'a> {
    bindings: BTreeMap<&'a str, Vec<Binding<'a>>>,
    /// The modules of which it takes over all names.
    pub(super) stars: Vec<Import>,
    /// What holds for the function that is being looked at, or for the whole module.
    within: Range<usize>,
}

struct Binding<'a> {
    within: Range<usize>,
    value: Value<'a>,
}

/// What a name gets.
pub(super) enum Value<'a> {
    /// What an expression gives.
    Is(&'a Expr),
    /// A module, or what has this name there.
    Imported(Import, Option<&'a str>),
    /// Something that only running the module shows.
    Unknown,
}

impl<'a> Names<'a> {
    pub(super) fn of(body: &'a [Stmt]) -> Self {
        let mut names = Self { bindings: BTreeMap::new(), stars: Vec::new(), within: MODULE };
        walk_body(&mut names, body);
        names
    }

    /// All that a name may stand for at a place, and whether it is a name of the module: what the innermost function around
    /// the place sets comes first.
    pub(super) fn at(&self, name: &str, place: usize) -> (Vec<&Value<'a>>, bool) {
        let all = self.bindings.get(name).map_or(&[][..], Vec::as_slice);
        let seen = all.iter().filter(|binding| binding.within.contains(&place));
        let inner = seen.map(|binding| &binding.within).min_by_key(|within| within.len()).unwrap_or(&MODULE);
        let here = all.iter().filter(|binding| binding.within == *inner);
        (here.map(|binding| &binding.value).collect(), *inner == MODULE)
    }

    fn bind(&mut self, name: &'a str, value: Value<'a>) {
        let within = self.within.clone();
        self.bindings.entry(name).or_default().push(Binding { within, value });
    }

    fn hide(&mut self, name: Option<&'a Identifier>) {
        name.into_iter().for_each(|name| self.bind(name, Value::Unknown));
    }

    fn set(&mut self, target: &'a Expr, value: Option<&'a Expr>) {
        match target {
            Expr::Name(name) => self.bind(&name.id, value.map_or(Value::Unknown, Value::Is)),
            Expr::Starred(rest) => self.set(&rest.value, None),
            _ => {
                let targets = elements(target).unwrap_or_default();
                let values = value
                    .filter(|value| !value.is_set_expr())
                    .and_then(elements)
                    .filter(|values| is_one_by_one(targets, values));
                for (at, target) in targets.iter().enumerate() {
                    self.set(target, values.map(|values| &values[at]));
                }
            }
        }
    }

    fn import(&mut self, import: &'a StmtImport) {
        for alias in &import.names {
            let first = alias.name.split('.').next().unwrap_or_default();
            let (bound, module) =
                alias.asname.as_ref().map_or((first, first), |name| (name.as_str(), alias.name.as_str()));
            let module = Import { level: 0, module: module.to_owned() };
            self.bind(bound, Value::Imported(module, None));
        }
    }

    fn import_from(&mut self, import: &'a StmtImportFrom) {
        let module = import.module.as_ref().map_or(String::new(), ToString::to_string);
        let module = Import { level: import.level, module };
        for alias in &import.names {
            match alias.name.as_str() {
                "*" => self.stars.push(module.clone()),
                original => {
                    let bound = alias.asname.as_ref().map_or(original, Identifier::as_str);
                    self.bind(bound, Value::Imported(module.clone(), Some(original)));
                }
            }
        }
    }

    fn inside(&mut self, within: Range<usize>, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.within, within);
        walk(self);
        self.within = outer;
    }
}

impl<'a> Visitor<'a> for Names<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                assign.targets.iter().for_each(|target| self.set(target, Some(&assign.value)));
            }
            Stmt::AnnAssign(assign) => {
                assign.value.iter().for_each(|value| self.set(&assign.target, Some(value)));
            }
            Stmt::AugAssign(assign) => self.set(&assign.target, None),
            Stmt::For(each) => self.set(&each.target, None),
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::ClassDef(class) => self.hide(Some(&class.name)),
            Stmt::Global(global) => {
                self.inside(MODULE, |names| global.names.iter().for_each(|name| names.hide(Some(name))));
            }
            Stmt::FunctionDef(function) => {
                self.hide(Some(&function.name));
                return self.inside(range(function), |names| walk_stmt(names, statement));
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Named(named) => self.set(&named.target, Some(&named.value)),
            Expr::Lambda(_) => return self.inside(range(expr), |names| walk_expr(names, expr)),
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_with_item(&mut self, item: &'a WithItem) {
        item.optional_vars.iter().for_each(|target| self.set(target, Some(&item.context_expr)));
        walk_with_item(self, item);
    }

    fn visit_comprehension(&mut self, each: &'a Comprehension) {
        self.set(&each.target, None);
        walk_comprehension(self, each);
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.hide(Some(&parameter.name));
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(caught) = handler;
        self.hide(caught.name.as_ref());
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        match pattern {
            Pattern::MatchAs(one) => self.hide(one.name.as_ref()),
            Pattern::MatchStar(rest) => self.hide(rest.name.as_ref()),
            Pattern::MatchMapping(mapping) => self.hide(mapping.rest.as_ref()),
            _ => {}
        }
        walk_pattern(self, pattern);
    }
}

/// Whether each target gets the value that stands in its place.
fn is_one_by_one(targets: &[Expr], values: &[Expr]) -> bool {
    targets.len() == values.len() && !targets.iter().chain(values).any(Expr::is_starred_expr)
}

/// The place of everything that is outside functions.
const MODULE: Range<usize> = 0..usize::MAX;
