//! `${NAME}` and `${NAME:-default}`.

/// A piece of a value.
#[derive(Clone, Copy)]
pub(crate) enum Piece<'a> {
    Text(&'a str),
    Reference { name: &'a str, default: Option<&'a str> },
}

/// Whether a value would read otherwise than it is written.
pub(crate) fn has_reference(value: &str) -> bool {
    names(value).next().is_some()
}

/// Whether a value puts in the value of this variable.
pub(crate) fn refers_to(value: &str, wanted: &str) -> bool {
    names(value).any(|name| name == wanted)
}

/// The variables whose values a value puts in.
pub(crate) fn names(value: &str) -> impl Iterator<Item = &str> {
    Pieces::of(value).filter_map(|piece| match piece {
        Piece::Text(_) => None,
        Piece::Reference { name, .. } => Some(name),
    })
}

/// The pieces of a value, in order.
pub(crate) struct Pieces<'a> {
    rest: &'a str,
    /// A reference already read, whose text before it went first.
    waiting: Option<Piece<'a>>,
}

impl<'a> Pieces<'a> {
    pub(crate) fn of(value: &'a str) -> Self {
        Self { rest: value, waiting: None }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if let Some(reference) = self.waiting.take() {
            return Some(reference);
        }
        if self.rest.is_empty() {
            return None;
        }
        let Some((before, reference, behind)) = first_reference(self.rest) else {
            return Some(Piece::Text(core::mem::take(&mut self.rest)));
        };
        self.rest = behind;
        if before.is_empty() {
            return Some(reference);
        }
        self.waiting = Some(reference);
        Some(Piece::Text(before))
    }
}

/// The first reference, between what stands before and behind it.
fn first_reference(value: &str) -> Option<(&str, Piece<'_>, &str)> {
    let mut from = 0;
    loop {
        let start = from + value[from..].find("${")?;
        let name_start = start + "${".len();
        let name_end = name_start + value[name_start..].find([':', '}'])?;
        let name = &value[name_start..name_end];
        let behind_name = &value[name_end..];
        if let Some(behind) = behind_name.strip_prefix('}') {
            return Some((&value[..start], Piece::Reference { name, default: None }, behind));
        }
        if let Some(behind_mark) = behind_name.strip_prefix(":-") {
            let (default, behind) = behind_mark.split_once('}')?;
            return Some((&value[..start], Piece::Reference { name, default: Some(default) }, behind));
        }
        // Any `${` up to this colon would end its name here and fail as well.
        from = name_end + 1;
    }
}
