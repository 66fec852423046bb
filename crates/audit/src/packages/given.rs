//! What settings get.

use ruff_python_ast::{Expr, ExprCall, ExprDict, Operator};

use super::module::{is_dictionary, is_key_item};
use super::value::{Names, Value};
use crate::python::range;
use crate::settings::{called, name};

/// A setting that gets something.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) setting: String,
    /// The item, where a dictionary gets one.
    pub(super) item: Option<String>,
    pub(super) gets: Gets,
    pub(super) at: usize,
}

/// What a setting gets.
#[derive(Debug)]
pub(super) enum Gets {
    Value(Value),
    /// A dictionary of which all items are known.
    Items,
    /// What nobody can tell.
    Unknown,
}

/// A setting that gets something, before names are known.
pub(super) struct Raw<'a> {
    pub(super) setting: &'a str,
    pub(super) item: Option<&'a str>,
    /// None where it may be anything.
    pub(super) value: Option<&'a Expr>,
    pub(super) at: usize,
}

impl Raw<'_> {
    /// What it comes to: a dictionary is told item by item.
    pub(super) fn given(&self, names: &Names<'_>) -> Vec<Given> {
        let one = |item: Option<&str>, gets, at| Given {
            setting: self.setting.to_owned(),
            item: item.map(str::to_owned),
            gets,
            at,
        };
        match self.value {
            None => vec![one(self.item, Gets::Unknown, self.at)],
            Some(value) if self.item.is_none() && is_dictionary(self.setting) => {
                let mut items = Items { found: Vec::new(), are_all: true };
                items.read(value);
                let mut given: Vec<Given> = items
                    .found
                    .iter()
                    .map(|(item, value)| {
                        one(Some(item), Gets::Value(Value::of(value, names)), range(*value).start)
                    })
                    .collect();
                let has_key = items.found.iter().any(|(item, _)| is_key_item(item));
                let gets = if items.are_all || has_key { Gets::Items } else { Gets::Unknown };
                given.push(one(None, gets, self.at));
                given
            }
            Some(value) => vec![one(self.item, Gets::Value(Value::of(value, names)), self.at)],
        }
    }
}

/// The items of a dictionary, as far as they stand there.
struct Items<'a> {
    found: Vec<(&'a str, &'a Expr)>,
    are_all: bool,
}

impl<'a> Items<'a> {
    fn read(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Dict(dict) => self.read_dict(dict),
            Expr::Call(call) if called(&call.func) == "dict" => self.read_call(call),
            Expr::BinOp(both) if both.op == Operator::BitOr => {
                self.read(&both.left);
                self.read(&both.right);
            }
            Expr::NoneLiteral(_) => {}
            _ => self.are_all = false,
        }
    }

    fn read_dict(&mut self, dict: &'a ExprDict) {
        for item in &dict.items {
            match item.key.as_ref().map(name) {
                Some(Some(key)) => self.found.push((key, &item.value)),
                Some(None) => self.are_all = false,
                None => self.read(&item.value),
            }
        }
    }

    fn read_call(&mut self, call: &'a ExprCall) {
        call.arguments.args.iter().for_each(|argument| self.read(argument));
        for keyword in &call.arguments.keywords {
            match &keyword.arg {
                Some(item) => self.found.push((item.as_str(), &keyword.value)),
                None => self.read(&keyword.value),
            }
        }
    }
}
