//! What an answer means that is not the one that was hoped for.

use super::calls::Calls;
use crate::remote::Answer;
use crate::{StoreError, StoreErrorKind};

/// What was being done, and which right that takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Doing {
    Reading,
    Writing,
    Creating,
}

impl Doing {
    fn verb(self) -> &'static str {
        match self {
            Self::Reading => "get",
            Self::Writing => "patch",
            Self::Creating => "create",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Writing => "writing",
            Self::Creating => "creating",
        }
    }
}

pub(super) fn refused(calls: &Calls<'_>, answer: &Answer, doing: Doing) -> StoreError {
    calls.line.refusal(answer, reason(calls, answer, doing))
}

fn reason(calls: &Calls<'_>, answer: &Answer, doing: Doing) -> StoreError {
    let status = answer.json();
    let told = status["message"].as_str().unwrap_or_default();
    match answer.status {
        401 => unknown_user(calls),
        403 if told.contains(NOBODY) => unknown_user(calls),
        403 => match why_forbidden(told) {
            Because::NoRole => denied(calls, doing),
            Because::NamespaceGoes => going(calls),
            Because::Webhook(webhook) => by_webhook(calls, webhook),
        },
        413 => StoreError::new(
            StoreErrorKind::TooLarge,
            format!("{}: the Secret is larger than the cluster allows", calls.place.store),
        )
        .hint("keep the ring in a Secret of its own"),
        _ => calls.line.unknown(answer, doing.word()),
    }
}

/// Whether another way to do the same may be open.
pub(super) fn lacks_right(answer: &Answer) -> bool {
    let status = answer.json();
    let told = status["message"].as_str().unwrap_or_default();
    why_forbidden(told) == Because::NoRole && !told.contains(NOBODY)
}

fn unknown_user(calls: &Calls<'_>) -> StoreError {
    let can_i = calls.place.kubectl(&format!("auth can-i get secret/{}", calls.place.name));
    let sentence = format!("{}: {} does not know who you are", calls.place.store, calls.line.host);
    StoreError::new(StoreErrorKind::SignInNeeded, sentence)
        .hint(format!("sign in as for kubectl, until `{can_i}` says yes"))
}

fn denied(calls: &Calls<'_>, doing: Doing) -> StoreError {
    let (place, verb) = (calls.place, doing.verb());
    let sentence = format!("{}: you have no right to this when {}", place.store, doing.word());
    // Whoever makes something cannot name what is not there yet.
    let what = match doing {
        Doing::Creating => "secrets".to_owned(),
        Doing::Reading | Doing::Writing => format!("secret/{}", place.name),
    };
    StoreError::new(StoreErrorKind::Denied, sentence).hint(format!(
        "a Role in the namespace {} has to allow the verb {verb} on secrets; `{}` tests it",
        place.namespace,
        place.kubectl(&format!("auth can-i {verb} {what}")),
    ))
}

fn going(calls: &Calls<'_>) -> StoreError {
    let sentence = format!("{}: the namespace {} is being deleted", calls.place.store, calls.place.namespace);
    StoreError::new(StoreErrorKind::Refused, sentence).hint("name another one, or wait and make it anew")
}

fn by_webhook(calls: &Calls<'_>, webhook: &str) -> StoreError {
    let sentence =
        format!("{}: the admission webhook {webhook} of the cluster refuses this", calls.place.store);
    StoreError::new(StoreErrorKind::Denied, sentence)
        .hint("see its rules, or ask whoever runs the cluster; nothing was written")
}

/// Why something is forbidden. The server says so in words alone.
#[derive(Debug, PartialEq, Eq)]
enum Because<'a> {
    NoRole,
    NamespaceGoes,
    Webhook(&'a str),
}

fn why_forbidden(told: &str) -> Because<'_> {
    if let Some((name, _)) = told.strip_prefix("admission webhook \"").and_then(|rest| rest.split_once('"')) {
        return Because::Webhook(name);
    }
    match told.contains("because it is being terminated") {
        true => Because::NamespaceGoes,
        false => Because::NoRole,
    }
}

/// Whoever gives no credentials at all is somebody too, with no rights.
const NOBODY: &str = "User \"system:anonymous\" cannot";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_forbids_is_told_apart() {
        let role =
            r#"secrets "django" is forbidden: User "joe" cannot get resource "secrets" in API group """#;
        let webhook = r#"admission webhook "validate.policy.example" denied the request: no"#;
        let going = r#"secrets "django" is forbidden: unable to create new content in namespace shop because it is being terminated"#;
        assert_eq!(why_forbidden(role), Because::NoRole);
        assert_eq!(why_forbidden(webhook), Because::Webhook("validate.policy.example"));
        assert_eq!(why_forbidden(going), Because::NamespaceGoes);
        assert_eq!(why_forbidden(""), Because::NoRole);
    }
}
