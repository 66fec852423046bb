//! What parameters are like apart from their values. A write without them would take them away, or encrypt under another key.

use std::collections::BTreeMap;

use keybaton_core::{Field, SecretText};
use serde_json::{Map, Value, json};

#[derive(Debug, Default)]
pub(super) struct Traits(BTreeMap<Field, Value>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tier {
    Standard,
    Advanced,
}

impl Tier {
    /// In bytes.
    pub(super) fn limit(self) -> usize {
        match self {
            Self::Standard => 4096,
            Self::Advanced => 8192,
        }
    }
}

impl Traits {
    /// Takes in one page of what AWS says.
    pub(super) fn add(&mut self, described: &Value, name_of: impl Fn(Field) -> String) {
        for one in described["Parameters"].as_array().into_iter().flatten() {
            let field = Field::ALL.into_iter().find(|field| one["Name"] == *name_of(*field));
            if let Some(field) = field {
                self.0.insert(field, one.clone());
            }
        }
    }

    pub(super) fn know(&self, field: Field) -> bool {
        self.0.contains_key(&field)
    }

    pub(super) fn tier(&self, field: Field) -> Tier {
        match self.0.get(&field).or_else(|| self.like()).map(|one| &one["Tier"]) {
            Some(tier) if tier == "Advanced" => Tier::Advanced,
            _ => Tier::Standard,
        }
    }

    /// When which of them is to be deleted.
    pub(super) fn expirations(&self) -> impl Iterator<Item = (Field, String)> {
        self.0.iter().filter_map(|(field, one)| {
            let policies = one["Policies"].as_array().into_iter().flatten();
            policies.filter_map(expiration).next().map(|when| (*field, when))
        })
    }

    /// What a new parameter beside the signing key takes after.
    fn like(&self) -> Option<&Value> {
        self.0.get(&Field::Signing)
    }

    /// The parameters of one PutParameter call.
    pub(super) fn asked(&self, field: Field, name: &str, text: &SecretText, overwrite: bool) -> Value {
        let own = self.0.get(&field);
        let mut asked = Map::new();
        for kept in ["Description", "AllowedPattern", "DataType"] {
            if let Some(value) = own.map(|own| &own[kept]).filter(|value| value.is_string()) {
                asked.insert(kept.to_owned(), value.clone());
            }
        }
        let usual = if field == Field::Record { "String" } else { "SecureString" };
        let kind = own.and_then(|own| own["Type"].as_str()).unwrap_or(usual);
        let key = own
            .or_else(|| self.like())
            .map(|one| &one["KeyId"])
            .filter(|key| key.is_string() && kind == "SecureString");
        if let Some(key) = key {
            asked.insert("KeyId".to_owned(), key.clone());
        }
        let tier = match self.tier(field) {
            Tier::Standard => "Standard",
            Tier::Advanced => "Advanced",
        };
        let must = json!({ "Name": name, "Value": text.expose(), "Type": kind, "Tier": tier, "Overwrite": overwrite });
        asked.extend(must.as_object().cloned().unwrap_or_default());
        Value::Object(asked)
    }
}

fn expiration(policy: &Value) -> Option<String> {
    let text: Value = serde_json::from_str(policy["PolicyText"].as_str()?).ok()?;
    if text["Type"] != "Expiration" {
        return None;
    }
    let when = text["Attributes"]["Timestamp"].as_str()?.chars();
    Some(when.filter(|char| char.is_ascii_alphanumeric() || "-:.+".contains(*char)).take(40).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(described: Value, field: Field) -> Value {
        let mut traits = Traits::default();
        traits.add(&described, |field| format!("/x/{field:?}"));
        traits.asked(field, "/x/name", &SecretText::new("made-up"), described != json!({}))
    }

    #[test]
    fn a_first_write_encrypts_the_keys_and_not_the_record() {
        assert_eq!(asked(json!({}), Field::Signing)["Type"], "SecureString");
        assert_eq!(asked(json!({}), Field::Record)["Type"], "String");
        assert_eq!(asked(json!({}), Field::Record)["Overwrite"], false);
    }

    #[test]
    fn what_a_parameter_is_like_is_said_again() {
        let there = json!({ "Parameters": [{
            "Name": "/x/Signing", "Type": "SecureString", "KeyId": "alias/shop", "Tier": "Advanced",
            "Description": "ours", "AllowedPattern": ".*", "DataType": "text", "LastModifiedUser": "somebody",
        }] });
        let again = asked(there.clone(), Field::Signing);
        for (name, value) in
            [("KeyId", "alias/shop"), ("Tier", "Advanced"), ("Description", "ours"), ("AllowedPattern", ".*")]
        {
            assert_eq!(again[name], value);
        }
        assert!(again.get("LastModifiedUser").is_none());
        // Beside it, what is new is encrypted under the same key, and described by nobody.
        let beside = asked(there, Field::Fallbacks);
        assert_eq!((&beside["KeyId"], &beside["Tier"]), (&json!("alias/shop"), &json!("Advanced")));
        assert!(beside.get("Description").is_none());
    }
}
