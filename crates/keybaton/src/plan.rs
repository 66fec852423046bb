//! What is told of a rotation before it begins: its steps, what each one waits for, and what its stores cannot refuse.

use keybaton_core::Reporting;
use keybaton_core::shell::typed;
use keybaton_core::time::Span;
use keybaton_stores::Guard;

use crate::opened::Opened;
use crate::restart::caution_of_copies;
use crate::rotation::plus;
use crate::store;

/// The three steps, and what each one waits for.
pub(crate) fn plan(opened: &Opened) -> String {
    // What `keybaton_core::next` counts, so that the plan names the moments that steps then wait for.
    let fresh = plus(opened.policy.stale, opened.policy.slowest_write);
    let loaded = plus(opened.policy.propagation.unwrap_or_default(), fresh);
    let (restarted, expired) = match opened.policy.fleet {
        Reporting::All => ("reports that it accepts it".to_owned(), opened.policy.longest_signature),
        Reporting::Some | Reporting::None => (
            format!("was restarted, at the earliest {loaded} after 1"),
            plus(loaded, opened.policy.longest_signature),
        ),
    };
    let valid = || format!("{expired} after 2, when nothing it signed is still valid");
    let gone = match (opened.policy.encrypts, opened.place.is_main) {
        (true, true) => format!("{}, and every row was saved anew: by your word", valid()),
        (true, false) => "by your word, when every row was saved anew after 2".to_owned(),
        (false, _) => valid(),
    };
    let plan = format!(
        "rotation of {}
  1. stage    a new key is accepted and signs nowhere yet
  2. promote  it signs, the old one is accepted only: once each process {restarted}
  3. retire   the old one is no longer accepted: {gone}",
        opened.name(),
    );
    let commands = opened.place.after_write.iter().flat_map(|after| &after.commands);
    let commands = commands.map(|command| typed(command));
    let again =
        if opened.policy.stale == Span(0) { String::new() } else { format!(", and again {fresh} later") };
    let after = commands.map(|command| format!("\n  after each step{again}: {command}"));
    let cautions = cautions(opened).into_iter().map(|caution| format!("\n  {caution}"));
    plan + &after.chain(cautions).collect::<String>()
}

/// What has to be known beforehand of stores that cannot refuse a lost race.
fn cautions(opened: &Opened) -> Vec<String> {
    let urls = std::iter::once(&opened.place.store).chain(&opened.place.mirrors);
    let guarded = urls.filter_map(|at| Some((at, store::url(at).ok()?.kind().can.guard)));
    let unguarded = guarded.filter_map(|(at, guard)| Some(format!("{}: {}", at.url, caution(guard)?)));
    let settings = opened.untold_settings().into_iter().map(|(branch, origin)| {
        format!(
            "{branch} began with the keys of {origin}: each process must have the settings that read it before 2"
        )
    });
    unguarded.chain(caution_of_copies(opened)).chain(settings).collect()
}

fn caution(guard: Guard) -> Option<&'static str> {
    match guard {
        Guard::CompareAndSwap | Guard::Lock | Guard::ReadOnly => None,
        Guard::Claim => Some(
            "while it is written, only another keybaton is kept out; if anybody else writes at the same moment, one of the \
             two writes is lost, which is told afterwards",
        ),
        Guard::Afterwards => Some(
            "nobody is kept out; if somebody else writes at the same moment, one of the two writes is lost, which is told \
             afterwards",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_store_that_cannot_refuse_a_lost_race_is_warned_of() {
        for guard in [Guard::CompareAndSwap, Guard::Lock, Guard::ReadOnly] {
            assert_eq!(caution(guard), None);
        }
        assert!(
            caution(Guard::Claim)
                .is_some_and(|said| said.starts_with("while it is written, only another keybaton"))
        );
        assert!(
            caution(Guard::Afterwards).is_some_and(|said| said.contains("one of the two writes is lost"))
        );
    }
}
