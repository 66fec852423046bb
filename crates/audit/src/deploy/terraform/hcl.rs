//! As much of HCL as is needed to see which texts stand in which blocks. Nothing is an error: what is not understood says
//! nothing.

use std::ops::Range;

/// A block, or an object in braces.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) kind: String,
    pub(super) labels: Vec<String>,
    /// The attributes that are texts.
    pub(super) texts: Vec<(String, Text)>,
    /// Those that an attribute may have: `var.key != "" ? var.key : "made-up"`.
    pub(super) choices: Vec<(String, Text)>,
    pub(super) above: Option<usize>,
}

/// A text in quotes, and its place with them.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

impl Block {
    pub(super) fn text(&self, name: &str) -> Option<&Text> {
        self.texts.iter().find(|(attribute, _)| attribute == name).map(|(_, text)| text)
    }
}

/// A block and the few that it stands in.
pub(super) fn around(blocks: &[Block], number: usize) -> impl Iterator<Item = &Block> {
    let mut next = Some(number);
    std::iter::from_fn(move || {
        let block = blocks.get(next?)?;
        next = block.above;
        Some(block)
    })
    .take(8)
}

/// Every block of a file; the first is the file itself.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut reading = Reading { blocks: vec![Block::default()], open: vec![0], ..Reading::default() };
    let mut tokens = Tokens { text, at: 0, heredocs: Vec::new() };
    while let Some(token) = tokens.next() {
        reading.take(token);
    }
    reading.blocks
}

/// Where the texts of a file stand that have lines of their own: `<<EOF`.
pub(super) fn heredocs(text: &str) -> Vec<Range<usize>> {
    let mut tokens = Tokens { text, at: 0, heredocs: Vec::new() };
    while tokens.next().is_some() {}
    tokens.heredocs
}

#[derive(Default)]
struct Reading {
    blocks: Vec<Block>,
    open: Vec<usize>,
    /// What stands in front of a sign: the name of an attribute, or kind and labels of a block.
    words: Vec<Text>,
    /// Whether a value comes next.
    is_value: bool,
    /// The attribute whose value is being read.
    attribute: Option<String>,
    /// Whether that is one of two.
    is_choice: bool,
}

enum Token {
    Word(Text),
    Quoted(Text),
    Sign(char),
    End,
}

impl Reading {
    fn take(&mut self, token: Token) {
        match token {
            Token::Quoted(text) if self.is_value => self.value(text),
            Token::Word(word) | Token::Quoted(word) => self.words.push(word),
            Token::Sign('=' | ':') => {
                if let ([name], None) = (self.words.as_slice(), &self.attribute) {
                    self.attribute = Some(name.text.clone());
                }
                self.is_value = true;
            }
            Token::Sign('?') => {
                self.is_choice = self.attribute.is_some();
                self.is_value = self.is_choice;
            }
            Token::Sign('{') => self.enter(),
            Token::Sign('}') => {
                if self.open.len() > 1 {
                    self.open.pop();
                }
                self.finish();
            }
            Token::End | Token::Sign(',' | '[' | ']') => self.finish(),
            // A call or a sum: what its texts mean is not known.
            Token::Sign(_) => self.is_value = false,
        }
    }

    fn value(&mut self, text: Text) {
        let block = self.open.last().and_then(|open| self.blocks.get_mut(*open));
        match (block, self.words.as_slice(), &self.attribute) {
            (Some(block), _, Some(name)) if self.is_choice => block.choices.push((name.clone(), text)),
            (Some(block), [name], _) => block.texts.push((name.text.clone(), text)),
            _ => {}
        }
        self.clear();
    }

    fn enter(&mut self) {
        let mut words = std::mem::take(&mut self.words).into_iter().map(|word| word.text);
        let block = Block {
            kind: words.next().unwrap_or_default(),
            labels: words.collect(),
            above: self.open.last().copied(),
            ..Block::default()
        };
        self.open.push(self.blocks.len());
        self.blocks.push(block);
        self.finish();
    }

    fn finish(&mut self) {
        self.clear();
        self.attribute = None;
        self.is_choice = false;
    }

    fn clear(&mut self) {
        self.words.clear();
        self.is_value = false;
    }
}

struct Tokens<'t> {
    text: &'t str,
    at: usize,
    /// Those that were passed by.
    heredocs: Vec<Range<usize>>,
}

impl Tokens<'_> {
    fn next(&mut self) -> Option<Token> {
        loop {
            let rest = &self.text[self.at..];
            let c = rest.chars().next()?;
            match passed(rest, c) {
                0 => return Some(self.token(rest.len(), c)),
                length => {
                    if rest.starts_with("<<") {
                        self.heredocs.push(self.at..self.at + length);
                    }
                    self.at += length;
                }
            }
        }
    }

    fn token(&mut self, left: usize, c: char) -> Token {
        let start = self.text.len() - left;
        let rest = &self.text[start..];
        let placed = |length: usize, text: String| Text { text, span: start..start + length };
        let (length, token) = match c {
            '\n' => (1, Token::End),
            '"' => {
                let (length, text) = quoted(rest);
                (length, Token::Quoted(placed(length, text)))
            }
            c if is_word(c) => {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                (length, Token::Word(placed(length, rest[..length].to_owned())))
            }
            c => (c.len_utf8(), Token::Sign(c)),
        };
        self.at += length;
        token
    }
}

/// How much is left out here: spaces, comments, heredocs.
fn passed(rest: &str, c: char) -> usize {
    let line = || rest.find('\n').unwrap_or(rest.len());
    match c {
        '\n' => 0,
        '#' => line(),
        '/' if rest.starts_with("//") => line(),
        '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
        '<' if rest.starts_with("<<") => heredoc(rest),
        c if c.is_whitespace() => c.len_utf8(),
        _ => 0,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-' || c == '.'
}

/// How long a heredoc is, up to the end of its last line.
fn heredoc(rest: &str) -> usize {
    let mut lines = rest.split_inclusive('\n');
    let first = lines.next().unwrap_or(rest);
    let end = first.trim_start_matches('<').trim_start_matches('-').trim();
    let mut length = first.len();
    for line in lines {
        if line.trim() == end {
            return length + line.trim_end_matches(['\n', '\r']).len();
        }
        length += line.len();
    }
    length
}

/// A text in quotes: how long it is with them, and what it says. `${…}` may have quotes of its own.
fn quoted(rest: &str) -> (usize, String) {
    let (mut text, mut depth, mut is_escaped, mut last) = (String::new(), 0_usize, false, '"');
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => {
                is_escaped = true;
                continue;
            }
            '{' if last == '$' || depth > 0 => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '\n' => return (at, text),
            '"' if depth == 0 => return (at + 1, text),
            _ => {}
        }
        last = c;
        text.push(c);
    }
    (rest.len(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_known_with_the_blocks_they_stand_in() {
        let text = "# no = \"x\"\nvariable \"secret_key\" {\n  default = \"a\\\"b\" # c\n}\nx = { A = \"1\", \"B\" : \"${f(\"y\")}\" }\nlist = [{ name = \"N\", value = var.v }]\n";
        let blocks = blocks(text);
        let told = blocks.iter().map(|block| {
            let texts = block.texts.iter().map(|(name, text)| format!("{name}={}", text.text));
            format!("{} {:?} {}", block.kind, block.labels, texts.collect::<Vec<_>>().join(" "))
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            [" [] ", "variable [\"secret_key\"] default=a\"b", "x [] A=1 B=${f(\"y\")}", " [] name=N"]
        );
        assert_eq!(&text[blocks[1].texts[0].1.span.clone()], "\"a\\\"b\"");
    }

    #[test]
    fn one_of_two_texts_is_a_choice_of_its_attribute() {
        let told = |text: &str| {
            let blocks = blocks(text);
            let choices = blocks.iter().flat_map(|block| &block.choices);
            choices.map(|(name, text)| format!("{name}={}", text.text)).collect::<Vec<_>>()
        };
        assert_eq!(told("A = var.k != \"\" ? var.k : \"x\"\nB = \"y\"\n"), ["A=x"]);
        assert_eq!(told("e = { \"A\" : var.p ? \"x\" : \"y\", B : var.k }"), ["A=x", "A=y"]);
        assert!(told("A = var.k\nB = { C = \"x\" }\nD : \"y\"").is_empty());
    }

    #[test]
    fn heredocs_and_what_is_not_closed_are_passed_by() {
        let found = blocks("a = <<-EOT\n  b = \"x\"\n  EOT\nc = \"d\"\n");
        assert_eq!(found[0].texts.len(), 1);
        let text = "a = <<EOT\nb\nEOT\nc = 1 # <<X\n";
        assert_eq!(heredocs(text).into_iter().map(|span| &text[span]).collect::<Vec<_>>(), ["<<EOT\nb\nEOT"]);
        for text in ["\"", "<<", "/*", "{{{", "}}}", "a = \"\\", "<<EOT\n"] {
            blocks(text);
        }
        blocks(&"#\n".repeat(100_000));
    }
}
