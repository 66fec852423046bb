//! Calls that read a file of variables into the environment, and what they call it.

use std::path::Path;

use ruff_python_ast::visitor::{Visitor, walk_body, walk_expr};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::ending::Ending;
use super::evaluation::{argument, evaluated};
use super::names::Names;
use crate::python::range;
use crate::settings::called;

/// A call that reads a file of variables, and the file as far as the source gives it away.
pub(super) struct Read {
    pub(super) at: usize,
    pub(super) file: Option<Ending>,
}

impl Read {
    /// All such calls of a module.
    pub(super) fn all(body: &[Stmt], path: &Path) -> Vec<Self> {
        let mut calls = Calls(Vec::new());
        walk_body(&mut calls, body);
        if calls.0.is_empty() {
            return Vec::new();
        }
        let names = Names::of(body);
        let nearest = || Some(Ending::nearest());
        let read = |call: &ExprCall| Self {
            at: range(call).start,
            file: file(call).map_or_else(nearest, |file| evaluated(file, path, &names)),
        };
        calls.0.into_iter().map(read).collect()
    }
}

struct Calls<'a>(Vec<&'a ExprCall>);

impl<'a> Visitor<'a> for Calls<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && READERS.contains(&called(&call.func))
        {
            self.0.push(call);
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
