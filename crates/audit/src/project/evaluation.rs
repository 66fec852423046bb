//! From an expression to the path that it makes, across the modules of a project. Nothing is run.

use std::path::{Path, PathBuf};

use ruff_python_ast::{
    Expr, ExprAttribute, ExprBinOp, ExprCall, ExprFString, FStringPart, InterpolatedStringElement, Number,
    Operator,
};

use super::ending::Ending;
use super::names::{Names, Value};
use crate::python::{dotted, range};
use crate::settings::{called, elements};

/// The path that an expression in a file makes. None where any part of it may come from elsewhere: the environment, the
/// machine, the user. What is known to be harmless stands in a list; what is not counts as elsewhere.
pub(super) fn evaluated(expr: &Expr, file: &Path, names: &Names<'_>) -> Option<Ending> {
    let mut trail = Trail { steps: MOST_STEPS, files: MOST_FILES, within: Vec::new(), asked: Vec::new() };
    Evaluation { file, names, trail: &mut trail }.ending(expr)
}

/// What is looked at, and where.
pub(super) struct Evaluation<'a, 't> {
    pub(super) file: &'a Path,
    pub(super) names: &'a Names<'a>,
    pub(super) trail: &'t mut Trail,
}

/// What was looked at on the way.
pub(super) struct Trail {
    /// How many more expressions are looked at.
    steps: usize,
    /// How many more files are opened.
    pub(super) files: usize,
    /// The names whose values are being looked at, with the file they are in, and which of the values it is.
    pub(super) within: Vec<(PathBuf, String, usize)>,
    /// The names that other files are being asked for: modules may take each other over.
    pub(super) asked: Vec<(PathBuf, String)>,
}

impl<'a> Evaluation<'a, '_> {
    pub(super) fn ending(&mut self, expr: &'a Expr) -> Option<Ending> {
        self.trail.steps = self.trail.steps.checked_sub(1)?;
        match expr {
            Expr::StringLiteral(text) => Some(Ending::literal(text.value.to_str())),
            Expr::FString(string) => self.formatted(string),
            Expr::Named(named) => self.ending(&named.value),
            Expr::Name(name) => self.named(name.id.as_str(), range(name).start),
            Expr::Attribute(attribute) => self.attribute(attribute),
            Expr::BinOp(operation) => self.operation(operation),
            Expr::Call(call) => self.call(call),
            // `Path(__file__).parents[2]`
            Expr::Subscript(subscript) => match &*subscript.value {
                Expr::Attribute(all) if all.attr.as_str() == "parents" => {
                    let levels = number(&subscript.slice)?;
                    self.above(&all.value, levels.checked_add(1)?)
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

    fn attribute(&mut self, attribute: &'a ExprAttribute) -> Option<Ending> {
        match (attribute.attr.as_str(), &*attribute.value) {
            ("parent", path) => self.above(path, 1),
            ("sep", _) => Some(Ending::literal("/")),
            (name, Expr::Name(module)) => self.of_module(&module.id, range(module).start, name),
            _ => None,
        }
    }

    fn above(&mut self, path: &'a Expr, levels: usize) -> Option<Ending> {
        let path = self.ending(path)?;
        (0..levels).try_fold(path, |path, _| path.parent())
    }

    fn operation(&mut self, operation: &'a ExprBinOp) -> Option<Ending> {
        match (operation.op, &*operation.right) {
            (Operator::Div, right) => Some(self.ending(&operation.left)?.join(self.ending(right)?)),
            (Operator::Add, right) => self.ending(&operation.left)?.append(self.ending(right)?),
            // `environ.Path(__file__) - 3`
            (Operator::Sub, right) => self.above(&operation.left, number(right)?),
            _ => None,
        }
    }

    fn call(&mut self, call: &'a ExprCall) -> Option<Ending> {
        let arguments = &call.arguments.args;
        let receiver = call.func.as_attribute_expr().map(|function| &*function.value);
        match (called(&call.func), receiver) {
            (name, None) if self.is_own(name, call) => None,
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
                let path = self.joined(Ending::literal(""), arguments)?;
                Some(followed(name, path))
            }
            ("dirname", _) => self.above(arguments.first()?, 1),
            (name, Some(path)) if SAME.contains(&name) => self.ending(path).map(|path| followed(name, path)),
            ("joinpath" | "path", Some(path)) => {
                let path = self.ending(path)?;
                self.joined(path, arguments)
            }
            ("with_name", Some(path)) => {
                let folder = self.above(path, 1)?;
                self.joined(folder, arguments)
            }
            // django-environ: `root = environ.Path(__file__) - 3`, then `root(".env")`.
            (name, None) if !self.names.at(name, range(call).start).0.is_empty() => {
                let folder = self.named(name, range(call).start)?;
                self.joined(folder, arguments)
            }
            _ => None,
        }
    }

    /// A function of the project's own, whatever its name.
    fn is_own(&self, name: &str, call: &ExprCall) -> bool {
        let values = self.names.at(name, range(call).start).0;
        values.iter().any(|value| matches!(value, Value::Unknown))
    }

    fn joined(&mut self, folder: Ending, parts: &'a [Expr]) -> Option<Ending> {
        parts.iter().try_fold(folder, |folder, part| Some(folder.join(self.ending(part)?)))
    }

    /// `"/".join([BASE_DIR, ".env"])`
    fn listed(&mut self, arguments: &'a [Expr]) -> Option<Ending> {
        let [parts] = arguments else { return None };
        self.joined(Ending::literal(""), elements(parts).filter(|_| !parts.is_set_expr())?)
    }
}

/// The first argument, or the one of that name.
pub(super) fn argument<'a>(call: &'a ExprCall, name: &str) -> Option<&'a Expr> {
    let named = call.arguments.keywords.iter();
    let mut named = named.filter(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg == name));
    call.arguments.args.first().or_else(|| named.next().map(|keyword| &keyword.value))
}

fn number(expr: &Expr) -> Option<usize> {
    let Number::Int(number) = &expr.as_number_literal_expr()?.value else { return None };
    number.as_usize().filter(|number| *number < DEEPEST)
}

fn followed(function: &str, path: Ending) -> Ending {
    match function {
        "resolve" | "realpath" => path.resolved(),
        "absolute" | "abspath" => path.absolute(),
        _ => path,
    }
}

/// Functions and classes that make a path of their arguments and of nothing else.
const FUNCTIONS: [&str; 9] =
    ["Path", "PurePath", "PosixPath", "PurePosixPath", "fspath", "abspath", "realpath", "normpath", "join"];

/// Methods that leave the end of a path as it is.
const SAME: [&str; 3] = ["resolve", "absolute", "as_posix"];

/// A path is short; what takes longer to understand was not written for people.
const MOST_STEPS: usize = 200;
const MOST_FILES: usize = 32;

/// No folder is deeper.
const DEEPEST: usize = 64;
