//! Statements and expressions that set a name.

use std::ops::Range;

use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::context::Surroundings;
use super::exact::{Exact, helper, makes_lookup};
use super::expression::{Reading, called};
use super::literal::{elements, name};
use super::{Entry, Form, LiteralRole, Sets, fallbacks};
use crate::python::{dotted, range};

/// Something that sets a name, whatever the name.
pub(super) struct Found<'a> {
    pub(super) name: &'a str,
    /// It sets the environment's variable of that name.
    pub(super) environment: bool,
    both: bool,
    /// The name gets the value, and not a part of it.
    whole: bool,
    form: Form,
    statement: Range<usize>,
    value: &'a Expr,
    around: Surroundings,
}

/// Which names are about the key.
pub(super) struct Names<'a> {
    pub(super) also: &'a [&'a str],
}

impl Names<'_> {
    pub(super) fn is_key(&self, name: &str) -> bool {
        matches!(name, "SECRET_KEY" | "DJANGO_SECRET_KEY") || self.also.contains(&name)
    }

    fn is_fallbacks(&self, name: &str) -> bool {
        name.strip_suffix("_FALLBACKS").is_some_and(|of| self.is_key(of))
    }

    /// What a setting of this name is.
    pub(super) fn sets(&self, name: &str) -> Option<Sets> {
        match () {
            () if self.is_key(name) => Some(Sets::Key),
            () if self.is_fallbacks(name) => Some(Sets::Fallbacks),
            () => None,
        }
    }

    /// What it sets, if it is about the key.
    pub(super) fn set_by(&self, found: &Found<'_>) -> Option<Sets> {
        let lower = found.around.settings_class.then(|| found.name.to_ascii_uppercase());
        let name = lower.as_deref().unwrap_or(found.name);
        match () {
            () if found.environment => None,
            () if found.both => Some(Sets::Both),
            () => self.sets(name),
        }
    }
}

impl<'a> Found<'a> {
    pub(super) fn in_statement(statement: &'a Stmt, names: &Names<'_>, around: Surroundings) -> Vec<Self> {
        let all = range(statement);
        match statement {
            Stmt::Assign(assign) => {
                let form = if assign.targets.len() > 1 { Form::Shared } else { Form::Assignment };
                let at = Site { statement: all, form, around, whole: true };
                assign.targets.iter().flat_map(|target| at.targets(target, &assign.value, names)).collect()
            }
            Stmt::AnnAssign(assign) => {
                let Some(value) = &assign.value else { return Vec::new() };
                let at = Site { statement: all, form: Form::Annotated, around, whole: true };
                at.targets(&assign.target, value, names)
            }
            Stmt::AugAssign(assign) => {
                let at = Site { statement: all, form: Form::Added, around, whole: false };
                at.targets(&assign.target, &assign.value, names)
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn in_expression(expr: &'a Expr, names: &Names<'_>, around: Surroundings) -> Vec<Self> {
        match expr {
            Expr::Named(named) => {
                let at = Site { statement: range(expr), form: Form::Shared, around, whole: false };
                at.targets(&named.target, &named.value, names)
            }
            Expr::Call(call) => in_call(call, expr, around),
            Expr::Dict(dict) => dict
                .items
                .iter()
                .filter_map(|item| {
                    let name = item.key.as_ref().and_then(name)?;
                    let at = Site { statement: range(item), form: Form::Argument, around, whole: false };
                    (names.is_key(name) && !is_prose(&item.value)).then(|| at.one(name, &item.value, false))
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it gives a variable of the module its value.
    pub(super) fn binds(&self, name: &str) -> bool {
        self.name == name
            && !self.environment
            && !self.both
            && !matches!(self.form, Form::Argument | Form::Item)
    }

    /// The name, where the file gives it a meaning of its own.
    pub(super) fn own(&self) -> Option<&str> {
        (!self.environment && !makes_lookup(self.value)).then_some(self.name)
    }

    pub(super) fn entry(&self, sets: Sets, exact: &Exact<'_>) -> Entry {
        let role = if self.around.recovery { LiteralRole::Default } else { LiteralRole::Value };
        let reading = Reading::of(self.value, role);
        let trap = (sets == Sets::Fallbacks && !self.around.guarded).then(|| fallbacks::trap(self.value));
        Entry {
            sets,
            name: self.name.to_owned(),
            form: self.form,
            statement: self.statement.clone(),
            is_exact: self.whole && exact.is(sets, self.value, &reading),
            helper: helper(self.value),
            sources: reading.sources,
            literals: reading.literals,
            variables: reading.variables,
            trap: trap.flatten(),
            surroundings: self.around,
        }
    }
}

/// Where targets stand.
struct Site {
    statement: Range<usize>,
    form: Form,
    around: Surroundings,
    whole: bool,
}

impl Site {
    fn targets<'a>(&self, target: &'a Expr, value: &'a Expr, names: &Names<'_>) -> Vec<Found<'a>> {
        match target {
            Expr::Name(name) => vec![self.one(&name.id, value, false)],
            Expr::Attribute(attribute) => vec![self.item(attribute.attr.as_str(), value, false)],
            Expr::Subscript(item) => {
                let environment = dotted(&item.value).is_some_and(|path| path.ends_with("environ"));
                name(&item.slice).map(|name| self.item(name, value, environment)).into_iter().collect()
            }
            _ => self.unpacked(elements(target).unwrap_or_default(), value, names),
        }
    }

    /// `SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()`, or a tuple on both sides.
    fn unpacked<'a>(&self, targets: &'a [Expr], value: &'a Expr, names: &Names<'_>) -> Vec<Found<'a>> {
        let bound: Vec<&str> =
            targets.iter().filter_map(|target| Some(target.as_name_expr()?.id.as_str())).collect();
        if let [key, fallbacks] = *bound
            && names.is_key(key)
            && names.is_fallbacks(fallbacks)
            && value.is_call_expr()
        {
            return vec![Found { both: true, ..self.one(key, value, false) }];
        }
        let shared = |whole| Self {
            statement: self.statement.clone(),
            form: Form::Shared,
            around: self.around,
            whole: self.whole && whole,
        };
        match elements(value) {
            Some(values) if values.len() == targets.len() => targets
                .iter()
                .zip(values)
                .flat_map(|(target, value)| shared(true).targets(target, value, names))
                .collect(),
            _ => bound.into_iter().map(|name| shared(false).one(name, value, false)).collect(),
        }
    }

    fn item<'a>(&self, name: &'a str, value: &'a Expr, environment: bool) -> Found<'a> {
        Found { form: Form::Item, whole: false, ..self.one(name, value, environment) }
    }

    fn one<'a>(&self, name: &'a str, value: &'a Expr, environment: bool) -> Found<'a> {
        let (statement, form, around) = (self.statement.clone(), self.form, self.around);
        Found { name, environment, both: false, whole: self.whole, form, statement, value, around }
    }
}

/// `os.environ.setdefault("SECRET_KEY", …)`, `settings.configure(SECRET_KEY=…)`, `Env(SECRET_KEY=(str, …))`.
fn in_call<'a>(call: &'a ExprCall, expr: &'a Expr, around: Surroundings) -> Vec<Found<'a>> {
    let last = called(&call.func);
    let site = |statement, whole| Site {
        statement,
        form: Form::Argument,
        around: Surroundings { recovery: true, ..around },
        whole,
    };
    if last == "setdefault" {
        let [first, value] = &*call.arguments.args else { return Vec::new() };
        let environment = is_environment(&call.func);
        let set = name(first).map(|name| site(range(expr), environment).one(name, value, environment));
        return set.into_iter().collect();
    }
    if ADDS.contains(&last) {
        return added_to(call, expr, around).into_iter().collect();
    }
    if !takes_settings(last) {
        return Vec::new();
    }
    // What a lookup gives where the environment has nothing, just as `os.environ.setdefault` says it.
    let default = last.ends_with("Env");
    let keywords = call.arguments.keywords.iter().filter_map(|keyword| {
        let mut site = site(range(keyword), default);
        site.around.recovery = around.recovery || default;
        Some(site.one(keyword.arg.as_ref()?.as_str(), &keyword.value, default))
    });
    keywords.collect()
}

/// `SECRET_KEY_FALLBACKS.append(…)`
fn added_to<'a>(call: &'a ExprCall, expr: &'a Expr, around: Surroundings) -> Option<Found<'a>> {
    let list = call.func.as_attribute_expr()?.value.as_name_expr()?;
    let at = Site { statement: range(expr), form: Form::Added, around, whole: false };
    Some(at.one(&list.id, call.arguments.args.last()?, false))
}

fn is_environment(func: &Expr) -> bool {
    func.as_attribute_expr()
        .and_then(|method| dotted(&method.value))
        .is_some_and(|path| path.ends_with("environ"))
}

/// Not `override_settings(SECRET_KEY=…)` and `self.settings(…)`, which hold for the time of one test.
fn takes_settings(function: &str) -> bool {
    matches!(function, "configure" | "Env" | "FileAwareEnv" | "dict" | "update" | "Settings" | "setdefaults")
}

/// Methods of a list that put something in.
const ADDS: [&str; 3] = ["append", "extend", "insert"];

/// Whether a dictionary's value is a description rather than a key.
fn is_prose(value: &Expr) -> bool {
    name(value).is_some_and(|text| text.trim().contains(char::is_whitespace))
}
