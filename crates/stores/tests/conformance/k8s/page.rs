//! What docs/stores/k8s.md says one can paste.

use std::fs;
use std::path::Path;

use keybaton_stores::StoreErrorKind;
use serde_json::json;

use super::{begin, name};
use crate::ground::write;
use crate::world::read;

#[test]
fn the_roles_let_their_holders_do_what_they_are_for_and_no_more() {
    let can = |roles: &[&str], is_there: bool| {
        let ground = begin()?;
        if is_there {
            ground.plant("a");
        }
        let manifest = first_block(&page()).replace("[django]", &format!("[{}]", name(&ground)));
        let account = ground.arrange("account_with", json!({ "manifest": manifest, "roles": roles }));
        let store = ground.open_as(&account);
        let version = store.read().map(|_| read(&*store).1);
        let written = version.and_then(|version| write(&*store, "b", &version));
        Some(written.map(drop).map_err(|error| (error.kind, error.sentence)))
    };
    let denied = |doing: &str| (StoreErrorKind::Denied, format!("you have no right to this when {doing}"));
    for (roles, is_there, expected) in [
        (&["keybaton-reader"][..], true, Err(denied("writing"))),
        (&["keybaton-rotator"], true, Ok(())),
        (&["keybaton-rotator"], false, Err(denied("creating"))),
        (&["keybaton-rotator", "keybaton-maker"], false, Ok(())),
        (&["keybaton-maker"], false, Err(denied("reading"))),
        (&["keybaton-breaker"], true, Ok(())),
    ] {
        let Some(outcome) = can(roles, is_there) else { return };
        match (outcome, expected) {
            (Ok(()), Ok(())) => {}
            (Err((kind, sentence)), Err((expected, end))) if kind == expected && sentence.ends_with(&end) => {
            }
            (outcome, expected) => panic!("{roles:?}: {outcome:?}, not {expected:?}"),
        }
    }
}

#[test]
fn who_may_patch_reads_all() {
    let Some(ground) = begin() else { return };
    ground.plant("made-up-key");
    let account = ground.account(&["patch"]);
    let shown = ground.arrange("patched_by", json!({ "kubeconfig": account["KUBECONFIG"] }));
    assert_eq!(shown["data"]["SECRET_KEY"], "bWFkZS11cC1rZXk=");
}

#[test]
fn the_volume_is_one_that_a_pod_can_have() {
    let Some(ground) = begin() else { return };
    let page = page();
    let pod = page.rsplit_once("```yaml\n").unwrap().1.split_once("```").unwrap().0;
    let mounted = ground.arrange("pod", json!({ "spec": pod }));
    assert_eq!(mounted, json!([name_of_key(pod), 0o440]));
}

/// Where the pod of the page finds the Secret.
fn name_of_key(pod: &str) -> &str {
    pod.split_once("mountPath: ").unwrap().1.split(',').next().unwrap()
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/stores/k8s.md")).unwrap()
}

/// The first YAML of a page.
fn first_block(page: &str) -> String {
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}
