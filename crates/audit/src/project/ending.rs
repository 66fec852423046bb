//! What a path ends in, as far as the source says: `BASE_DIR / "conf" / ".env"` ends in `conf/.env`, wherever `BASE_DIR` is.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ruff_python_ast::{
    Expr, ExprAttribute, ExprBinOp, ExprCall, ExprFString, FStringPart, InterpolatedStringElement, Operator,
};

use crate::python::dotted;
use crate::settings::called;

/// What each name of a module is set to, wherever that stands.
pub(super) type Values<'a> = BTreeMap<&'a str, Vec<&'a Expr>>;

/// The end of a path. Below a folder that only running the source gives away it is empty, or begins with `/`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ending {
    text: String,
    is_below: bool,
}

impl Ending {
    /// The end of the path that an expression makes. None where any part of it may come from elsewhere: the environment, the
    /// machine, the user. What is known to be harmless stands in a list; what is not counts as elsewhere.
    pub(super) fn of(expr: &Expr, values: &Values<'_>) -> Option<Self> {
        Evaluation { values, steps: MOST_STEPS, within: Vec::new() }.ending(expr)
    }

    /// The nearest .env, which is read where none is named.
    pub(super) fn nearest() -> Self {
        Self { text: "/.env".to_owned(), is_below: true }
    }

    /// The path, without the folder that it is below. None where nothing of it is known.
    pub(super) fn name(&self) -> Option<PathBuf> {
        let text = if self.is_below { self.text.trim_start_matches('/') } else { &self.text };
        (!text.is_empty()).then(|| PathBuf::from(text))
    }

    fn literal(text: &str) -> Self {
        Self { text: text.to_owned(), is_below: false }
    }

    fn folder() -> Self {
        Self { text: String::new(), is_below: true }
    }

    /// `self / other`.
    fn join(self, other: Self) -> Self {
        let is_empty = self.text.is_empty() && !self.is_below;
        if is_empty || other.is_below || other.text.starts_with('/') {
            return other;
        }
        Self { text: format!("{}/{}", self.text.trim_end_matches('/'), other.text), ..self }
    }

    /// `self + other`: the name of the folder must be over before the text begins.
    fn append(self, other: Self) -> Option<Self> {
        match (self.text.is_empty(), self.is_below) {
            (true, false) => Some(other),
            _ if other.is_below => None,
            (true, true) if !other.text.is_empty() && !other.text.starts_with('/') => None,
            _ => Some(Self { text: self.text + &other.text, ..self }),
        }
    }

    /// The folder that it is in.
    fn parent(self) -> Self {
        match self.text.rfind('/') {
            Some(at) => Self { text: self.text[..at].to_owned(), ..self },
            None => Self::folder(),
        }
    }
}

struct Evaluation<'a> {
    values: &'a Values<'a>,
    /// How many more expressions are looked at.
    steps: usize,
    /// The names whose values are being looked at.
    within: Vec<&'a str>,
}

impl<'a> Evaluation<'a> {
    fn ending(&mut self, expr: &'a Expr) -> Option<Ending> {
        self.steps = self.steps.checked_sub(1)?;
        match expr {
            Expr::StringLiteral(text) => Some(Ending::literal(text.value.to_str())),
            Expr::FString(string) => self.formatted(string),
            Expr::Named(named) => self.ending(&named.value),
            Expr::Name(name) => self.named(name.id.as_str()),
            Expr::Attribute(attribute) => self.attribute(attribute),
            Expr::BinOp(operation) => self.operation(operation),
            Expr::Call(call) => self.call(call),
            // `Path(__file__).parents[2]`
            Expr::Subscript(subscript) => match &*subscript.value {
                Expr::Attribute(all) if all.attr.as_str() == "parents" => {
                    self.ending(&all.value).filter(|ending| *ending == Ending::folder())
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn formatted(&mut self, string: &'a ExprFString) -> Option<Ending> {
        let mut whole = Ending::literal("");
        for part in &string.value {
            match part {
                FStringPart::Literal(literal) => whole = whole.append(Ending::literal(literal))?,
                FStringPart::FString(string) => {
                    for element in &string.elements {
                        whole = whole.append(self.element(element)?)?;
                    }
                }
            }
        }
        Some(whole)
    }

    fn element(&mut self, element: &'a InterpolatedStringElement) -> Option<Ending> {
        match element {
            InterpolatedStringElement::Literal(literal) => Some(Ending::literal(&literal.value)),
            InterpolatedStringElement::Interpolation(value) if value.format_spec.is_none() => {
                self.ending(&value.expression)
            }
            InterpolatedStringElement::Interpolation(_) => None,
        }
    }

    /// A name that is set more than once has to end in the same each time.
    fn named(&mut self, name: &'a str) -> Option<Ending> {
        let values = self.values.get(name).filter(|_| !self.within.contains(&name));
        let Some(values) = values else { return is_folder(name).then(Ending::folder) };
        self.within.push(name);
        let endings: Option<Vec<Ending>> = values.iter().map(|value| self.ending(value)).collect();
        self.within.pop();
        let mut endings = endings?;
        let first = endings.pop()?;
        endings.iter().all(|other| *other == first).then_some(first)
    }

    fn attribute(&mut self, attribute: &'a ExprAttribute) -> Option<Ending> {
        match (attribute.attr.as_str(), &*attribute.value) {
            ("parent", path) => self.ending(path).map(Ending::parent),
            ("sep", _) => Some(Ending::literal("/")),
            // `base.BASE_DIR`
            (name, Expr::Name(module)) if !self.values.contains_key(module.id.as_str()) => {
                is_folder(name).then(Ending::folder)
            }
            _ => None,
        }
    }

    fn operation(&mut self, operation: &'a ExprBinOp) -> Option<Ending> {
        let left = self.ending(&operation.left)?;
        match (operation.op, &*operation.right) {
            (Operator::Div, right) => Some(left.join(self.ending(right)?)),
            (Operator::Add, right) => left.append(self.ending(right)?),
            // `environ.Path(__file__) - 3`
            (Operator::Sub, Expr::NumberLiteral(_)) => (left == Ending::folder()).then_some(left),
            _ => None,
        }
    }

    fn call(&mut self, call: &'a ExprCall) -> Option<Ending> {
        let arguments = &call.arguments.args;
        let receiver = call.func.as_attribute_expr().map(|function| &*function.value);
        match (called(&call.func), receiver) {
            ("find_dotenv", _) => {
                argument(call, "filename").map_or_else(|| Some(Ending::nearest()), |name| self.ending(name))
            }
            ("str" | "open", None) => self.joined(Ending::literal(""), arguments),
            ("join", Some(Expr::StringLiteral(between))) if between.value.to_str() == "/" => {
                self.listed(arguments)
            }
            ("join", Some(Expr::Attribute(between))) if between.attr.as_str() == "sep" => {
                self.listed(arguments)
            }
            (name, _) if FUNCTIONS.contains(&name) && dotted(&call.func).is_some() => {
                self.joined(Ending::literal(""), arguments)
            }
            ("dirname", _) => self.ending(arguments.first()?).map(Ending::parent),
            (name, Some(path)) if SAME.contains(&name) => self.ending(path),
            ("joinpath" | "path", Some(path)) => {
                let path = self.ending(path)?;
                self.joined(path, arguments)
            }
            ("with_name", Some(path)) => {
                let folder = self.ending(path)?.parent();
                self.joined(folder, arguments)
            }
            // django-environ: `root = environ.Path(__file__) - 3`, then `root(".env")`.
            (name, None) if self.values.contains_key(name) => {
                let folder = self.named(name)?;
                self.joined(folder, arguments)
            }
            _ => None,
        }
    }

    fn joined(&mut self, folder: Ending, parts: &'a [Expr]) -> Option<Ending> {
        parts.iter().try_fold(folder, |folder, part| Some(folder.join(self.ending(part)?)))
    }

    /// `"/".join([BASE_DIR, ".env"])`
    fn listed(&mut self, arguments: &'a [Expr]) -> Option<Ending> {
        let parts = match arguments {
            [Expr::List(list)] => &list.elts,
            [Expr::Tuple(tuple)] => &tuple.elts,
            _ => return None,
        };
        self.joined(Ending::literal(""), parts)
    }
}

/// The first argument, or the one of that name.
pub(super) fn argument<'a>(call: &'a ExprCall, name: &str) -> Option<&'a Expr> {
    let named = call.arguments.keywords.iter();
    let mut named = named.filter(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg == name));
    call.arguments.args.first().or_else(|| named.next().map(|keyword| &keyword.value))
}

/// Whether a name that is set elsewhere reads like one of the project's own folders.
fn is_folder(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    name == "__file__" || has(&FOLDERS) && !has(&PERSONAL)
}

/// Functions and classes that make a path of their arguments and of nothing else.
const FUNCTIONS: [&str; 9] =
    ["Path", "PurePath", "PosixPath", "PurePosixPath", "fspath", "abspath", "realpath", "normpath", "join"];

/// Methods that leave the end of a path as it is.
const SAME: [&str; 3] = ["resolve", "absolute", "as_posix"];

const FOLDERS: [&str; 7] = ["base", "root", "dir", "project", "path", "folder", "here"];
const PERSONAL: [&str; 3] = ["home", "user", "temp"];

/// A path is short; what takes longer to understand was not written for people.
const MOST_STEPS: usize = 200;
