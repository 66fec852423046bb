//! A copy of a ring, as it stands in a file.

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{Reading, RingId, RingName, SecretText, Texts};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::serving::duplicate;

/// What a store held, and when.
#[derive(Debug)]
pub(super) struct Copy {
    pub(super) read: Timestamp,
    /// When it is too old for whoever kept it.
    pub(super) until: Timestamp,
    pub(super) texts: Texts,
}

/// The members of the file.
#[derive(Serialize, Deserialize)]
struct Members<T> {
    format: u32,
    store: String,
    ring: String,
    /// Which server the store's URL meant.
    server: String,
    read: Timestamp,
    until: Timestamp,
    /// Nothing: what stood here was cut off, at the time of `read`.
    signing: Option<T>,
    fallbacks: Option<T>,
    record: Option<String>,
}

impl Members<String> {
    fn kept(self) -> Option<Copy> {
        let [signing, fallbacks] = [self.signing, self.fallbacks].map(|key| key.map(SecretText::new));
        let texts = Texts { signing, fallbacks, record: self.record };
        (self.format == FORMAT).then_some(Copy { read: self.read, until: self.until, texts })
    }
}

impl Copy {
    /// The copy in this text; nothing where that is none, or is one of another ring or another server.
    pub(super) fn parse(text: &[u8], store: &str, ring: &RingName, server: &str) -> Option<Self> {
        let members: Members<String> = serde_json::from_slice(text).ok()?;
        let is_ours = members.store == store && members.ring == ring.as_str() && members.server == server;
        is_ours.then_some(members)?.kept()
    }

    /// The same, whatever it is a copy of.
    pub(super) fn of_anything(text: &[u8]) -> Option<Self> {
        let members: Members<String> = serde_json::from_slice(text).ok()?;
        members.kept()
    }

    pub(super) fn text(&self, store: &str, ring: &RingName, server: &str) -> Option<Zeroizing<Vec<u8>>> {
        let members = Members {
            format: FORMAT,
            store: store.to_owned(),
            ring: ring.as_str().to_owned(),
            server: server.to_owned(),
            read: self.read,
            until: self.until,
            signing: self.texts.signing.as_ref().map(SecretText::expose),
            fallbacks: self.texts.fallbacks.as_ref().map(SecretText::expose),
            record: self.texts.record.clone(),
        };
        let mut text = Zeroizing::new(Vec::with_capacity(16 * 1024));
        serde_json::to_writer(&mut *text, &members).ok()?;
        Some(text)
    }

    /// The ring that this is a copy of, where the record says it.
    pub(super) fn ring(&self) -> Option<RingId> {
        match keybaton_core::read(duplicate(&self.texts)) {
            Reading::Whole(ring) => Some(ring.head.id),
            _ => None,
        }
    }

    /// Whether there is anything to start with.
    pub(super) fn has_key(&self) -> bool {
        self.texts.signing.is_some()
    }

    /// Whether this one is written over by another: it was read earlier, or by a clock that has been set back since.
    pub(super) fn gives_way_to(&self, other: &Self) -> bool {
        let is_as_old = self.read == other.read && self.has_key();
        self.read < other.read || is_as_old || self.read > other.read + CLOCKS_DIFFER
    }
}

/// The name of the file for a store and a ring.
pub(super) fn name(store: &str, ring: &RingName) -> String {
    hex(Sha256::digest([store, ring.as_str()].join("\0"))) + ".json"
}

/// Sixteen bytes of a digest.
pub(super) fn hex(digest: impl AsRef<[u8]>) -> String {
    digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// How far a clock may have been set back meanwhile.
pub(super) const CLOCKS_DIFFER: Span = Span(60);

const FORMAT: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> Copy {
        let secret = |text| Some(SecretText::new(text));
        let texts = Texts { signing: secret("a"), fallbacks: secret("a,b"), record: Some("made-up".into()) };
        Copy { read: Timestamp(7), until: Timestamp(70), texts }
    }

    #[test]
    fn what_is_kept_is_what_was_read() {
        let ring = RingName::default();
        let text = kept().text("vault://a/b", &ring, "s").unwrap();
        let copy = Copy::parse(&text, "vault://a/b", &ring, "s").unwrap();
        assert_eq!(copy.read, Timestamp(7));
        assert_eq!(copy.texts.signing, kept().texts.signing);
        assert_eq!(copy.texts.fallbacks, kept().texts.fallbacks);
        assert_eq!(copy.texts.record, kept().texts.record);
    }

    #[test]
    fn the_copy_of_another_ring_or_server_is_none() {
        let (ring, other) = (RingName::default(), "OTHER".parse().unwrap());
        let text = kept().text("vault://a/b", &ring, "s").unwrap();
        assert!(Copy::parse(&text, "vault://a/c", &ring, "s").is_none());
        assert!(Copy::parse(&text, "vault://a/b", &other, "s").is_none());
        assert!(Copy::parse(&text, "vault://a/b", &ring, "t").is_none());
        assert!(Copy::parse(b"{}", "vault://a/b", &ring, "s").is_none());
        let newer = String::from_utf8(text.to_vec()).unwrap().replace("\"format\":1", "\"format\":2");
        assert!(Copy::parse(newer.as_bytes(), "vault://a/b", &ring, "s").is_none());
    }

    #[test]
    fn a_copy_gives_way_to_what_was_read_later() {
        let read = |at| Copy { read: Timestamp(at), ..kept() };
        let nothing = Copy { texts: Texts::default(), ..kept() };
        assert!(read(7).gives_way_to(&read(8)) && read(7).gives_way_to(&read(7)));
        assert!(!read(8).gives_way_to(&read(7)) && !nothing.gives_way_to(&read(7)));
        assert!(read(68).gives_way_to(&read(7)), "the clock was set back");
    }

    #[test]
    fn each_store_and_ring_has_a_file_of_its_own_whose_name_says_nothing() {
        let [ring, other] = ["SECRET_KEY", "OTHER"].map(|name| name.parse().unwrap());
        assert_eq!(name("vault://a/b", &ring), name("vault://a/b", &ring));
        assert_ne!(name("vault://a/b", &ring), name("vault://a/b", &other));
        assert_ne!(name("vault://a/b", &ring), name("vault://a/c", &ring));
        assert!(!name("vault://shop/b", &ring).contains("shop"));
    }
}
