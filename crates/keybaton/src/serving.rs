//! What a program is given of a ring: enough to start with, whatever the record looks like.

use keybaton_core::{Edit, Reading, RingName, SecretText, Texts, read};
use zeroize::Zeroizing;

use crate::configuration::Wishes;

/// The texts as they are handed on, and what the user should know of them.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) signing: SecretText,
    pub(crate) fallbacks: Option<SecretText>,
    pub(crate) record: Option<String>,
    pub(crate) warnings: Vec<String>,
}

impl Served {
    /// NAME is enough. None: there is no such key, or a blank one, with which anybody could sign.
    pub(crate) fn new(ring: &RingName, wishes: &Wishes, texts: Texts) -> Option<Self> {
        let reading = read(duplicate(&texts));
        let Texts { signing, fallbacks, record } = texts;
        let signing = signing.filter(|key| !is_blank(key.expose()))?;
        let mut served = Self { signing, fallbacks: None, record, warnings: warning(ring, wishes, &reading) };
        match fallbacks.map(without_blanks) {
            Some(Kept::All(list)) => served.fallbacks = Some(list),
            Some(Kept::Some(list)) => {
                served.fallbacks = list;
                served.warnings.push(format!("left out what is empty in {}", ring.fallbacks()));
            }
            Some(Kept::Broken) | None => {}
        }
        Some(served)
    }
}

fn warning(ring: &RingName, wishes: &Wishes, reading: &Reading) -> Vec<String> {
    let text = match reading {
        Reading::Absent | Reading::Bare(_) | Reading::Whole(_) | Reading::Sealed(_) => return Vec::new(),
        Reading::Torn(_) => {
            let again = wishes.again("rotate --continue");
            format!("a change of the ring {ring} is not finished; `{again}` finishes it")
        }
        Reading::Newer(newer) => {
            format!("a newer keybaton wrote {} (format {}); update this one", ring.record(), newer.format)
        }
        Reading::Edited(edited) => edit(ring, wishes, edited.why),
    };
    vec![text]
}

fn edit(ring: &RingName, wishes: &Wishes, why: Edit) -> String {
    let what = match why {
        Edit::Record => format!("{} cannot be read", ring.record()),
        Edit::Fallbacks => format!("{} is not the list it begins as, so it is left out", ring.fallbacks()),
        Edit::UnknownKey => format!("{ring} holds a key that its record does not know"),
        Edit::NoSigningKey | Edit::Rearranged => format!("the record of {ring} does not fit its keys"),
    };
    format!("{what}; `{}` says more", wishes.again("status"))
}

enum Kept {
    All(SecretText),
    Some(Option<SecretText>),
    /// It begins like a JSON list and is none.
    Broken,
}

/// A program that splits the text at its commas would take an empty piece for a key.
fn without_blanks(list: SecretText) -> Kept {
    let is_json = list.expose().starts_with('[');
    let Some(keys) = split(list.expose(), is_json) else { return Kept::Broken };
    if keys.iter().all(|key| !is_blank(key)) {
        return Kept::All(list);
    }
    let keys: Vec<&str> = keys.iter().map(|key| key.as_str()).filter(|key| !is_blank(key)).collect();
    let joined = if is_json { serde_json::to_string(&keys).unwrap_or_default() } else { keys.join(",") };
    Kept::Some(Some(SecretText::new(joined)).filter(|_| !keys.is_empty()))
}

fn split(list: &str, is_json: bool) -> Option<Vec<Zeroizing<String>>> {
    if !is_json {
        return Some(list.split(',').map(|key| Zeroizing::new(key.to_owned())).collect());
    }
    let keys: Vec<String> = serde_json::from_str(list).ok()?;
    Some(keys.into_iter().map(Zeroizing::new).collect())
}

fn is_blank(key: &str) -> bool {
    key.trim().is_empty()
}

pub(crate) fn duplicate(texts: &Texts) -> Texts {
    Texts {
        signing: texts.signing.as_ref().map(SecretText::duplicate),
        fallbacks: texts.fallbacks.as_ref().map(SecretText::duplicate),
        record: texts.record.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_key_is_served_as_it_is() {
        let served = serve(Some("made-up"), None, None).unwrap();
        assert_eq!(served.signing.expose(), "made-up");
        assert!(served.fallbacks.is_none() && served.warnings.is_empty());
    }

    #[test]
    fn without_a_key_nothing_is_served() {
        for signing in [None, Some(""), Some(" \t\n")] {
            assert!(serve(signing, Some("made-up,other"), None).is_none());
        }
    }

    #[test]
    fn an_empty_fallback_is_never_handed_on() {
        for (list, kept) in [
            ("a,b", Some("a,b")),
            ("", None),
            (" , ", None),
            ("a,,b,", Some("a,b")),
            (r#"["a", ""]"#, Some(r#"["a"]"#)),
            (r#"[""]"#, None),
            ("[broken", None),
        ] {
            let served = serve(Some("a"), Some(list), None).unwrap();
            assert_eq!(served.fallbacks.as_ref().map(SecretText::expose), kept, "{list}");
            assert_eq!(served.warnings.is_empty(), list == "a,b", "{list}");
        }
    }

    #[test]
    fn a_record_that_cannot_be_read_is_a_warning() {
        let served = serve(Some("a"), Some("a"), Some("garbage")).unwrap();
        assert_eq!(served.record.as_deref(), Some("garbage"));
        assert_eq!(served.warnings, ["SECRET_KEY_RING cannot be read; `keybaton status` says more"]);
    }

    fn serve(signing: Option<&str>, fallbacks: Option<&str>, record: Option<&str>) -> Option<Served> {
        let texts = Texts {
            signing: signing.map(SecretText::new),
            fallbacks: fallbacks.map(SecretText::new),
            record: record.map(str::to_owned),
        };
        Served::new(&RingName::default(), &Wishes::default(), texts)
    }
}
