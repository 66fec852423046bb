//! Django's own AuthenticationMiddleware in a settings file, and keybaton's in its place.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::slice;

use keybaton_files::FileErrorKind;
use ruff_python_ast::visitor::{Visitor, walk_body, walk_expr};
use ruff_python_ast::{Expr, Stmt};

use super::edits::Edits;
use crate::project::{Project, content};
use crate::python::{Module, range, with_module};
use crate::source::Source;
use crate::walk::files;

/// What a settings file says of the middleware that finds the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Middleware {
    /// It names none that is known here.
    Unnamed,
    /// It names keybaton's.
    Ours,
    /// It names Django's own once, in a plain list of MIDDLEWARE.
    Listed {
        /// The name, without its quotes.
        name: Range<usize>,
    },
    /// It names Django's own in a way that only a person can change: in a class, under a condition, more than once.
    ByHand {
        /// Where it does so first.
        at: usize,
    },
}

impl Middleware {
    /// Reads a file.
    #[must_use]
    pub fn of(source: &Source) -> Self {
        with_module(source.text(), |module| of_module(source.text(), module))
    }

    /// Where Django's own is named.
    #[must_use]
    pub fn djangos(&self) -> Option<usize> {
        match self {
            Self::Listed { name } => Some(name.start),
            Self::ByHand { at } => Some(*at),
            Self::Unnamed | Self::Ours => None,
        }
    }

    /// The bytes of the file with keybaton's in the place of Django's own, every other byte staying as it is.
    #[must_use]
    pub fn replaced(&self, bytes: &[u8], source: &Source) -> Option<Vec<u8>> {
        let Self::Listed { name } = self else { return None };
        let mut edits = Edits::default();
        edits.replace(name.clone(), OURS);
        let new = edits.applied(bytes, source);
        let says = Source::decode(&new).map(|source| Self::of(&source));
        (says == Ok(Self::Ours)).then_some(new)
    }
}

/// Whether another file of the project, or another place of these, says the name of Django's own or a part of it: code that
/// looks for it in the list would not find it there any more.
#[must_use]
pub fn is_looked_for(project: &Project) -> bool {
    let settings: Vec<_> = project.files.iter().filter_map(|file| file.path.canonicalize().ok()).collect();
    let twice = project.files.iter().any(|file| file.source.text().matches(CLASS).nth(1).is_some());
    let is_one_of_these = |path: &PathBuf| path.canonicalize().is_ok_and(|path| settings.contains(&path));
    let mut others =
        files(slice::from_ref(&project.folder)).python.into_iter().filter(|path| !is_one_of_these(path));
    twice || others.any(|path| may_have_class(&path))
}

/// What cannot be read may have it; Python imports nothing but files.
fn may_have_class(path: &Path) -> bool {
    match content(path) {
        Ok(content) => has_class(&content.into_bytes()),
        Err(error) => error.kind() != FileErrorKind::NotAFile && error.kind() != FileErrorKind::Silent,
    }
}

fn has_class(text: &[u8]) -> bool {
    text.windows(CLASS.len()).any(|part| part == CLASS.as_bytes())
}

fn of_module(text: &str, module: &Module<'_>) -> Middleware {
    let mut named = Named::default();
    walk_body(&mut named, module.body);
    let listed = || module.body.iter().filter_map(list).flatten().find_map(|element| name(text, element));
    match (named.ours, named.djangos.as_slice()) {
        (true, _) => Middleware::Ours,
        (false, []) => Middleware::Unnamed,
        (false, [only]) if module.errors.is_empty() => match listed() {
            Some(name) => Middleware::Listed { name },
            None => Middleware::ByHand { at: *only },
        },
        (false, [first, ..]) => Middleware::ByHand { at: *first },
    }
}

/// Who is named, and where, whatever is around it: settings may look for the place of a name in the list.
#[derive(Default)]
struct Named {
    ours: bool,
    djangos: Vec<usize>,
}

impl<'a> Visitor<'a> for Named {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr.as_string_literal_expr().map(|string| string.value.to_str()) {
            Some(OURS) => self.ours = true,
            Some(DJANGOS) => self.djangos.push(range(expr).start),
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// The elements of `MIDDLEWARE = […]` and `MIDDLEWARE += […]`, of a list or a tuple.
fn list(statement: &Stmt) -> Option<&[Expr]> {
    let (target, value) = match statement {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [target] => (target, &assign.value),
            _ => return None,
        },
        Stmt::AnnAssign(assign) => (&*assign.target, assign.value.as_ref()?),
        Stmt::AugAssign(assign) => (&*assign.target, &assign.value),
        _ => return None,
    };
    let elements = match &**value {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return None,
    };
    target.as_name_expr().is_some_and(|name| name.id == "MIDDLEWARE").then_some(elements)
}

/// Where the name of Django's own stands in a literal, if it stands there as it is: in one piece, without escapes.
fn name(text: &str, element: &Expr) -> Option<Range<usize>> {
    let string = element.as_string_literal_expr().filter(|string| string.value.to_str() == DJANGOS)?;
    let literal = range(string);
    let start = literal.start + text[literal].find(DJANGOS)?;
    Some(start..start + DJANGOS.len())
}

/// The middleware that keeps users logged in while the key changes.
pub const OURS: &str = "keybaton.django.AuthenticationMiddleware";

/// What all names of it end with, however they are put together.
const CLASS: &str = "AuthenticationMiddleware";

/// The one that logs them out whose browsers send requests in parallel.
pub(crate) const DJANGOS: &str = "django.contrib.auth.middleware.AuthenticationMiddleware";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn replaced(text: &str) -> String {
        let source = Source::decode(text.as_bytes()).unwrap();
        let new = Middleware::of(&source).replaced(text.as_bytes(), &source);
        String::from_utf8(new.unwrap_or_else(|| panic!("left as it is: {text}"))).unwrap()
    }

    /// Changing the name, and nothing else.
    #[track_caller]
    fn is_replaced(text: &str) {
        assert_eq!(replaced(text), text.replace(DJANGOS, OURS));
    }

    #[track_caller]
    fn says(text: &str, expected: &Middleware) {
        let source = Source::decode(text.as_bytes()).unwrap();
        let middleware = Middleware::of(&source);
        assert_eq!(&middleware, expected, "{text}");
        assert_eq!(middleware.replaced(text.as_bytes(), &source), None, "{text}");
    }

    #[track_caller]
    fn is_by_hand(text: &str) {
        says(text, &Middleware::ByHand { at: text.find(['"', '\'']).unwrap() });
    }

    #[test]
    fn the_name_alone_changes_in_a_list_of_many_lines() {
        is_replaced(
            "MIDDLEWARE = [\n    'a.B',  # 'first'\n    'django.contrib.auth.middleware.AuthenticationMiddleware',  # who?\n    'c.D'\n]\n",
        );
    }

    #[test]
    fn quotes_and_the_form_of_the_list_stay() {
        for text in [
            "MIDDLEWARE = ['django.contrib.auth.middleware.AuthenticationMiddleware']",
            "MIDDLEWARE = [\"django.contrib.auth.middleware.AuthenticationMiddleware\", 'a.B'] # it",
            "MIDDLEWARE = ('django.contrib.auth.middleware.AuthenticationMiddleware',)\n",
            "MIDDLEWARE = 'a.B', '''django.contrib.auth.middleware.AuthenticationMiddleware'''\n",
            "MIDDLEWARE: list[str] = [r'django.contrib.auth.middleware.AuthenticationMiddleware']\n",
            "MIDDLEWARE = ['a.B']\nMIDDLEWARE += [(\"django.contrib.auth.middleware.AuthenticationMiddleware\")]\n",
            "X = 1; MIDDLEWARE = ['django.contrib.auth.middleware.AuthenticationMiddleware']; Y = 2\n",
        ] {
            is_replaced(text);
        }
    }

    #[test]
    fn line_ends_tabs_marks_and_letters_stay() {
        is_replaced(
            "\u{feff}# é\r\nMIDDLEWARE = [\r\n\t'a.B',\r\n\t'django.contrib.auth.middleware.AuthenticationMiddleware',\t# é\r\n]\r\n",
        );
        let latin = |name: &str| {
            [b"# coding: latin-1\n# \xe9\nMIDDLEWARE = ['", name.as_bytes(), b"']  # \xe9\n"].concat()
        };
        let (old, new) = (latin(DJANGOS), latin(OURS));
        let source = Source::decode(&old).unwrap();
        assert_eq!(Middleware::of(&source).replaced(&old, &source), Some(new));
    }

    #[test]
    fn a_comment_names_nobody() {
        let comment = format!("# MIDDLEWARE = ['{DJANGOS}']\n");
        says(&comment, &Middleware::Unnamed);
        let text = format!("MIDDLEWARE = [\n    # '{DJANGOS}' is needed:\n    '{DJANGOS}',\n]\n");
        assert_eq!(
            replaced(&text),
            format!("MIDDLEWARE = [\n    # '{DJANGOS}' is needed:\n    '{OURS}',\n]\n")
        );
    }

    #[test]
    fn ours_stays() {
        says(&format!("MIDDLEWARE = ['{OURS}']\n"), &Middleware::Ours);
        says(
            &format!("MIDDLEWARE = ['{DJANGOS}']\nMIDDLEWARE[MIDDLEWARE.index('{DJANGOS}')] = '{OURS}'\n"),
            &Middleware::Ours,
        );
    }

    #[test]
    fn what_a_person_has_to_decide_is_left_alone() {
        for form in [
            "class Dev(Configuration):\n    MIDDLEWARE = ['NAME']\n",
            "if DEBUG:\n    MIDDLEWARE = ['NAME']\n",
            "try:\n    MIDDLEWARE = ['NAME']\nexcept E:\n    pass\n",
            "def of():\n    MIDDLEWARE = ['NAME']\n",
            "MIDDLEWARE = ['NAME', 'NAME']\n",
            "MIDDLEWARE = ['NAME']\nMIDDLEWARE.insert(MIDDLEWARE.index('NAME'), 'a.B')\n",
            "MIDDLEWARE = ['NAME'] + MORE\n",
            "MIDDLEWARE = list(['NAME'])\n",
            "MIDDLEWARE = [*['NAME']]\n",
            "MIDDLEWARE = {'NAME'}\n",
            "OURS = ['NAME']\nMIDDLEWARE = OURS\n",
            "MIDDLEWARE = OURS = ['NAME']\n",
            "settings.MIDDLEWARE = ['NAME']\n",
            "MIDDLEWARE = ['NAME']\nDEBUG = = 1\n",
        ] {
            is_by_hand(&form.replace("NAME", DJANGOS));
        }
        is_by_hand("MIDDLEWARE = ['django.contrib.auth.' 'middleware.AuthenticationMiddleware']\n");
        is_by_hand("MIDDLEWARE = ['django.contrib\\x2eauth.middleware.AuthenticationMiddleware']\n");
    }
}
