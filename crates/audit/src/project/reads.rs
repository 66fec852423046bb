//! Calls that read a file of variables into the environment, and what they call it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ruff_python_ast::visitor::{Visitor, walk_body, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use crate::python::range;
use crate::settings::called;

/// A call that reads a file of variables, and the file's name as far as it is written out.
pub(super) struct Read {
    pub(super) at: usize,
    pub(super) name: Option<PathBuf>,
}

/// Finds such calls, and the variables that their arguments are made of.
#[derive(Default)]
pub(super) struct Reads<'a> {
    calls: Vec<&'a ExprCall>,
    values: BTreeMap<&'a str, &'a Expr>,
}

impl<'a> Reads<'a> {
    pub(super) fn of(body: &'a [Stmt]) -> Vec<Read> {
        let mut reads = Self::default();
        walk_body(&mut reads, body);
        let calls = reads.calls.iter();
        calls
            .filter_map(|call| {
                let argument = argument(call)?;
                let mut parts =
                    Parts { values: &reads.values, depth: DEEPEST, texts: Vec::new(), open: false };
                parts.visit_expr(argument);
                Some(Read { at: range(*call).start, name: parts.name() })
            })
            .collect()
    }
}

impl<'a> Visitor<'a> for Reads<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Assign(assign) = statement
            && let [Expr::Name(name)] = assign.targets.as_slice()
        {
            self.values.insert(&name.id, &assign.value);
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && READERS.contains(&called(&call.func))
        {
            self.calls.push(call);
        }
        walk_expr(self, expr);
    }
}

/// The file that a call names. Without one, or with `find_dotenv()`, it is the nearest .env.
fn argument(call: &ExprCall) -> Option<&Expr> {
    let named = call.arguments.keywords.iter();
    let named = named.filter(|keyword| {
        keyword.arg.as_ref().is_some_and(|arg| matches!(arg.as_str(), "dotenv_path" | "env_file"))
    });
    let argument = call.arguments.args.first().or_else(|| named.map(|keyword| &keyword.value).next())?;
    match argument {
        Expr::Call(search) if called(&search.func) == "find_dotenv" => search.arguments.args.first(),
        Expr::NoneLiteral(_) => None,
        _ => Some(argument),
    }
}

/// The texts that a path is made of, in their order.
struct Parts<'a> {
    values: &'a BTreeMap<&'a str, &'a Expr>,
    depth: usize,
    texts: Vec<String>,
    /// A part comes from where it cannot be seen.
    open: bool,
}

impl Parts<'_> {
    fn name(self) -> Option<PathBuf> {
        let first = self.texts.first()?;
        let others = self.texts[1..].iter().map(|text| text.trim_start_matches('/'));
        (!self.open).then(|| std::iter::once(first.as_str()).chain(others).collect())
    }
}

impl<'a> Visitor<'a> for Parts<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(text) => self.texts.push(text.value.to_str().to_owned()),
            Expr::FString(string) => {
                let literals = string.value.elements().filter_map(|element| element.as_literal());
                self.texts.extend(literals.map(|literal| literal.value.to_string()));
            }
            Expr::Call(call) if ELSEWHERE.contains(&called(&call.func)) => self.open = true,
            Expr::Name(name) if self.depth > 0 => {
                if let Some(value) = self.values.get(name.id.as_str()) {
                    self.depth -= 1;
                    self.visit_expr(value);
                    self.depth += 1;
                }
            }
            _ => walk_expr(self, expr),
        }
    }
}

const READERS: [&str; 4] = ["read_env", "load_dotenv", "dotenv_values", "RepositoryEnv"];

/// Calls whose value depends on who runs it and where.
const ELSEWHERE: [&str; 8] =
    ["get", "getenv", "home", "expanduser", "expandvars", "cwd", "getcwd", "gethostname"];

const DEEPEST: usize = 8;
