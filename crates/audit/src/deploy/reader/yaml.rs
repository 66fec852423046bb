//! YAML as a table of nodes with places. An alias is the number of its node, so nothing is ever written out twice.

mod building;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use granit_parser::{Options, Parser, ScalarStyle};

use crate::deploy::Broken;
use crate::deploy::reader::texts::Texts;
use building::Building;

/// The documents of a file.
#[derive(Default)]
pub(in crate::deploy) struct Yaml<'t> {
    nodes: Vec<Node<'t>>,
    documents: Vec<usize>,
    /// The nodes that aliases name.
    aliased: BTreeSet<usize>,
}

struct Node<'t> {
    what: What<'t>,
    span: Range<usize>,
    is_tagged: bool,
    above: Option<usize>,
}

enum What<'t> {
    Scalar(Cow<'t, str>, ScalarStyle),
    List(Vec<usize>),
    Map(Vec<(usize, usize)>),
}

/// One node, with all around it.
#[derive(Clone, Copy)]
pub(in crate::deploy) struct At<'y> {
    yaml: &'y Yaml<'y>,
    number: usize,
}

impl<'t> Yaml<'t> {
    /// Reads a text, or says in which line it is no YAML.
    pub(in crate::deploy) fn of(text: &'t str) -> Result<Self, Broken> {
        let mut options = Options::default();
        options.set_emit_comments(false);
        let mut building = Building::default();
        for event in Parser::new_from_str_with_options(text, options) {
            match event {
                Ok((event, span)) => building.take(event, &span),
                Err(error) => return Err(Broken { line: error.marker().line().max(1), what: "YAML" }),
            }
        }
        Ok(building.yaml)
    }

    pub(in crate::deploy) fn documents(&'t self) -> impl Iterator<Item = At<'t>> {
        self.documents.iter().map(|number| At { yaml: self, number: *number })
    }

    /// Every text with its place, and how they hang together.
    pub(in crate::deploy) fn texts(&self) -> Texts {
        let mut texts = Texts { shape: vec![format!("{:?}", self.documents)], texts: Vec::new() };
        for node in &self.nodes {
            match &node.what {
                What::Scalar(text, _) => {
                    texts.shape.push(format!("{}", node.is_tagged));
                    texts.texts.push((text.to_string().into(), node.span.clone()));
                }
                What::List(items) => texts.shape.push(format!("{items:?}")),
                What::Map(pairs) => texts.shape.push(format!("{pairs:?}")),
            }
        }
        texts
    }
}

impl<'y> At<'y> {
    fn node(self) -> &'y Node<'y> {
        &self.yaml.nodes[self.number]
    }

    fn other(self, number: usize) -> Self {
        Self { number, ..self }
    }

    pub(in crate::deploy) fn span(self) -> Range<usize> {
        self.node().span.clone()
    }

    /// Whether an alias names this node, or one that it stands in.
    pub(in crate::deploy) fn is_shared(self) -> bool {
        let around = std::iter::successors(Some(self.number), |number| self.yaml.nodes[*number].above);
        around.into_iter().any(|number| self.yaml.aliased.contains(&number))
    }

    /// Whether it is a text without quotes.
    pub(in crate::deploy) fn is_plain(self) -> bool {
        matches!(self.node().what, What::Scalar(_, ScalarStyle::Plain))
    }

    /// The text of a scalar; nothing where a tag such as `!vault` says that another program makes it.
    pub(in crate::deploy) fn text(self) -> Option<&'y str> {
        match &self.node().what {
            What::Scalar(text, _) if !self.node().is_tagged => Some(text),
            _ => None,
        }
    }

    /// Whether nothing stands here: `key:`, `key: null`, `key: ~`.
    pub(in crate::deploy) fn is_null(self) -> bool {
        matches!(&self.node().what, What::Scalar(text, ScalarStyle::Plain) if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }

    pub(in crate::deploy) fn items(self) -> impl Iterator<Item = Self> {
        let numbers = match &self.node().what {
            What::List(items) => items.as_slice(),
            _ => &[],
        };
        numbers.iter().map(move |number| self.other(*number))
    }

    /// The pairs of a mapping as it stands.
    pub(in crate::deploy) fn pairs(self) -> impl Iterator<Item = (Self, Self)> {
        let pairs = match &self.node().what {
            What::Map(pairs) => pairs.as_slice(),
            _ => &[],
        };
        pairs.iter().map(move |(key, value)| (self.other(*key), self.other(*value)))
    }

    /// The pairs of a mapping, then those of what `<<` takes in, each mapping once.
    pub(in crate::deploy) fn entries(self) -> Vec<(&'y str, Self, Self)> {
        let (mut entries, mut seen, mut queue) = (Vec::new(), BTreeSet::new(), vec![self]);
        while let Some(map) = queue.pop().filter(|_| seen.len() < MERGED) {
            if !seen.insert(map.number) {
                continue;
            }
            queue.extend(map.items());
            for (key, value) in map.pairs() {
                match key.text() {
                    Some("<<") => queue.push(value),
                    Some(name) => entries.push((name, key, value)),
                    None => {}
                }
            }
        }
        entries
    }

    pub(in crate::deploy) fn get(self, name: &str) -> Option<Self> {
        let own = self.pairs().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| value);
        own.or_else(|| {
            let is_merged = self.pairs().any(|(key, _)| key.text() == Some("<<"));
            let entries = if is_merged { self.entries() } else { Vec::new() };
            entries.into_iter().find(|(key, _, _)| *key == name).map(|(_, _, value)| value)
        })
    }

    /// Several steps down.
    pub(in crate::deploy) fn find(self, names: &[&str]) -> Option<Self> {
        names.iter().try_fold(self, |at, name| at.get(name))
    }

    pub(in crate::deploy) fn text_of(self, name: &str) -> Option<&'y str> {
        self.get(name)?.text()
    }

    /// This node and all that is written below it, in the order of the file; what an alias names stands elsewhere.
    pub(in crate::deploy) fn below(self) -> Vec<Self> {
        let (mut found, mut seen, mut stack) = (Vec::new(), BTreeSet::new(), vec![self]);
        while let Some(at) = stack.pop() {
            if !seen.insert(at.number) {
                continue;
            }
            found.push(at);
            let children = at.items().chain(at.pairs().flat_map(|(key, value)| [key, value]));
            let from = stack.len();
            // Nodes are counted as they begin, so a lower number was written before.
            stack.extend(children.filter(|child| child.number > at.number));
            stack[from..].reverse();
        }
        found
    }
}

/// More mappings than anybody merges into one: chains of merges would take a reader far.
const MERGED: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back_to_the_text() {
        let text = "# é\r\nweb: &x\r\n  key: \"a\\tb\"\r\n  other: 'c'\r\nagain: *x\r\n---\r\nsecond: 1\r\n";
        let yaml = Yaml::of(text).unwrap();
        let documents: Vec<At<'_>> = yaml.documents().collect();
        let key = documents[0].find(&["again", "key"]).unwrap();
        assert_eq!((key.text(), &text[key.span()]), (Some("a\tb"), "\"a\\tb\""));
        assert_eq!(documents[1].text_of("second"), Some("1"));
    }

    #[test]
    fn what_a_merge_takes_in_is_there_and_gives_way() {
        let yaml = Yaml::of("a: &a {x: 1, y: 2}\nb: &b {<<: *a, y: 3}\nc: {<<: [*b, *a], z: 4}\n").unwrap();
        let c = yaml.documents().next().unwrap().get("c").unwrap();
        assert_eq!([c.text_of("x"), c.text_of("z")], [Some("1"), Some("4")]);
        assert_eq!(c.text_of("none"), None);
    }

    #[test]
    fn aliases_of_aliases_cost_nothing() {
        let mut text = "a0: &a0 [x, x]\n".to_owned();
        for at in 1..200 {
            let before = at - 1;
            text += &format!("a{at}: &a{at} [*a{before}, *a{before}]\n");
        }
        let yaml = Yaml::of(&text).unwrap();
        let root = yaml.documents().next().unwrap();
        assert_eq!(root.below().len(), 1 + 200 * 2 + 2);
        assert_eq!(root.get("a199").unwrap().below().len(), 1);
        let circle = Yaml::of("a: &a {<<: *a, b: *a}\n").unwrap();
        let a = circle.documents().next().unwrap().get("a").unwrap();
        assert_eq!((a.entries().len(), a.text_of("none")), (1, None));
    }

    #[test]
    fn what_is_no_yaml_is_named_by_its_line() {
        let line = |text: &str| Yaml::of(text).err().map(|broken| broken.line);
        assert_eq!(line("a: 1\nb: [1\nc: 2\n"), Some(3));
        assert!(line("a: 1\n\tb: 2\n").is_some());
        assert_eq!(line("a: 'x\n"), Some(1));
        assert_eq!(line("a: *missing\n"), Some(1));
        assert_eq!(line("a: \0\n"), Some(1));
        assert!(line(&"[".repeat(100_000)).is_some());
        assert!(line(&"- ".repeat(100_000)).is_some());
    }

    #[test]
    fn another_programs_tags_hide_a_text_and_yamls_own_do_not() {
        let yaml = Yaml::of("a: !vault x\nb: !!str y\nc: ! z\n").unwrap();
        let document = yaml.documents().next().unwrap();
        assert_eq!(["a", "b"].map(|name| document.text_of(name)), [None, Some("y")]);
    }
}
