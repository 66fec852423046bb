//! Whether what a setting gets is made of SECRET_KEY.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{BoolOp, Expr, ExprCall};

use crate::python::dotted;
use crate::settings::{is_load, is_variable, loaded_ring, name};

/// What is known of a value. Nothing in it is secret.
#[derive(Debug, Default)]
pub(crate) struct Value {
    /// It is SECRET_KEY, or is surely made of it.
    is_key: bool,
    /// The names that it is surely looked up under.
    pub(super) variables: BTreeSet<String>,
    /// It is None or empty, so the setting is as good as not there.
    pub(super) is_nothing: bool,
    /// The texts in it that name an algorithm.
    pub(super) algorithms: Vec<String>,
}

/// The values of a module's own names.
pub(super) type Names<'a> = BTreeMap<&'a str, Vec<&'a Expr>>;

impl Value {
    pub(super) fn of(expr: &Expr, names: &Names<'_>) -> Self {
        let is_nothing = expr.is_none_literal_expr() || name(expr) == Some("");
        let value = Self { is_nothing, ..Self::default() };
        let mut reader = Reader { names, value, followed: BTreeSet::new(), depth: DEEPEST };
        reader.visit_expr(expr);
        reader.value
    }

    /// Whether it is the key, which settings look up under these names.
    pub(super) fn is_key(&self, variables: &BTreeSet<&str>) -> bool {
        self.is_key || self.variables.iter().any(|variable| variables.contains(variable.as_str()))
    }
}

struct Reader<'n, 'a> {
    names: &'n Names<'a>,
    value: Value,
    /// The names that were followed: once is enough.
    followed: BTreeSet<String>,
    depth: usize,
}

impl Visitor<'_> for Reader<'_, '_> {
    fn visit_expr(&mut self, expr: &Expr) {
        let Some(depth) = self.depth.checked_sub(1) else { return };
        self.depth = depth;
        self.read(expr);
        self.depth += 1;
    }
}

impl Reader<'_, '_> {
    fn read(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(name) => self.read_name(&name.id),
            Expr::Attribute(attribute) if is_key(&attribute.attr) => self.value.is_key = true,
            Expr::Subscript(item) => match name(&item.slice).filter(|name| is_variable(name)) {
                Some(variable) => self.variable(variable),
                None => self.visit_expr(&item.value),
            },
            // What comes after the first is used only where that is missing, and nothing here knows whether it is.
            Expr::BoolOp(choice) if choice.op == BoolOp::Or => {
                choice.values.first().into_iter().for_each(|first| self.visit_expr(first));
            }
            Expr::BoolOp(_) | Expr::If(_) | Expr::Compare(_) => {}
            Expr::Call(call) => self.read_call(call),
            Expr::StringLiteral(text) if is_algorithm(text.value.to_str()) => {
                self.value.algorithms.push(text.value.to_str().to_owned());
            }
            _ => walk_expr(self, expr),
        }
    }

    fn read_name(&mut self, name: &str) {
        if is_key(name) {
            self.value.is_key = true;
        } else if self.followed.insert(name.to_owned())
            && let Some([only]) = self.names.get(name).map(Vec::as_slice)
        {
            self.visit_expr(only);
        }
    }

    /// A call that looks a name up gives a default only where there is no such variable; any other makes something of what
    /// it is given.
    fn read_call(&mut self, call: &ExprCall) {
        let path = dotted(&call.func).unwrap_or_default();
        if is_load(&path) {
            return self.variable(&loaded_ring(call));
        }
        let first = call.arguments.args.first().and_then(name).filter(|name| is_variable(name));
        if let Some(variable) = first {
            self.variable(variable);
            return arguments(call).for_each(|default| self.read_algorithm(default));
        }
        self.visit_expr(&call.func);
        arguments(call).for_each(|argument| self.visit_expr(argument));
    }

    fn read_algorithm(&mut self, default: &Expr) {
        let text = name(default).filter(|text| is_algorithm(text));
        self.value.algorithms.extend(text.map(str::to_owned));
    }

    fn variable(&mut self, name: &str) {
        self.value.variables.insert(name.to_owned());
    }
}

fn arguments(call: &ExprCall) -> impl Iterator<Item = &Expr> {
    call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value))
}

fn is_key(name: &str) -> bool {
    matches!(name, "SECRET_KEY" | "SECRET_KEY_FALLBACKS")
}

/// `HS256`, `RS512`, `ES256K`, `EdDSA`.
fn is_algorithm(text: &str) -> bool {
    text == "EdDSA" || ["HS", "RS", "ES", "PS"].iter().any(|kind| text.starts_with(kind)) && text.len() <= 6
}

/// No value nests deeper.
const DEEPEST: usize = 32;
