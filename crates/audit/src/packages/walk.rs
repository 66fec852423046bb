//! One walk over a file that is about packages, or may hold settings.

use ruff_python_ast::visitor::{Visitor, walk_body, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtImport, StmtImportFrom, StmtTry};

use super::given::{Given, Raw};
use super::module::{APPS, Mention, is_dictionary, is_known, is_watched};
use super::value::Names;
use crate::python::range;
use crate::settings::{Import, Star, Surroundings, called, elements, name};

/// What the walk found.
pub(super) struct Said {
    pub(super) mentions: Vec<Mention>,
    pub(super) given: Vec<Given>,
    pub(super) taken: Vec<Star>,
    pub(super) includes: bool,
    pub(super) is_foreign: bool,
}

#[derive(Default)]
pub(super) struct Walk<'a> {
    names: Names<'a>,
    raw: Vec<Raw<'a>>,
    mentions: Vec<Mention>,
    taken: Vec<Star>,
    includes: bool,
    is_foreign: bool,
    in_function: bool,
    is_tried: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn through(body: &'a [Stmt]) -> Said {
        let mut walk = Self::default();
        walk_body(&mut walk, body);
        let names = &walk.names;
        let given = walk.raw.iter().flat_map(|raw| raw.given(names)).collect();
        let Self { mentions, taken, includes, is_foreign, .. } = walk;
        Said { mentions, given, taken, includes, is_foreign }
    }

    fn import(&mut self, import: &StmtImport) {
        for alias in &import.names {
            self.includes |= alias.name.starts_with("split_settings");
            self.mention(alias.name.to_string(), range(alias).start, true);
        }
    }

    fn import_from(&mut self, import: &StmtImportFrom) {
        let module = import.module.as_ref().map_or("", |module| module.as_str());
        let at = range(import).start;
        self.includes |= module.starts_with("split_settings");
        for alias in &import.names {
            if alias.name.as_str() == "*" || is_watched(&alias.name) {
                self.take(import.level, module, at);
            }
            if import.level == 0 {
                self.mention(format!("{module}.{}", alias.name), at, true);
            }
        }
    }

    /// A setting that is imported by its name brings no more than the star would.
    fn take(&mut self, level: u32, module: &str, at: usize) {
        if !self.in_function {
            let module = Import { level, module: module.to_owned() };
            let surroundings = Surroundings { tried: self.is_tried, ..Surroundings::default() };
            self.taken.push(Star { module, at, surroundings });
        }
    }

    fn mention(&mut self, name: String, at: usize, is_import: bool) {
        if is_known(&name) {
            self.mentions.push(Mention { name, at, is_import });
        }
    }

    fn set(&mut self, target: &'a Expr, value: &'a Expr) {
        let at = range(target).start;
        match target {
            Expr::Name(name) => {
                self.names.entry(&name.id).or_default().push(value);
                self.give(&name.id, None, Some(value), at);
            }
            Expr::Attribute(attribute) => self.give(attribute.attr.as_str(), None, Some(value), at),
            Expr::Subscript(item) => {
                let Some(key) = name(&item.slice) else { return };
                self.give(key, None, Some(value), at);
                self.give(last_name(&item.value), Some(key), Some(value), at);
            }
            _ => self.unpack(elements(target).unwrap_or_default(), value),
        }
    }

    /// `KEY, KEY_FALLBACKS = keybaton.load("KEY")`, or a tuple on both sides.
    fn unpack(&mut self, targets: &'a [Expr], value: &'a Expr) {
        let values = elements(value).filter(|values| values.len() == targets.len());
        for (at, target) in targets.iter().enumerate() {
            self.set(target, values.map_or(value, |values| &values[at]));
        }
    }

    fn give(&mut self, setting: &'a str, item: Option<&'a str>, value: Option<&'a Expr>, at: usize) {
        let is_about_this = if item.is_some() { is_dictionary(setting) } else { is_watched(setting) };
        if is_about_this && !self.in_function {
            self.raw.push(Raw { setting, item, value, at });
        }
    }

    fn call(&mut self, call: &'a ExprCall) {
        let at = range(call).start;
        match (called(&call.func), &*call.arguments.args) {
            ("DjangoDynaconf", _) => self.is_foreign = true,
            ("exec" | "execfile", _) if !self.in_function => self.includes = true,
            ("configure", _) => {
                for keyword in &call.arguments.keywords {
                    match &keyword.arg {
                        Some(setting) if setting != APPS => {
                            self.give(setting.as_str(), None, Some(&keyword.value), at);
                        }
                        _ => {}
                    }
                }
            }
            ("setdefault", [item, value]) => self.give(owner(call), name(item), Some(value), at),
            ("update", [only]) => self.give(owner(call), None, Some(only), at),
            ("update", []) => {
                for keyword in &call.arguments.keywords {
                    let item = keyword.arg.as_ref().map(ruff_python_ast::Identifier::as_str);
                    self.give(owner(call), item, item.map(|_| &keyword.value), at);
                }
            }
            _ => {}
        }
    }

    fn inside_try(&mut self, attempt: &'a StmtTry) {
        let before = std::mem::replace(&mut self.is_tried, true);
        walk_body(self, &attempt.body);
        self.is_tried = before;
        for handler in &attempt.handlers {
            handler.as_except_handler().into_iter().for_each(|handler| walk_body(self, &handler.body));
        }
        walk_body(self, &attempt.orelse);
        walk_body(self, &attempt.finalbody);
    }

    fn inside_function(&mut self, statement: &'a Stmt) {
        let before = std::mem::replace(&mut self.in_function, true);
        walk_stmt(self, statement);
        self.in_function = before;
    }
}

impl<'a> Visitor<'a> for Walk<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => assign.targets.iter().for_each(|target| self.set(target, &assign.value)),
            Stmt::AnnAssign(assign) => {
                assign.value.iter().for_each(|value| self.set(&assign.target, value));
            }
            Stmt::AugAssign(assign) => self.set(&assign.target, &assign.value),
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Try(attempt) => return self.inside_try(attempt),
            Stmt::FunctionDef(function) => {
                self.give(function.name.as_str(), None, None, range(function).start);
                return self.inside_function(statement);
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(text) => {
                self.mention(text.value.to_str().to_owned(), range(expr).start, false);
            }
            Expr::Attribute(attribute) if attribute.attr.as_str() == "FernetSigner" => {
                let name = "django_cryptography.core.signing.FernetSigner".to_owned();
                self.mention(name, range(expr).start, false);
            }
            Expr::Call(call) => self.call(call),
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// `X` of `X.update(…)`.
fn owner(call: &ExprCall) -> &str {
    call.func.as_attribute_expr().map_or("", |method| last_name(&method.value))
}

fn last_name(expr: &Expr) -> &str {
    called(expr)
}
