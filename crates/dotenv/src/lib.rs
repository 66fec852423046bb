//! What a .env file means to python-dotenv, and how to change one without touching the rest.
//!
//! There is no standard for .env files. Here a file means what `load_dotenv(path)` and `dotenv_values(path)` of
//! python-dotenv 1.2 make of it, reading the path as UTF-8. The rules were learnt from its behaviour, and
//! `vectors/dotenv.json`, made by the real library, holds this crate to them.
//!
//! # Rules that surprise
//!
//! - **Line ends.** `\r\n` and a lone `\r` end a line as `\n` does, and inside quotes they read as `\n`: Python opens
//!   the file with universal newlines.
//! - **Byte order mark.** One at the very beginning is skipped. Releases before 1.2.3 took it for a part of the first name, so
//!   [`Document::has_byte_order_mark`] lets a caller warn.
//! - **Whitespace** is what Python's `\s` matches, so a no-break space or a file separator (U+001C) counts.
//! - **Comments.** `#` begins a comment after whitespace or after a closing quote: `A=b#c` is `b#c`, `A=#c` is `#c`,
//!   but `A= #c` and `A='b'#c` hold a comment.
//! - **Quotes** may span lines. Single quotes know `\\` and `\'`; double quotes also know `\"` and
//!   `\a \b \f \n \r \t \v`; any other backslash stays, `\$` too. A backtick is an ordinary character.
//! - **A quote that is never closed** costs its own line only. One that the *next* quote closes swallows what lies
//!   between, and usually the line after it.
//! - **Names** are whatever holds no `=`, `#` or whitespace. One in single quotes loses them, one in double quotes keeps them.
//! - **A name without `=`** is a variable without value: it is not set, but hides an earlier line and the environment.
//! - **Duplicates.** The last line wins, at the place of the first.
//! - **`${NAME}` and `${NAME:-default}`** are replaced everywhere, even in single quotes, and cannot be escaped; `$NAME`
//!   and `$(…)` are left alone. Only lines above count. The default stands in for a variable that is *absent*; an empty
//!   one stays empty. What was put in is not looked at again.
//! - **Environment or file.** `load_dotenv` prefers the environment in `${NAME}`, `dotenv_values` the file: see [`Precedence`].
//!
//! # Within 1.2
//!
//! The releases differ in three corners, and this crate follows 1.2.4. Before 1.2.4 the comment in `A= # comment` was
//! the value. Before 1.2.3 a byte order mark belonged to the first name, and a backslash before a closing quote was taken
//! to escape it even where the backslash was escaped itself (`'a\\'`). Keys without quotes and backslashes in them are
//! written so that every release reads them.
//!
//! # Secrets
//!
//! Parsing copies no value. Values are decoded when asked for, into memory that is wiped; no `Debug` form, error or note
//! shows a value or a piece of the file.
#![no_std]
#![warn(missing_docs)]

extern crate alloc;

mod cursor;
mod document;
mod edit;
mod error;
mod interpolation;
mod note;
mod quoting;
mod splice;
mod variables;

pub use document::{Assigned, Binding, Document, Place, Quote, Statement};
pub use edit::{Change, Edited, edit};
pub use error::{EditError, EditErrorKind, TooLarge};
pub use note::Note;
pub use variables::{Environment, Precedence, Variables};
