//! Literals: the text that constant expressions stand for.

use keybaton_core::SecretText;
use ruff_python_ast::{Expr, ExprCall, ExprFString, FStringPart, Operator};
use zeroize::Zeroizing;

/// The text of an expression made of string and bytes literals alone: joined, added, stripped, encoded, wrapped.
pub(super) fn fold(expr: &Expr) -> Option<SecretText> {
    let mut text = Zeroizing::new(String::new());
    append(expr, &mut text, DEEPEST).then(|| SecretText::new(text.as_str()))
}

/// The text of a plain string literal, for what is no secret: names of variables, modules.
pub(crate) fn name(expr: &Expr) -> Option<&str> {
    Some(expr.as_string_literal_expr()?.value.to_str())
}

fn append(expr: &Expr, into: &mut String, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match expr {
        Expr::StringLiteral(string) => {
            into.push_str(string.value.to_str());
            true
        }
        Expr::BytesLiteral(bytes) => {
            let bytes = Zeroizing::new(bytes.value.bytes().collect::<Vec<u8>>());
            std::str::from_utf8(&bytes).map(|text| into.push_str(text)).is_ok()
        }
        Expr::FString(string) => append_f_string(string, into),
        Expr::BinOp(sum) if sum.op == Operator::Add => {
            append(&sum.left, into, depth) && append(&sum.right, into, depth)
        }
        Expr::Call(call) => append_call(call, into, depth),
        _ => false,
    }
}

fn append_f_string(string: &ExprFString, into: &mut String) -> bool {
    string.value.iter().all(|part| match part {
        FStringPart::Literal(literal) => {
            into.push_str(literal.as_str());
            true
        }
        FStringPart::FString(part) => part
            .elements
            .iter()
            .all(|element| element.as_literal().inspect(|literal| into.push_str(&literal.value)).is_some()),
    })
}

/// `"…".strip()`, `"".join(["…"])`, `str("…")`: as far as the text can be told without running anything.
fn append_call(call: &ExprCall, into: &mut String, depth: usize) -> bool {
    match &*call.func {
        Expr::Attribute(method) if method.attr.as_str() == "join" => {
            let joined = call.arguments.args.first().and_then(elements);
            is_empty(&method.value)
                && joined.is_some_and(|parts| parts.iter().all(|part| append(part, into, depth)))
        }
        Expr::Attribute(method) if UNCHANGING.contains(&method.attr.as_str()) => {
            append(&method.value, into, depth) && (!method.attr.ends_with("strip") || is_trim(into))
        }
        Expr::Name(name) if WRAPPERS.contains(&name.id.as_str()) => {
            call.arguments.args.first().is_some_and(|wrapped| append(wrapped, into, depth))
        }
        _ => false,
    }
}

/// Whether stripping leaves a text as it is; where it would not, nothing is said about the key.
fn is_trim(text: &str) -> bool {
    text.trim().len() == text.len()
}

fn is_empty(expr: &Expr) -> bool {
    fold(expr).is_some_and(|text| text.expose().is_empty())
}

/// The elements of a list, a tuple or a set.
pub(crate) fn elements(expr: &Expr) -> Option<&[Expr]> {
    match expr {
        Expr::List(list) => Some(&list.elts),
        Expr::Tuple(tuple) => Some(&tuple.elts),
        Expr::Set(set) => Some(&set.elts),
        _ => None,
    }
}

/// Methods of a string that leave a key as it is.
pub(super) const UNCHANGING: [&str; 7] =
    ["strip", "rstrip", "lstrip", "encode", "decode", "get_secret_value", "__str__"];

/// Functions that return the key that they are given.
pub(super) const WRAPPERS: [&str; 9] = [
    "str",
    "bytes",
    "force_str",
    "force_bytes",
    "force_text",
    "smart_str",
    "SecretStr",
    "SecretBytes",
    "mark_safe",
];

/// No key is put together in more steps.
const DEEPEST: usize = 64;
