//! What a step, a phase and the role of a key are called, and what they mean, in a few words.

use keybaton_core::{Change, Phase, Role, Why};

use crate::report::KeyReport;

/// What a change is called: the command that makes it.
pub(crate) fn name(change: Change) -> &'static str {
    match change {
        Change::Stage => "stage",
        Change::Promote => "promote",
        Change::Retire(_) => "retire",
        Change::Revoke(_) | Change::RevokeAll => "revoke",
        Change::Abort => "abort",
    }
}

/// What a phase is called.
pub(crate) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Settled => "settled",
        Phase::Staged => "staged",
        Phase::Promoted => "promoted",
    }
}

/// What a phase means, in a few words.
pub(crate) fn meaning(phase: Phase) -> &'static str {
    match phase {
        Phase::Settled => "settled: one key, and no rotation under way",
        Phase::Staged => "staged: the next key is accepted and signs nowhere yet",
        Phase::Promoted => "promoted: the new key signs, the old one is accepted only",
    }
}

/// What a role means, in a few words.
pub(crate) fn role(key: &KeyReport) -> (&'static str, &'static str) {
    let role = match key.role {
        Role::Next => "next",
        Role::Signing => "signing",
        Role::Retiring => "retiring",
    };
    let remark = match &key.why {
        Some(Why::Exposed) => "stood in source control",
        Some(Why::Aborted) => "its promotion was taken back",
        Some(Why::Adopted) => "was a fallback when the ring was adopted",
        Some(Why::Replaced) => "replaced",
        None if key.exposed => "stood in source control: rotate it",
        Some(Why::Other(_)) | None => "",
    };
    (role, remark)
}
