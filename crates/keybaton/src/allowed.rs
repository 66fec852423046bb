//! What stores may do only when they are told.

use clap::Args;

/// What the user allows a store to do that is out of the ordinary.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Allowed {
    /// To make what holds the ring, where a store on a network lacks it.
    pub(crate) create: bool,
    /// To give a value that other programs read whole another shape.
    pub(crate) reshape: bool,
    /// To write what somebody else makes.
    pub(crate) adopt_owner: bool,
}

/// For every command that writes.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Owner {
    /// Write also what another tool makes and may make anew, such as a Secret of External Secrets
    #[arg(long)]
    adopt_owner: bool,
}

impl Owner {
    /// What this allows, and nothing else.
    pub(crate) fn allowed(self) -> Allowed {
        Allowed { adopt_owner: self.adopt_owner, ..Allowed::default() }
    }
}
