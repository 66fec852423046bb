//! Whether a setting's value is one key as it stands, so that a ring can take it over.
//!
//! The other readings here look for anything that may be a key. This one answers for what signs today: a text that is cut,
//! filled in, joined with others or chosen among them is another key than the literal that stands in the source.

use std::collections::BTreeSet;

use ruff_python_ast::{BoolOp, Expr, ExprBoolOp, ExprCall, FStringPart, Operator};

use super::expression::{Reading, called, is_load, is_variable};
use super::literal::{elements, fold, name};
use super::{KeySource, Sets};
use crate::python::dotted;

/// Decides for one file, in which some names of lookups mean something else.
pub(super) struct Exact<'a> {
    /// Names that the file gives a meaning of its own.
    pub(super) own: &'a BTreeSet<String>,
}

impl Exact<'_> {
    /// Whether the value of a setting, whose reading this is, is what was read there and nothing else.
    pub(super) fn is(&self, sets: Sets, value: &Expr, reading: &Reading) -> bool {
        match sets {
            Sets::Key | Sets::Both => self.is_key(value),
            Sets::Fallbacks => is_keys(value) || is_environment_alone(reading),
            Sets::Environment => is_literal(value) || is_declaration(value),
        }
    }

    fn is_key(&self, value: &Expr) -> bool {
        match value {
            Expr::Name(_) | Expr::NoneLiteral(_) => true,
            Expr::BoolOp(choice) => self.is_lookup_or_key(choice),
            Expr::Subscript(item) => self.is_environment(&item.value) && is_name(&item.slice),
            Expr::Call(call) => match called_plainly(call) {
                Some("str") => matches!(&*call.arguments.args, [only] if self.is_key(only)),
                _ => is_loaded(call) || self.is_drawn(call) || self.is_lookup(call),
            },
            _ => is_literal(value),
        }
    }

    /// `os.environ.get("X") or "…"`
    fn is_lookup_or_key(&self, choice: &ExprBoolOp) -> bool {
        let [Expr::Call(lookup), default] = &*choice.values else { return false };
        let has_no_default = lookup.arguments.args.len() == 1 && lookup.arguments.keywords.is_empty();
        choice.op == BoolOp::Or && has_no_default && self.is_lookup(lookup) && self.is_default(default)
    }

    /// `os.environ.get("X", "…")`, `getenv("X")`, `env("X", default="…")`, `config("X", default="…", cast=str)`
    fn is_lookup(&self, call: &ExprCall) -> bool {
        let Some(path) = dotted(&call.func).filter(|path| LOOKUPS.contains(&path.as_str())) else {
            return false;
        };
        let [variable, positional @ ..] = &*call.arguments.args else { return false };
        let keywords = call.arguments.keywords.iter();
        let named = keywords
            .map(|keyword| (keyword.arg.as_ref().map(ruff_python_ast::Identifier::as_str), &keyword.value));
        let arguments = positional.iter().map(|value| (Some("default"), value)).chain(named);
        let mut defaults = 0;
        let is_plain = arguments.into_iter().all(|(argument, value)| match argument {
            Some("default") => {
                defaults += 1;
                self.is_default(value) && !(path.split('.').next() == Some("env") && is_reference(value))
            }
            Some("cast") => matches!(value, Expr::Name(cast) if cast.id == "str"),
            _ => false,
        });
        self.means_what_it_says(&path) && is_name(variable) && is_plain && defaults < 2
    }

    fn is_default(&self, value: &Expr) -> bool {
        let is_drawn = |call: &ExprCall| self.is_drawn(call);
        value.is_none_literal_expr() || is_literal(value) || value.as_call_expr().is_some_and(is_drawn)
    }

    /// A key that is made anew at each start. Not one that is made once and kept in a file.
    fn is_drawn(&self, call: &ExprCall) -> bool {
        let last = called(&call.func);
        DRAWS.contains(&last) && !self.own.contains(last)
    }

    fn is_environment(&self, expr: &Expr) -> bool {
        dotted(expr).is_some_and(|path| {
            matches!(path.as_str(), "os.environ" | "environ") && self.means_what_it_says(&path)
        })
    }

    fn means_what_it_says(&self, path: &str) -> bool {
        !path.split('.').next().is_some_and(|root| self.own.contains(root))
    }
}

/// The name that a lookup begins with, which may be imported from anywhere: `env` of `env.str("X")`.
pub(super) fn helper(value: &Expr) -> Option<String> {
    let inside = match value {
        Expr::BoolOp(choice) => choice.values.first()?,
        Expr::Call(call) if called_plainly(call) == Some("str") => call.arguments.args.first()?,
        _ => value,
    };
    let path = match inside {
        Expr::Call(call) => dotted(&call.func)?,
        Expr::Subscript(item) => dotted(&item.value)?,
        _ => return None,
    };
    path.split('.').next().map(str::to_owned)
}

/// What makes a name of a lookup mean what it says: `env = environ.Env(…)`, `config = AutoConfig()`.
pub(super) fn makes_lookup(value: &Expr) -> bool {
    value.as_call_expr().is_some_and(|call| match called(&call.func) {
        "Env" => true,
        "AutoConfig" => call.arguments.is_empty(),
        _ => false,
    })
}

/// Literals alone, side by side or added: what they fold to is the value.
pub(super) fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) => fold(expr).is_some(),
        Expr::FString(string) => string.value.iter().all(|part| match part {
            FStringPart::Literal(_) => true,
            FStringPart::FString(part) => part.elements.iter().all(|element| element.as_literal().is_some()),
        }),
        Expr::BinOp(sum) => sum.op == Operator::Add && is_literal(&sum.left) && is_literal(&sum.right),
        _ => false,
    }
}

/// `(str, "…")`, as `Env(SECRET_KEY=(str, "…"))` declares a default.
fn is_declaration(value: &Expr) -> bool {
    matches!(elements(value), Some([Expr::Name(cast), default]) if cast.id == "str" && is_literal(default))
}

fn is_keys(value: &Expr) -> bool {
    !value.is_set_expr() && elements(value).is_some_and(|keys| keys.iter().all(is_literal))
}

/// Whatever becomes of them, the keys come from variables, and there are none where these are not set.
fn is_environment_alone(reading: &Reading) -> bool {
    let is_environment = |source: &KeySource| matches!(source, KeySource::Environment { .. });
    !reading.sources.is_empty()
        && reading.sources.iter().all(is_environment)
        && reading.literals.is_empty()
        && reading.variables.is_empty()
}

fn is_loaded(call: &ExprCall) -> bool {
    dotted(&call.func).is_some_and(|path| is_load(&path))
}

fn called_plainly(call: &ExprCall) -> Option<&str> {
    call.func.as_name_expr().map(|function| function.id.as_str())
}

fn is_name(expr: &Expr) -> bool {
    name(expr).is_some_and(is_variable)
}

/// django-environ takes a text that begins with `$` for the name of another variable.
fn is_reference(value: &Expr) -> bool {
    fold(value).is_some_and(|text| text.expose().starts_with('$'))
}

/// Lookups that give the variable's text as it is.
const LOOKUPS: [&str; 9] = [
    "os.environ.get",
    "environ.get",
    "os.getenv",
    "getenv",
    "env",
    "env.str",
    "env.get_value",
    "config",
    "decouple.config",
];

const DRAWS: [&str; 4] = ["get_random_secret_key", "get_random_string", "token_urlsafe", "token_hex"];
