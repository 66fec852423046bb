//! The table, made of what the parser tells one after another.

use std::collections::BTreeMap;

use granit_parser::{Event, Span, Tag};

use super::{Node, What, Yaml};

#[derive(Default)]
pub(super) struct Building<'t> {
    pub(super) yaml: Yaml<'t>,
    /// The collections that are open, each with the key that waits for its value.
    open: Vec<(usize, Option<usize>)>,
    anchors: BTreeMap<usize, usize>,
}

impl<'t> Building<'t> {
    pub(super) fn take(&mut self, event: Event<'t>, span: &Span) {
        let anchor = event.anchor_id();
        let is_tagged = event.tag().is_some_and(Tag::is_custom);
        let (what, opens) = match event {
            Event::Alias(id) => {
                if let Some(number) = self.anchors.get(&id).copied() {
                    self.yaml.aliased.insert(number);
                    self.attach(number);
                }
                return;
            }
            Event::Scalar(text, style, ..) => (What::Scalar(text, style), false),
            Event::SequenceStart(..) => (What::List(Vec::new()), true),
            Event::MappingStart(..) => (What::Map(Vec::new()), true),
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
                return;
            }
            _ => return,
        };
        let number = self.yaml.nodes.len();
        let span = span.byte_range().unwrap_or_default();
        let above = self.open.last().map(|(number, _)| *number);
        self.yaml.nodes.push(Node { what, span, is_tagged, above });
        self.anchors.extend(anchor.map(|id| (id, number)));
        self.attach(number);
        if opens {
            self.open.push((number, None));
        }
    }

    fn attach(&mut self, number: usize) {
        let Some((parent, waiting)) = self.open.last_mut() else {
            return self.yaml.documents.push(number);
        };
        match &mut self.yaml.nodes[*parent].what {
            What::List(items) => items.push(number),
            What::Map(pairs) => match waiting.take() {
                Some(key) => pairs.push((key, number)),
                None => *waiting = Some(number),
            },
            What::Scalar(..) => {}
        }
    }
}
