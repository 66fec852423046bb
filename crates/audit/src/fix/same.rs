//! Edits that change what they should, and nothing else.

use super::{Edit, Language};
use crate::deploy::texts;
use crate::source::Source;

/// The content with the edits made; nothing where it is another one now, or where more would change than the texts that were meant.
#[must_use]
pub fn rewritten(content: &[u8], edits: &[Edit], language: Language) -> Option<Vec<u8>> {
    let mut new = Vec::with_capacity(content.len());
    let mut at = 0;
    for edit in edits {
        if content.get(edit.range.clone())? != edit.old.as_bytes() {
            return None;
        }
        new.extend_from_slice(content.get(at..edit.range.start)?);
        new.extend_from_slice(edit.new.as_bytes());
        at = edit.range.end;
    }
    new.extend_from_slice(content.get(at..)?);
    let [before, after] = [content, new.as_slice()].map(|content| Source::decode(content).ok());
    is_only(&before?, &after?, edits, language).then_some(new)
}

/// Whether both sources say the same but for the edits. Each text of the file has its place, so the edits in it are known.
fn is_only(before: &Source, after: &Source, edits: &[Edit], language: Language) -> bool {
    let (Some(old), Some(new)) = (texts(before.text(), language), texts(after.text(), language)) else {
        return false;
    };
    let mut made = 0;
    let is_same = old.texts.iter().zip(&new.texts).all(|((old, place), (new, _))| {
        let place = before.bytes_of(place.clone());
        let is_within = |edit: &&Edit| place.start <= edit.range.start && edit.range.end <= place.end;
        let within: Vec<&Edit> = edits.iter().filter(is_within).collect();
        made += within.len();
        is_edited(old, new, &within)
    });
    is_same && old.shape == new.shape && old.texts.len() == new.texts.len() && made == edits.len()
}

/// Whether `new` is `old` with the edits made, in their order and in whatever places.
fn is_edited(old: &str, new: &str, edits: &[&Edit]) -> bool {
    let Some((edit, rest)) = edits.split_first() else { return old == new };
    let same = old.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
    let places = old.match_indices(&edit.old).map(|(at, _)| at).take_while(|at| *at <= same);
    places.into_iter().any(|at| {
        let new = new.get(at..).and_then(|new| new.strip_prefix(edit.meaning()));
        new.is_some_and(|new| is_edited(&old[at + edit.old.len()..], new, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(text: &str, at: usize, old: &str, new: &'static str) -> Edit {
        let (start, _) = text.match_indices(old).nth(at).unwrap();
        Edit { range: start..start + old.len(), old: old.into(), new }
    }

    fn changed(text: &str, edits: &[Edit]) -> Option<String> {
        rewritten(text.as_bytes(), edits, Language::Yaml).map(|new| String::from_utf8(new).unwrap())
    }

    #[test]
    fn texts_that_were_meant_change_alone() {
        let text = "\u{feff}a: {k: 3, l: '3'}\r\nb: |\r\n  x 3 3\r\n# 3\r\n";
        let edits = [edit(text, 1, "3", "latest"), edit(text, 3, "3", "latest")];
        assert_eq!(
            changed(text, &edits).unwrap(),
            text.replace("'3'", "'latest'").replace("3 3", "3 latest")
        );
    }

    #[test]
    fn what_changes_more_or_less_is_refused() {
        let text = "a: {k: 3}\nb: \"\\x33 \"\nc: &c 3\nd: *c\n# 3\n";
        for (at, old, new) in [
            (0, "3", "3, l: 4"),
            (0, "3", "{}"),
            (0, "k: 3", "k: 4"),
            (1, "3", "latest"),
            (2, "3", "latest"),
            (0, "&c 3", "&d 3"),
            (4, "3", "latest"),
            (0, "3}", "4]"),
        ] {
            assert_eq!(changed(text, &[edit(text, at, old, new)]), None, "{old} {new}");
        }
        let elsewhere = Edit { range: 0..1, old: "3".into(), new: "4" };
        assert_eq!(changed(text, &[elsewhere]), None);
        assert_eq!(changed("a: [\n", &[]), None);
    }

    #[test]
    fn terraform_is_read_again_too() {
        let text = "a = \"3\"\nb \"c\" {\n  d = \"3\" # 3\n}\n";
        let made = |at, new| rewritten(text.as_bytes(), &[edit(text, at, "3", new)], Language::Hcl);
        assert_eq!(made(1, "latest").unwrap(), text.replace("d = \"3\"", "d = \"latest\"").as_bytes());
        assert_eq!([made(1, "\"\nx = \"y"), made(2, "latest")], [None, None]);
    }
}
