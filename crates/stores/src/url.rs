//! The name of a store.

/// The name of a store: `scheme:rest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreUrl {
    scheme: String,
    rest: String,
}

impl StoreUrl {
    /// What stands before the colon.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// What stands after it.
    #[must_use]
    pub fn rest(&self) -> &str {
        &self.rest
    }
}
