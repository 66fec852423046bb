//! What has to follow a write, and how long it takes to reach each process.

use super::{CSI, EXTERNAL, FOLDER};
use crate::configuration::quoted;
use crate::recipes::Django;

/// What the table of the environment says besides the store.
#[derive(Debug)]
pub(super) struct Follow {
    pub(super) propagation: &'static str,
    pub(super) after_write: Vec<Vec<String>>,
    pub(super) more: Vec<String>,
}

impl Follow {
    /// Processes with the app take a new ring over in place, so nothing is restarted and they are asked; others are restarted.
    pub(super) fn of(django: &Django, variant: &str) -> Self {
        let script = ["python", &format!("{FOLDER}/after_write.py")].map(str::to_owned).to_vec();
        let after_write = if is_followed(django, variant) { vec![script] } else { Vec::new() };
        let manage = django.folder.join("manage.py").display().to_string();
        let mut more = Vec::new();
        if restarts(django) {
            more.push("# The slowest rollout, and a minute.\nafter-write-timeout = \"15m\"".to_owned());
        } else {
            more.push(format!("manage = [\"python\", {}]", quoted(&manage)));
        }
        Self { propagation: propagation(variant), after_write, more }
    }
}

impl Follow {
    /// As they stand in the file.
    pub(super) fn lines(&self) -> Vec<String> {
        let script = self.after_write.iter().map(|words| {
            format!(
                "after-write = [[{}]]",
                words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", ")
            )
        });
        let propagation = format!("propagation = {}", quoted(self.propagation));
        let more = self.more.iter().flat_map(|more| more.lines()).filter(|line| !line.starts_with('#'));
        [propagation].into_iter().chain(script).chain(more.map(str::to_owned)).collect()
    }
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
