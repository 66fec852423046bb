//! The trap in SECRET_KEY_FALLBACKS: an empty key.
//!
//! `"".split(",")` is `[""]`, and with an empty fallback anyone can forge signed cookies and messages. So is
//! `[os.environ.get("OLD_KEY", "")]`, and `[os.environ.get("OLD_KEY")]` is `[None]`, which Django turns into the key `None`.

use std::ops::Range;

use ruff_python_ast::{Expr, ExprCall};

use super::expression::{called, keyword};
use super::literal::{elements, fold};
use crate::python::range;

/// Where a value of SECRET_KEY_FALLBACKS can hold an empty key, if it can.
pub(super) fn trap(value: &Expr) -> Option<Range<usize>> {
    Search { depth: DEEPEST }.within(value)
}

#[derive(Clone, Copy)]
struct Search {
    depth: usize,
}

impl Search {
    fn within(self, expr: &Expr) -> Option<Range<usize>> {
        let inner = Self { depth: self.depth.checked_sub(1)? };
        match expr {
            Expr::Call(call) => inner.within_call(call, expr),
            Expr::ListComp(list) => inner.within_comprehension(&list.generators),
            Expr::SetComp(set) => inner.within_comprehension(&set.generators),
            Expr::Generator(generator) => inner.within_comprehension(&generator.generators),
            Expr::BoolOp(choice) => choice.values.iter().find_map(|value| inner.within(value)),
            Expr::BinOp(sum) => inner.within(&sum.left).or_else(|| inner.within(&sum.right)),
            Expr::Lambda(lambda) => inner.within(&lambda.body),
            Expr::Named(named) => inner.within(&named.value),
            Expr::Starred(starred) => inner.within(&starred.value),
            // `x.split(",") if x else []` asks first.
            Expr::If(_) => None,
            _ => elements(expr)?.iter().find_map(|element| inner.within_element(element)),
        }
    }

    fn within_comprehension(self, generators: &[ruff_python_ast::Comprehension]) -> Option<Range<usize>> {
        generators.iter().filter(|part| part.ifs.is_empty()).find_map(|part| self.within(&part.iter))
    }

    fn within_call(self, call: &ExprCall, expr: &Expr) -> Option<Range<usize>> {
        match called(&call.func) {
            "filter" => None,
            // Without an argument, split drops what is empty.
            "split" | "rsplit" => has_separator(call).then(|| range(expr)),
            _ => {
                let arguments = call.arguments.args.iter();
                arguments.chain(keyword(call, &["cast"])).find_map(|argument| self.within(argument))
            }
        }
    }

    fn within_element(self, element: &Expr) -> Option<Range<usize>> {
        match element {
            Expr::Call(call) if may_be_missing(call) => Some(range(element)),
            _ if fold(element).is_some_and(|text| text.expose().trim().is_empty()) => Some(range(element)),
            Expr::Starred(_) | Expr::Call(_) => self.within(element),
            _ => None,
        }
    }
}

fn has_separator(call: &ExprCall) -> bool {
    let separator = call.arguments.args.first().or_else(|| keyword(call, &["sep"]));
    separator.is_some_and(|separator| !separator.is_none_literal_expr())
}

/// Whether a lookup can give `None` or an empty text: `.get("X")`, `getenv("X")`, `env("X", default="")`.
fn may_be_missing(call: &ExprCall) -> bool {
    let default = call.arguments.args.get(1).or_else(|| keyword(call, &["default", "fallback"]));
    match default {
        Some(default) => {
            default.is_none_literal_expr()
                || fold(default).is_some_and(|text| text.expose().trim().is_empty())
        }
        None => matches!(called(&call.func), "get" | "getenv"),
    }
}

const DEEPEST: usize = 32;
