//! Findings that the user has thought about: `# keybaton: ignore[rule]` on their line, or alone on the line above.

use crate::source::Source;

/// The rules that a text asks to be silent about, line by line.
#[derive(Debug, Default)]
pub(crate) struct Suppressions(Vec<(usize, Vec<String>)>);

impl Suppressions {
    pub(crate) fn of(source: &Source) -> Self {
        if !source.text().contains(MARK) {
            return Self::default();
        }
        let lines = source.text().lines().enumerate();
        let found = lines.filter_map(|(at, line)| {
            let alone = line.trim_start().starts_with('#');
            Some((if alone { at + 2 } else { at + 1 }, named(line)?))
        });
        Self(found.collect())
    }

    /// Whether a line, counted from 1, is to be silent about a rule.
    pub(crate) fn covers(&self, line: usize, rule: &str) -> bool {
        self.0.iter().any(|(at, rules)| *at == line && rules.iter().any(|named| named == rule))
    }

    /// Every rule that is named, with the line that it holds for.
    pub(crate) fn named(&self) -> impl Iterator<Item = (usize, &str)> {
        self.0.iter().flat_map(|(line, rules)| rules.iter().map(|rule| (*line, rule.as_str())))
    }
}

fn named(line: &str) -> Option<Vec<String>> {
    let (_, comment) = line.split_once('#')?;
    let (_, rest) = comment.split_once(MARK)?;
    let (rules, _) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
    Some(rules.split(',').map(|rule| rule.trim().to_owned()).collect())
}

const MARK: &str = "keybaton: ignore";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_holds_for_its_line_or_for_the_one_below_where_it_stands_alone() {
        let text = "A = 1  # keybaton: ignore[one, two]\n# keybaton: ignore[three]\nB = 2\n# keybaton: ignore everything\n";
        let found = Suppressions::of(&Source::decode(text.as_bytes()).unwrap());
        assert_eq!(found.named().collect::<Vec<_>>(), [(1, "one"), (1, "two"), (3, "three")]);
        assert!(found.covers(1, "two") && found.covers(3, "three") && !found.covers(2, "three"));
    }
}
