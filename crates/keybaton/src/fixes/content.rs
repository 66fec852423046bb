//! What files hold afterwards.

use std::path::Path;
use std::time::Duration;

use keybaton_audit::fix::{Does, Edit, Language, Stamp, rewritten};
use keybaton_files::{FileErrorKind, Limits, read};
use zeroize::Zeroizing;

use super::What;
use super::sight::{sight, sight_of_lines};

/// A file with other texts in it.
pub(super) fn edited<'d>(path: &Path, fixes: impl Iterator<Item = &'d Does>) -> Result<What, String> {
    let old = content(path)?.ok_or("its file is gone")?;
    let mut edits: Vec<Edit> = Vec::new();
    let mut written_in = Language::Yaml;
    for does in fixes {
        let Does::Text { edits: more, language, seen } = does else { continue };
        if Stamp::of(&old) != *seen {
            return Err("its file changed while it was looked at".to_owned());
        }
        edits.extend_from_slice(more);
        written_in = *language;
    }
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    edits.dedup();
    if edits.windows(2).any(|pair| pair[1].range.start < pair[0].range.end) {
        return Err("two findings are about the same text".to_owned());
    }
    let new = rewritten(&old, &edits, written_in)
        .ok_or("read again after the change, the file would say more or less than it should")?;
    let seen = sight(&old, &edits);
    Ok(What { old: Some(old), new: new.into(), seen })
}

/// A list of one entry a line with some more.
pub(super) fn with_lines<'d>(path: &Path, lines: impl Iterator<Item = &'d str>) -> Result<What, String> {
    let old = content(path)?;
    let before = old.as_deref().map_or(&[][..], Vec::as_slice);
    let end: &[u8] = if before.windows(2).any(|pair| pair == b"\r\n") { b"\r\n" } else { b"\n" };
    let mut new = before.to_vec();
    if before.last().is_some_and(|last| *last != b'\n') {
        new.extend_from_slice(end);
    }
    let mut added: Vec<&str> = Vec::new();
    for line in lines.filter(|line| !line.contains(['\n', '\r'])) {
        if !added.contains(&line) {
            added.push(line);
            new.extend_from_slice(line.as_bytes());
            new.extend_from_slice(end);
        }
    }
    let seen = sight_of_lines(before, &new);
    Ok(What { old, new: new.into(), seen })
}

fn content(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    match read(path, Limits { bytes: LONGEST, silence: Duration::ZERO }) {
        Ok(content) => Ok(Some(content.into_bytes())),
        Err(error) if error.kind() == FileErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// No file is looked at that is longer.
const LONGEST: usize = 8 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn does(text: &str, range: std::ops::Range<usize>, seen: &str) -> Does {
        let edits = vec![Edit { old: text[range.clone()].to_owned(), range, new: "4" }];
        Does::Text { edits, language: Language::Yaml, seen: Stamp::of(seen.as_bytes()) }
    }

    fn outcome(fixes: &[Does]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        std::fs::write(&path, TEXT).unwrap();
        edited(&path, fixes.iter()).map(|what| String::from_utf8(what.new.to_vec()).unwrap())
    }

    #[test]
    fn a_file_that_is_another_by_now_is_left() {
        let changed = outcome(&[does(TEXT, 3..5, "a: 32\nb: 34\n")]);
        assert_eq!(changed.unwrap_err(), "its file changed while it was looked at");
    }

    #[test]
    fn one_text_changes_once_and_two_changes_of_one_text_are_none() {
        let [first, same, over] = [3..5, 3..5, 4..5].map(|range| does(TEXT, range, TEXT));
        assert_eq!(outcome(&[first.clone(), same, does(TEXT, 9..11, TEXT)]).unwrap(), "a: 4\nb: 4\n");
        assert_eq!(outcome(&[over, first]).unwrap_err(), "two findings are about the same text");
    }

    const TEXT: &str = "a: 32\nb: 33\n";
}
