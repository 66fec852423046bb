//! What may be seen of a change. A deploy file can hold any secret anywhere, so only the word that changes is shown.

use std::ops::Range;

use keybaton_audit::fix::Edit;

/// The text before and after, line by line, with `…` for all but the words that change.
pub(super) fn sight(old: &[u8], edits: &[Edit]) -> [String; 2] {
    let mut seen = [String::new(), String::new()];
    let mut start = 0;
    for line in old.split_inclusive(|byte| *byte == b'\n') {
        let place = start..start + line.len();
        start = place.end;
        let within: Vec<&Edit> = edits.iter().filter(|edit| place.contains(&edit.range.start)).collect();
        let words = words(old, &place, &within);
        for (seen, is_new) in seen.iter_mut().zip([false, true]) {
            seen.push_str(&shown(old, &place, &words, &within, is_new));
            seen.push('\n');
        }
    }
    seen
}

/// Names of files are no secrets.
pub(super) fn sight_of_lines(old: &[u8], new: &[u8]) -> [String; 2] {
    [old, new].map(|text| String::from_utf8_lossy(text).into_owned())
}

/// The words of a line that edits are in, each with the name in front of it.
fn words(text: &[u8], line: &Range<usize>, edits: &[&Edit]) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for edit in edits {
        let back = text[line.start..edit.range.start].iter().rposition(|byte| is_gap(*byte));
        let start = name(text, line.start, back.map_or(line.start, |at| line.start + at + 1));
        let length = text[edit.range.end..line.end].iter().position(|byte| is_gap(*byte));
        let word = start..length.map_or(line.end, |length| edit.range.end + length);
        match words.last_mut() {
            Some(last) if word.start <= last.end => last.end = word.end,
            _ => words.push(word),
        }
    }
    words
}

/// Where `key:` or `key =` in front of a word begins; the word itself where there is none.
fn name(text: &[u8], line: usize, word: usize) -> usize {
    let before = text[line..word].trim_ascii_end();
    let Some(named) = before.strip_suffix(b":").or(before.strip_suffix(b"=")) else { return word };
    let named = named.trim_ascii_end();
    line + named.iter().rposition(|byte| is_gap(*byte)).map_or(0, |at| at + 1)
}

fn is_gap(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b",{}[]()".contains(&byte)
}

fn shown(text: &[u8], line: &Range<usize>, words: &[Range<usize>], edits: &[&Edit], is_new: bool) -> String {
    let (mut shown, mut at) = (String::new(), line.start);
    let veil = |from: usize, to: usize| if text[from..to].trim_ascii().is_empty() { "" } else { "…" };
    for word in words {
        shown += &format!(" {} ", veil(at, word.start));
        at = word.start;
        for edit in edits.iter().filter(|edit| word.contains(&edit.range.start)) {
            shown += &String::from_utf8_lossy(&text[at..edit.range.start]);
            shown += if is_new { edit.new } else { &edit.old };
            at = edit.range.end;
        }
        shown += &String::from_utf8_lossy(&text[at..word.end]);
        at = word.end;
    }
    shown += &format!(" {}", veil(at, line.end));
    shown.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str, old: &str, new: &'static str) -> String {
        let edit = |(at, old): (usize, &str)| Edit { range: at..at + old.len(), old: old.into(), new };
        let edits: Vec<Edit> = text.match_indices(old).map(edit).collect();
        sight(text.as_bytes(), &edits).map(|seen| seen.trim().to_owned()).join("|")
    }

    #[test]
    fn only_the_word_that_changes_and_its_name_are_seen() {
        assert_eq!(seen("  key:  \"7\"  # LEAK\r\n", "7", "latest"), "key:  \"7\" …|key:  \"latest\" …");
        assert_eq!(seen("LEAK: {x: LEAK, key: '7'}", "7", "latest"), "… key: '7' …|… key: 'latest' …");
        assert_eq!(seen("[\"LEAK\",{\"a\":\"b:7\"}]", "7", ""), "… \"a\":\"b:7\" …|… \"a\":\"b:\" …");
        assert_eq!(seen("x LEAK S=a:7,B=LEAK,T=b:7,C", "7", "8"), "… S=a:7 … T=b:7 …|… S=a:8 … T=b:8 …");
        assert_eq!(seen("version = \"7\"\n", "7", "latest"), "version = \"7\"|version = \"latest\"");
        assert_eq!(seen("LEAK\nk: 7", "7", "8"), "…\nk: 7|…\nk: 8");
    }
}
