//! Words of units and Dockerfiles: quoted as in a shell, but no shell reads them, and so `;&|()<>` end none.

use std::ops::Range;

/// One word without its quotes.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::deploy) struct Word {
    pub(in crate::deploy) text: String,
    pub(in crate::deploy) span: Range<usize>,
    /// Where what follows the first `=` begins, in the line.
    value_at: Option<usize>,
}

impl Word {
    /// Name and value of `NAME=value`, with the place of the value.
    pub(in crate::deploy) fn assignment(&self) -> Option<(&str, &str, Range<usize>)> {
        let (name, value) = self.text.split_once('=')?;
        Some((name, value, self.value_at.unwrap_or(self.span.start)..self.span.end))
    }
}

/// The words of a line.
pub(in crate::deploy) fn words(line: &str) -> Vec<Word> {
    let (mut words, mut word, mut quote) = (Vec::new(), None, None);
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        if quote.is_none() && c.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let word = word.get_or_insert_with(|| Word { text: String::new(), span: at..at, value_at: None });
        word.span.end = at + c.len_utf8();
        match c {
            c if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            '\\' if quote != Some('\'') => {
                let (at, escaped) = chars.next().unwrap_or((at, c));
                word.span.end = at + escaped.len_utf8();
                word.text.push(escaped);
            }
            c => {
                word.text.push(c);
                word.value_at = word.value_at.or((c == '=').then_some(at + 1));
            }
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_white_space_outside_of_quotes_ends_a_word() {
        let line = r#" A=(a;b&c|d)<e> "B=b 'c'" C='d\' \"e"#;
        let told: Vec<String> = words(line).into_iter().map(|word| word.text).collect();
        assert_eq!(told, ["A=(a;b&c|d)<e>", "B=b 'c'", "C=d\\", "\"e"]);
        for (word, place) in words(line).iter().zip(["(a;b&c|d)<e>", "b 'c'\"", "'d\\'"]) {
            assert_eq!(&line[word.assignment().unwrap().2], place);
        }
    }

    #[test]
    fn what_does_not_end_is_read_to_the_end_of_the_line() {
        for line in ["", "'", "a=\"b", "\\", "é\\é"] {
            words(line);
        }
        assert_eq!(words("a=\"b c")[0].text, "a=b c");
    }
}
