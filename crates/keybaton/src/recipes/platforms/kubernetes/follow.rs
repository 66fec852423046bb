//! What has to follow a write, and how long it takes to reach each process.

use super::{CSI, EXTERNAL, FOLDER};
use crate::configuration::quoted;
use crate::recipes::Django;
use crate::recipes::table::Wanted;

/// What the table of the environment says besides the store. Processes with the app take a new ring over in place, so nothing is
/// restarted and they are asked; others are restarted.
pub(super) fn wanted(django: &Django, variant: &str) -> Wanted {
    let script = ["python", &format!("{FOLDER}/after_write.py")].map(str::to_owned).to_vec();
    let after_write = if is_followed(django, variant) { vec![script.clone()] } else { Vec::new() };
    let manage = django.folder.join("manage.py").display().to_string();
    let more = if restarts(django) {
        "# The slowest rollout, and a minute.\nafter-write-timeout = \"15m\"".to_owned()
    } else {
        format!("manage = [\"python\", {}]", quoted(&manage))
    };
    Wanted { propagation: Some(propagation(variant)), after_write, more: vec![more], others: vec![script] }
}

/// Whether the Deployments are started anew with each write.
pub(super) fn restarts(django: &Django) -> bool {
    !django.reports
}

/// Whether anything is done with each write.
pub(super) fn is_followed(django: &Django, variant: &str) -> bool {
    restarts(django) || variant == EXTERNAL
}

/// What fetches the ring, the kubelet's two minutes, and the rest for the process.
fn propagation(variant: &str) -> &'static str {
    match variant {
        // The refreshInterval, for the case that nobody heard the call for an earlier one.
        EXTERNAL => "20m",
        CSI => "10m",
        _ => "5m",
    }
}
