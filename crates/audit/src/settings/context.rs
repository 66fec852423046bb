//! Where a setting stands, and what that says about it.

use ruff_python_ast::{Expr, Stmt};

/// What is around a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// In the body of a class, as class-based settings are.
    pub class: bool,
    /// In a class that says of itself that it holds settings, where names are written in lower case too.
    pub settings_class: bool,
    /// In a function.
    pub function: bool,
    /// Under `if DEBUG` or `if TESTING`: for development only.
    pub debug: bool,
    /// In an `except` handler: used where reading the real key failed.
    pub recovery: bool,
    /// In any branch of an `if`, a `try` or a loop.
    pub conditional: bool,
    /// In the body of a `try`.
    pub tried: bool,
    /// In a branch of an `if` or a loop, or in a handler: what stands there may never run.
    pub chosen: bool,
    /// Under a condition that may well ask whether a variable is set.
    pub guarded: bool,
}

impl Surroundings {
    /// Whether what stands there is carried out whenever the module is, as far as it is there.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        !self.class && !self.function && !self.chosen
    }
}

/// Which branches of an `if` are for debugging or tests only.
pub(super) struct Branches {
    pub(super) body: bool,
    pub(super) otherwise: bool,
    pub(super) mentions_debug: bool,
}

/// Reads a condition: `if DEBUG` and `if not DEBUG`.
pub(super) fn branches(test: &Expr) -> Branches {
    let negated = match test {
        Expr::UnaryOp(not) => asks_for_debug(&not.operand),
        _ => false,
    };
    let body = !negated && asks_for_debug(test);
    Branches { body, otherwise: negated, mentions_debug: body || negated }
}

/// Whether a condition is about debugging or tests: `DEBUG`, `settings.DEBUG`, `"test" in sys.argv`.
pub(super) fn asks_for_debug(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => says_debug(&name.id),
        Expr::Attribute(attribute) => says_debug(&attribute.attr),
        Expr::BoolOp(both) => both.values.iter().any(asks_for_debug),
        Expr::Compare(compare) => {
            asks_for_debug(&compare.left) || compare.comparators.iter().any(asks_for_debug)
        }
        Expr::Call(call) => call.arguments.args.iter().any(asks_for_debug),
        Expr::StringLiteral(text) => says_debug(text.value.to_str()),
        Expr::Subscript(item) => asks_for_debug(&item.slice),
        _ => false,
    }
}

fn says_debug(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words =
        ["debug", "test", "tests", "testing", "pytest", "dev", "development", "local", "ci", "is_dev"];
    words.iter().any(|word| name == *word) || name.ends_with("_debug") || name.ends_with("_testing")
}

/// Whether a class says that it holds settings: `class Production(Configuration)`, `class Settings(BaseSettings)`.
pub(super) fn holds_settings(class: &ruff_python_ast::StmtClassDef) -> bool {
    let bases = class.arguments.iter().flat_map(|arguments| &*arguments.args);
    let names = bases.filter_map(|base| match base {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    });
    names.chain([class.name.as_str()]).any(|name| {
        let name = name.to_ascii_lowercase();
        name.contains("settings") || name.contains("config")
    })
}

/// Whether a statement's own blocks run only sometimes.
pub(super) fn is_conditional(statement: &Stmt) -> bool {
    matches!(statement, Stmt::If(_) | Stmt::Try(_) | Stmt::For(_) | Stmt::While(_) | Stmt::Match(_))
}
