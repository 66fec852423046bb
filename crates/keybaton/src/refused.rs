//! Why a step is not taken, however it was asked for.

use keybaton_core::{Refusal, Ring};
use keybaton_handover::Around;

use crate::failure::Failure;
use crate::fleet::nobody_reports;
use crate::opened::Opened;
use crate::restart;
use crate::rotation;

/// What a refusal means to the user.
pub(crate) fn refused(opened: &Opened, ring: &Ring, refusal: Refusal, around: Around) -> Failure {
    match refusal {
        Refusal::NoPropagation => rotation::no_propagation(opened),
        Refusal::Misfit(misfit) => opened.failed(misfit.into()),
        Refusal::MirrorBehind(which) => rotation::mirror_behind(opened, which, &around),
        Refusal::NotFollowed => restart::not_followed(opened, ring),
        Refusal::Undelivered => rotation::undelivered(opened, around.undelivered),
        Refusal::NotAsked if let Some(error) = around.not_asked => Failure::of_fleet(error),
        Refusal::Encrypts => rotation::encrypts(opened, ring),
        Refusal::NotAsked | Refusal::NobodyReports => nobody_reports(opened, ring, around.fleet.as_ref()),
    }
}
