//! What the right-hand side of a setting reads, and which keys it holds.

use std::ops::Range;

use keybaton_core::SecretText;
use ruff_python_ast::{Expr, ExprCall, FStringPart};

use super::literal::{UNCHANGING, WRAPPERS, elements, fold, name};
use super::{Default, KeySource, Literal, LiteralRole};
use crate::python::{dotted, range};

/// What was found in one expression.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) sources: Vec<KeySource>,
    pub(super) literals: Vec<Literal>,
    /// Variables whose value the expression takes over.
    pub(super) variables: Vec<String>,
}

/// How an expression stands in the one around it.
#[derive(Clone, Copy)]
struct As {
    role: LiteralRole,
    debug: bool,
    depth: usize,
}

impl Reading {
    /// Reads the value of a setting. `role` says what a bare literal in it would be.
    pub(super) fn of(expr: &Expr, role: LiteralRole) -> Self {
        let mut reading = Self::default();
        reading.read(expr, As { role, debug: false, depth: DEEPEST });
        reading
    }

    fn read(&mut self, expr: &Expr, place: As) {
        let Some(depth) = place.depth.checked_sub(1) else { return };
        let place = As { depth, ..place };
        if let Some(text) = fold(expr) {
            return self.literal(expr, text, place);
        }
        match expr {
            Expr::Name(name) => self.variables.push(name.id.to_string()),
            Expr::BoolOp(choice) => self.read_choice(&choice.values, place),
            Expr::If(choice) => self.read_condition(choice, place),
            Expr::Call(call) => self.read_call(call, place),
            Expr::Subscript(item) => self.read_item(item, place),
            Expr::Named(named) => self.read(&named.value, place),
            Expr::Await(awaited) => self.read(&awaited.value, place),
            Expr::Starred(starred) => self.read(&starred.value, place),
            Expr::Lambda(lambda) => self.read(&lambda.body, place),
            Expr::BinOp(sum) => [&sum.left, &sum.right].into_iter().for_each(|part| self.read(part, place)),
            Expr::FString(string) => self.read_f_string(string, place),
            Expr::Dict(dict) => dict.items.iter().for_each(|item| self.read(&item.value, place)),
            Expr::ListComp(list) => list.generators.iter().for_each(|part| self.read(&part.iter, place)),
            Expr::Generator(list) => list.generators.iter().for_each(|part| self.read(&part.iter, place)),
            Expr::NoneLiteral(_) | Expr::EllipsisLiteral(_) => {}
            _ => match elements(expr) {
                Some(parts) => parts.iter().for_each(|part| self.read(part, place)),
                None => self.sources.push(KeySource::Unknown),
            },
        }
    }

    fn literal(&mut self, expr: &Expr, text: SecretText, place: As) {
        if text.expose().trim().is_empty() {
            return;
        }
        if place.role == LiteralRole::Value {
            self.sources.push(KeySource::Literal);
        }
        self.literals.push(Literal { range: range(expr), text, role: place.role, debug: place.debug });
    }

    /// `a or b`: what comes after the first is used only when that is missing.
    fn read_choice(&mut self, values: &[Expr], place: As) {
        for (at, value) in values.iter().enumerate() {
            let role = if at == 0 { place.role } else { LiteralRole::Default };
            self.read(value, As { role, ..place });
        }
    }

    fn read_condition(&mut self, choice: &ruff_python_ast::ExprIf, place: As) {
        let debug = super::context::asks_for_debug(&choice.test);
        let place = As { role: LiteralRole::Default, ..place };
        self.read(&choice.body, As { debug: place.debug || debug, ..place });
        self.read(&choice.orelse, place);
    }

    fn read_item(&mut self, item: &ruff_python_ast::ExprSubscript, place: As) {
        match (dotted(&item.value), name(&item.slice).filter(|name| is_variable(name))) {
            (Some(_), Some(variable)) => self.environment(variable, Default::None),
            (Some(_), None) => self.sources.push(KeySource::Unknown),
            (None, _) => self.read(&item.value, place),
        }
    }

    fn read_call(&mut self, call: &ExprCall, place: As) {
        let path = dotted(&call.func).unwrap_or_default();
        let last = called(&call.func);
        if is_load(&path) {
            return self.sources.push(KeySource::Keybaton { ring: loaded_ring(call) });
        }
        if last == "open" || READS.contains(&last) {
            return self.sources.push(KeySource::File);
        }
        if DRAWS.contains(&last) {
            return self.sources.push(KeySource::Generated);
        }
        match &*call.func {
            Expr::Attribute(method) if UNCHANGING.contains(&last) || last == "split" => {
                self.read(&method.value, place);
            }
            Expr::Attribute(_) if CASTS.contains(&last) => self.read_lookup(call, place),
            _ if WRAPPERS.contains(&last) || PASSES_ON.contains(&last) => self.read_all(call, place),
            _ if HOLDS_DEFAULT.contains(&last) => {
                self.read_all(call, As { role: LiteralRole::Default, ..place });
            }
            _ => self.read_lookup(call, place),
        }
    }

    fn read_all(&mut self, call: &ExprCall, place: As) {
        call.arguments.args.iter().for_each(|argument| self.read(argument, place));
        self.read_default_keywords(call, place);
    }

    /// Any other call is taken for one that looks a name up: `env("X")`, `config("X", default=…)`, `get_secret("X", …)`.
    fn read_lookup(&mut self, call: &ExprCall, place: As) {
        let place = As { role: LiteralRole::Default, ..place };
        let (before, variables) = (self.literals.len(), self.variables.len());
        let mut positional = call.arguments.args.iter();
        let first =
            positional.next().or_else(|| keyword(call, &["name", "var", "var_name", "key", "option"]));
        let variable = first.and_then(name).filter(|name| is_variable(name));
        if variable.is_none() {
            first.into_iter().for_each(|only| self.read_argument(only, place));
        }
        positional.for_each(|default| self.read(default, place));
        self.read_default_keywords(call, place);
        match variable {
            Some(variable) if self.literals.len() > before => self.environment(variable, Default::Literal),
            Some(variable) if self.variables.len() > variables || has_default(call) => {
                self.environment(variable, Default::Other);
            }
            Some(variable) => self.environment(variable, Default::None),
            None => self.sources.push(KeySource::Unknown),
        }
    }

    /// An argument that names no variable: a literal in it is a key only if it is as long as one and no path.
    fn read_argument(&mut self, argument: &Expr, place: As) {
        match fold(argument) {
            Some(text) if !may_be_key(text.expose()) => {}
            _ => self.read(argument, place),
        }
    }

    fn read_default_keywords(&mut self, call: &ExprCall, place: As) {
        for keyword in &call.arguments.keywords {
            if keyword.arg.as_ref().is_some_and(|arg| arg.contains("default") || arg.contains("fallback")) {
                self.read(&keyword.value, As { role: LiteralRole::Default, ..place });
            }
        }
    }

    fn read_f_string(&mut self, string: &ruff_python_ast::ExprFString, place: As) {
        for part in &string.value {
            let FStringPart::FString(part) = part else { continue };
            for element in part.elements.iter().filter_map(|element| element.as_literal()) {
                if may_be_key(&element.value) {
                    let text = SecretText::new(&*element.value);
                    let range: Range<usize> = range(element);
                    self.literals.push(Literal { range, text, role: place.role, debug: place.debug });
                }
            }
        }
        self.sources.push(KeySource::Unknown);
    }

    fn environment(&mut self, variable: &str, default: Default) {
        self.sources.push(KeySource::Environment { variable: variable.to_owned(), default });
    }
}

/// The last name of what is called: `get` of `os.environ.get(…)`, also where something else than names stands before it.
pub(crate) fn called(func: &Expr) -> &str {
    match func {
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        Expr::Name(name) => name.id.as_str(),
        _ => "",
    }
}

/// The value of the first keyword argument that has one of these names.
pub(super) fn keyword<'a>(call: &'a ExprCall, names: &[&str]) -> Option<&'a Expr> {
    let mut keywords = call.arguments.keywords.iter();
    let found =
        keywords.find(|keyword| keyword.arg.as_ref().is_some_and(|arg| names.contains(&arg.as_str())));
    found.map(|keyword| &keyword.value)
}

fn has_default(call: &ExprCall) -> bool {
    call.arguments.args.len() > 1 || keyword(call, &["default", "fallback"]).is_some()
}

pub(crate) fn is_load(path: &str) -> bool {
    path == "keybaton.load"
}

/// The ring that a call of `keybaton.load` names.
pub(crate) fn loaded_ring(call: &ExprCall) -> String {
    let first = call.arguments.args.first().or_else(|| keyword(call, &["name"]));
    first.and_then(name).filter(|name| is_variable(name)).unwrap_or("SECRET_KEY").to_owned()
}

/// Whether a text names a variable and is no key itself: keys mix cases or are longer than any name.
pub(crate) fn is_variable(text: &str) -> bool {
    let mut bytes = text.bytes();
    let begins = bytes.next().is_some_and(|b| b == b'_' || b.is_ascii_alphabetic());
    let one_case =
        !text.bytes().any(|b| b.is_ascii_uppercase()) || !text.bytes().any(|b| b.is_ascii_lowercase());
    begins && one_case && text.len() <= LONGEST_NAME && bytes.all(|b| b == b'_' || b.is_ascii_alphanumeric())
}

fn may_be_key(text: &str) -> bool {
    text.len() >= 16 && !text.contains(['/', '\\', '{', '%']) && !text.trim().contains(char::is_whitespace)
}

const LONGEST_NAME: usize = 40;

/// No setting nests deeper.
const DEEPEST: usize = 32;

const READS: [&str; 7] =
    ["read", "read_text", "read_bytes", "readline", "read_secret", "read_file", "load_secret_file"];

const DRAWS: [&str; 11] = [
    "get_random_secret_key",
    "get_random_string",
    "token_urlsafe",
    "token_hex",
    "token_bytes",
    "uuid4",
    "urandom",
    "choice",
    "choices",
    "randbytes",
    "generate_secret_key",
];

/// Methods of django-environ and environs that look a name up as a type: `env.str("X")`. As bare names they are Python's own.
const CASTS: [&str; 5] = ["str", "bytes", "list", "tuple", "set"];

/// Functions whose arguments are what they return, or are filtered from it.
const PASSES_ON: [&str; 9] =
    ["list", "tuple", "filter", "map", "set", "sorted", "b64decode", "urlsafe_b64decode", "unhexlify"];

/// Declarations whose first argument is a default: pydantic's and dataclasses' fields, django-configurations' values.
const HOLDS_DEFAULT: [&str; 4] = ["Field", "field", "Value", "SecretValue"];
