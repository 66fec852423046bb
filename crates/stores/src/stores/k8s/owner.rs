//! Whether somebody else makes a Secret: whatever is written there by hand may be undone at their next turn.

use serde_json::Value;

use super::marks::{MANAGERS, MARKS, OUTER_STORE, SEALED};
use crate::{StoreError, StoreErrorKind};

/// Who makes a Secret, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Owner {
    name: String,
    instead: String,
}

impl Owner {
    /// The owner of what has this metadata, as far as the ring's data under these names is concerned.
    pub(super) fn of(metadata: &Value, names: &[String]) -> Option<Self> {
        by_mark(metadata).or_else(|| by_reference(metadata)).or_else(|| by_field(metadata, names))
    }

    pub(super) fn refusal(&self, store: &str) -> StoreError {
        let sentence = format!("{store} belongs to {}, which may undo the write", self.name);
        StoreError::new(StoreErrorKind::Refused, sentence)
            .hint(format!("write {} instead; --adopt-owner writes here all the same", self.instead))
    }
}

/// The labels and annotations that each tool puts on what it makes.
fn by_mark(metadata: &Value) -> Option<Owner> {
    MARKS.iter().find_map(|mark| {
        let value = [&metadata["labels"][mark.key], &metadata["annotations"][mark.key]]
            .into_iter()
            .find_map(Value::as_str)
            .filter(|value| mark.value.is_none_or(|wanted| *value == wanted))?;
        // A mark that any value can stand in names the instance with it.
        let named = if mark.value.is_none() { format!(" ({value})") } else { String::new() };
        let by = reference(metadata).map(|(kind, name)| format!(" ({kind}/{name})")).unwrap_or(named);
        Some(Owner { name: format!("{}{by}", mark.tool), instead: mark.instead.replace("{}", value) })
    })
}

/// What the Secret itself names as its owner.
fn by_reference(metadata: &Value) -> Option<Owner> {
    let (kind, name) = reference(metadata)?;
    let instead = match kind {
        "ExternalSecret" => OUTER_STORE,
        "SealedSecret" => SEALED,
        _ => "what its owner makes it from",
    };
    Some(Owner { name: format!("{kind}/{name}"), instead: instead.to_owned() })
}

fn reference(metadata: &Value) -> Option<(&str, &str)> {
    let references = metadata["ownerReferences"].as_array()?;
    let owner = references.iter().find(|owner| owner["controller"] == true).or(references.first())?;
    Some((owner["kind"].as_str()?, owner["name"].as_str()?))
}

/// Who wrote one of the ring's texts, as the API server remembers it: for Secrets that lost their labels, and for tools that
/// nobody here has heard of, which apply again whatever they applied once.
fn by_field(metadata: &Value, names: &[String]) -> Option<Owner> {
    let entries = metadata["managedFields"].as_array()?;
    let has_ours = |entry: &&Value| {
        let data = &entry["fieldsV1"]["f:data"];
        names.iter().any(|name| data[format!("f:{name}")].is_object())
    };
    entries.iter().filter(has_ours).find_map(|entry| {
        let manager = entry["manager"].as_str()?;
        if let Some((_, tool, instead)) = MANAGERS.iter().find(|(known, ..)| manager.starts_with(known)) {
            return Some(Owner { name: format!("{tool} ({manager})"), instead: (*instead).to_owned() });
        }
        let is_a_tool = entry["operation"] == "Apply" && !manager.starts_with("kubectl");
        is_a_tool.then(|| Owner { name: manager.to_owned(), instead: "what it applies".to_owned() })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn owner(metadata: &Value) -> Option<String> {
        let names = ["SECRET_KEY", "SECRET_KEY_FALLBACKS"].map(str::to_owned);
        Owner::of(metadata, &names).map(|owner| owner.name)
    }

    fn written(manager: &str, operation: &str, field: &str) -> Value {
        let fields = json!({ "f:data": { ".": {}, format!("f:{field}"): {} } });
        json!({ "managedFields": [{ "manager": manager, "operation": operation, "fieldsV1": fields }] })
    }

    #[test]
    fn a_secret_that_people_made_has_no_owner() {
        assert_eq!(owner(&json!({ "name": "django" })), None);
        assert_eq!(
            owner(&json!({ "labels": { "app.kubernetes.io/managed-by": "us", "app": "shop" } })),
            None
        );
        for (manager, operation) in [
            ("kubectl-client-side-apply", "Update"),
            ("kubectl", "Apply"),
            ("keybaton", "Update"),
            ("curl", "Update"),
        ] {
            assert_eq!(owner(&written(manager, operation, "SECRET_KEY")), None, "{manager}");
        }
    }

    #[test]
    fn whoever_writes_other_data_alone_is_no_owner() {
        assert_eq!(owner(&written("helm", "Update", "DATABASE_URL")), None);
        assert_eq!(owner(&written("helm", "Update", "SECRET_KEY")).as_deref(), Some("Helm (helm)"));
        assert_eq!(owner(&written("pulumi", "Apply", "DATABASE_URL")), None);
        assert_eq!(owner(&written("pulumi", "Apply", "SECRET_KEY")).as_deref(), Some("pulumi"));
    }

    #[test]
    fn an_instance_is_named_where_the_secret_names_it() {
        let label = json!({ "reconcile.external-secrets.io/managed": "true" });
        let by = json!([{ "kind": "Pod", "name": "x" }, { "kind": "ExternalSecret", "name": "django", "controller": true }]);
        let metadata = json!({ "labels": label, "ownerReferences": by });
        assert_eq!(owner(&metadata).as_deref(), Some("External Secrets (ExternalSecret/django)"));
        assert_eq!(owner(&json!({ "ownerReferences": by })).as_deref(), Some("ExternalSecret/django"));
        let manager = written("externalsecrets.external-secrets.io/django", "Update", "SECRET_KEY");
        assert_eq!(
            owner(&manager).as_deref(),
            Some("External Secrets (externalsecrets.external-secrets.io/django)")
        );
    }

    #[test]
    fn a_copy_leads_to_what_it_is_copied_from() {
        let metadata =
            json!({ "annotations": { "reflector.v1.k8s.emberstack.com/reflects": "main/django" } });
        let owner = Owner::of(&metadata, &[]).unwrap();
        assert_eq!(
            (owner.name.as_str(), owner.instead.as_str()),
            ("Reflector (main/django)", "k8s://main/django")
        );
    }
}
