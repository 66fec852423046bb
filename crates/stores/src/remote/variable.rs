//! Variables of the environment.

use crate::{Environment, StoreError, StoreErrorKind};

/// The first of these variables that is set and not empty. One that holds no text is not passed over: it may be the very
/// one that should decide.
pub(crate) fn variable(environment: &Environment, names: &[&str]) -> Result<Option<String>, StoreError> {
    for name in names {
        if let Some(value) = environment(name).filter(|value| !value.is_empty()) {
            return value.into_string().map(Some).map_err(|_| no_text(name));
        }
    }
    Ok(None)
}

fn no_text(name: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Malformed, format!("the variable {name} is not UTF-8 text"))
        .hint("set it anew, or unset it")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_first_that_is_set_counts() {
        let environment: Environment = Arc::new(|name| match name {
            "EMPTY" => Some(OsString::new()),
            "A" | "B" => Some(name.into()),
            _ => None,
        });
        let of = |names: &[&str]| variable(&environment, names).unwrap();
        assert_eq!(of(&["NONE", "EMPTY", "B", "A"]).as_deref(), Some("B"));
        assert_eq!(of(&["NONE", "EMPTY"]), None);
    }
}
