//! A store without IO: three texts, written one after another, and cut short where a test wants it.

use keybaton_core::time::Timestamp;
use keybaton_core::{
    Change, Field, FieldWrite, Misfit, Reading, Revision, Ring, SecretText, Stamp, Texts, Writes, read,
};

/// The three texts, seen as a consumer sees them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cupboard {
    pub(crate) signing: Option<String>,
    pub(crate) fallbacks: Option<String>,
    pub(crate) record: Option<String>,
}

impl Cupboard {
    pub(crate) fn holding(signing: &str, fallbacks: Option<&str>) -> Self {
        Self { signing: Some(signing.into()), fallbacks: fallbacks.map(Into::into), record: None }
    }

    pub(crate) fn texts(&self) -> Texts {
        Texts {
            signing: self.signing.as_deref().map(SecretText::new),
            fallbacks: self.fallbacks.as_deref().map(SecretText::new),
            record: self.record.clone(),
        }
    }

    pub(crate) fn read(&self) -> Reading {
        read(self.texts())
    }

    #[track_caller]
    pub(crate) fn ring(&self) -> Ring {
        match self.read() {
            Reading::Whole(ring) => ring,
            other => panic!("not a whole ring: {other:?}"),
        }
    }

    pub(crate) fn put(&mut self, step: &FieldWrite) {
        let text = Some(step.text.expose().to_owned());
        match step.field {
            Field::Signing => self.signing = text,
            Field::Fallbacks => self.fallbacks = text,
            Field::Record => self.record = text,
        }
    }

    pub(crate) fn write(&mut self, writes: &Writes) {
        writes.steps.iter().for_each(|step| self.put(step));
    }

    /// What stands here after each number of steps, none and all included.
    pub(crate) fn prefixes(&self, writes: &Writes) -> Vec<Self> {
        let mut states = vec![self.clone()];
        for step in &writes.steps {
            let mut state = states[states.len() - 1].clone();
            state.put(step);
            states.push(state);
        }
        states
    }

    /// `NAME | NAME_FALLBACKS` with short names for the keys.
    pub(crate) fn shown(&self, names: &Names) -> String {
        let signing = self.signing.as_deref().map_or("-", |key| names.name(key));
        let fallbacks = self.fallbacks.as_deref().unwrap_or("-");
        let fallbacks: Vec<&str> = fallbacks.split(',').map(|key| names.name(key)).collect();
        format!("{signing} | {}", fallbacks.join(","))
    }
}

/// Short names for keys, in the order in which they were met.
#[derive(Default)]
pub(crate) struct Names(std::cell::RefCell<Vec<String>>);

impl Names {
    pub(crate) fn name(&self, key: &str) -> &'static str {
        const LETTERS: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];
        let mut known = self.0.borrow_mut();
        let at = known.iter().position(|other| other == key).unwrap_or_else(|| {
            known.push(key.to_owned());
            known.len() - 1
        });
        LETTERS[at]
    }
}

/// A random source that repeats itself from run to run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            *byte = (self.0 >> 32) as u8;
        }
    }

    pub(crate) fn stamped<T>(&mut self, now: u64, act: impl FnOnce(&mut Stamp<'_>) -> T) -> T {
        let mut random = |bytes: &mut [u8]| self.fill(bytes);
        let mut stamp = Stamp { now: Timestamp(now), floor: Revision(0), reason: None, random: &mut random };
        act(&mut stamp)
    }

    pub(crate) fn change(&mut self, ring: Ring, change: Change, now: u64) -> Result<(Ring, Writes), Misfit> {
        self.stamped(now, |stamp| ring.change(change, stamp))
    }
}
