//! Calls that read a file of variables into the environment, and what they call it.

use std::path::PathBuf;

use ruff_python_ast::visitor::{Visitor, walk_body, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::ending::{Ending, Values, argument};
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
    values: Values<'a>,
}

impl<'a> Reads<'a> {
    pub(super) fn of(body: &'a [Stmt]) -> Vec<Read> {
        let mut reads = Self::default();
        walk_body(&mut reads, body);
        let calls = reads.calls.iter();
        calls
            .map(|call| {
                let nearest = || Some(Ending::nearest());
                let ending = file(call).map_or_else(nearest, |file| Ending::of(file, &reads.values));
                Read { at: range(*call).start, name: ending.and_then(|ending| ending.name()) }
            })
            .collect()
    }

    fn set(&mut self, target: &'a Expr, value: &'a Expr) {
        if let Expr::Name(name) = target {
            self.values.entry(&name.id).or_default().push(value);
        }
    }
}

impl<'a> Visitor<'a> for Reads<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => assign.targets.iter().for_each(|target| self.set(target, &assign.value)),
            Stmt::AugAssign(assign) => self.set(&assign.target, &assign.value),
            Stmt::AnnAssign(assign) => {
                assign.value.iter().for_each(|value| self.set(&assign.target, value));
            }
            _ => {}
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

/// The file that a call names. Without one it is the nearest .env.
fn file(call: &ExprCall) -> Option<&Expr> {
    let named = FILES.iter().find_map(|name| argument(call, name));
    named.filter(|file| !file.is_none_literal_expr())
}

const READERS: [&str; 4] = ["read_env", "load_dotenv", "dotenv_values", "RepositoryEnv"];

/// What they call the file, or the stream that its lines come from.
const FILES: [&str; 3] = ["dotenv_path", "env_file", "stream"];
