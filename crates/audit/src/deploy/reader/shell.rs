//! As much of a shell script as is needed to see which commands it runs with which words.

use std::ops::Range;

use super::quotes::{between, enclosed};

/// One command of a script.
#[derive(Debug, Default)]
pub(in crate::deploy) struct Command {
    /// `NAME=value` in front of it, or all that there is.
    pub(in crate::deploy) assigned: Vec<Word>,
    pub(in crate::deploy) words: Vec<Word>,
    /// The file that what it prints goes into.
    pub(in crate::deploy) target: Option<String>,
    /// The number of the command that reads what it prints.
    pub(in crate::deploy) piped_to: Option<usize>,
    /// The texts below it that it is given to read.
    pub(in crate::deploy) heredocs: Vec<Word>,
}

/// One word, with and without its quotes.
#[derive(Clone, Debug, Default)]
pub(in crate::deploy) struct Word {
    pub(in crate::deploy) text: String,
    /// The same without what stands in single quotes: what the shell fills in.
    pub(in crate::deploy) filled: String,
    pub(in crate::deploy) span: Range<usize>,
    /// Where what follows the first `=` begins.
    value_at: Option<usize>,
}

impl Word {
    /// Name and value of `NAME=value`.
    pub(in crate::deploy) fn assignment(&self) -> Option<(&str, &str)> {
        let (name, value) = self.text.split_once('=')?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        (begins && name.chars().all(is_name)).then_some((name, value))
    }

    /// The place of the value of `NAME=value`.
    pub(in crate::deploy) fn value_span(&self) -> Range<usize> {
        self.value_at.unwrap_or(self.span.start)..self.span.end
    }
}

impl Command {
    pub(in crate::deploy) fn name(&self) -> &str {
        self.words.first().map_or("", |word| word.text.as_str())
    }

    /// The words after the name.
    pub(in crate::deploy) fn rest(&self) -> impl Iterator<Item = &str> {
        self.words.iter().skip(1).map(|word| word.text.as_str())
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.assigned.is_empty()
    }
}

/// The commands of a script, one after another, whatever decides which of them run.
pub(in crate::deploy) fn commands(script: &str) -> Vec<Command> {
    let mut reading = Reading {
        script,
        at: 0,
        commands: Vec::new(),
        command: Command::default(),
        heredocs: Vec::new(),
        groups: Groups::default(),
    };
    while let Some(c) = reading.next() {
        reading.step(c);
    }
    reading.end();
    reading.commands
}

struct Reading<'s> {
    script: &'s str,
    at: usize,
    commands: Vec<Command>,
    command: Command,
    /// The texts which begin on the next line.
    heredocs: Vec<Heredoc>,
    groups: Groups,
}

/// A text for the command with this number.
struct Heredoc {
    command: usize,
    /// The word that ends it.
    end: String,
    /// Whether the shell fills variables in: not where the word has quotes.
    is_filled: bool,
}

/// `{ …; }`, `( … )`, `for … done`: what follows the last word holds for every command within.
#[derive(Default)]
struct Groups {
    /// How many commands there were where each began.
    open: Vec<usize>,
    /// The one that ended just now.
    ended: Option<usize>,
    /// How many commands groups have led somewhere: those of a group in a group are led twice.
    led: usize,
}

impl Reading<'_> {
    fn next(&self) -> Option<char> {
        self.script[self.at..].chars().next()
    }

    fn step(&mut self, c: char) {
        let rest = &self.script[self.at..];
        match c {
            '\\' if rest.starts_with("\\\n") || rest.starts_with("\\\r\n") => {
                self.at += rest.find('\n').unwrap_or(0) + 1;
            }
            '\n' => {
                self.end();
                self.at += 1;
                self.read_heredocs();
            }
            '#' => self.at += rest.find('\n').unwrap_or(rest.len()),
            '|' if !rest.starts_with("||") => {
                self.pipe();
                self.separate(1);
            }
            '(' | ')' => {
                self.separate(1);
                self.group(if c == '(' { "{" } else { "}" });
            }
            ';' | '&' | '|' => self.separate(1),
            '<' | '>' => self.redirect(rest.len() - rest.trim_start_matches(['<', '>', '&', '-']).len()),
            c if c.is_whitespace() => self.at += c.len_utf8(),
            _ => self.word(),
        }
    }

    fn pipe(&mut self) {
        let next = self.commands.len() + usize::from(!self.command.is_empty());
        self.command.piped_to = Some(next);
        for command in self.ended() {
            command.piped_to.get_or_insert(next);
        }
    }

    /// The commands of the group that ended just now.
    fn ended(&mut self) -> &mut [Command] {
        let start = self.groups.ended.unwrap_or(self.commands.len());
        let ended = self.commands.get_mut(start..).unwrap_or_default();
        self.groups.led += ended.len();
        if self.groups.led > LED { &mut [] } else { ended }
    }

    fn separate(&mut self, length: usize) {
        self.at += length;
        self.end();
    }

    fn end(&mut self) {
        let command = std::mem::take(&mut self.command);
        if !command.is_empty() {
            self.commands.push(command);
        }
        self.groups.ended = None;
    }

    fn group(&mut self, word: &str) {
        match word {
            "{" | "if" | "while" | "until" | "for" => self.groups.open.push(self.commands.len()),
            "}" | "fi" | "done" => self.groups.ended = self.groups.open.pop(),
            _ => {}
        }
    }

    fn redirect(&mut self, length: usize) {
        let sign = self.script[self.at..self.at + length].to_owned();
        self.at += length;
        while self.next().is_some_and(|c| c == ' ') {
            self.at += 1;
        }
        let target = self.read_word();
        if sign.starts_with("<<") && !sign.starts_with("<<<") {
            let is_filled =
                target.filled == target.text && self.script[target.span].len() == target.text.len();
            self.heredocs.push(Heredoc { command: self.commands.len(), end: target.text, is_filled });
        } else if sign.starts_with('>') && !sign.contains('&') && !target.text.starts_with("/dev/std") {
            self.ended().iter_mut().for_each(|command| command.target = Some(target.text.clone()));
            self.command.target = Some(target.text);
        }
    }

    fn read_heredocs(&mut self) {
        for heredoc in std::mem::take(&mut self.heredocs) {
            let start = self.at;
            let mut end = start;
            while self.at < self.script.len() {
                let rest = &self.script[self.at..];
                let line = rest.split_inclusive('\n').next().unwrap_or(rest);
                self.at += line.len();
                if line.trim() == heredoc.end {
                    break;
                }
                end = self.at;
            }
            if let Some(command) = self.commands.get_mut(heredoc.command) {
                let text = self.script[start..end].to_owned();
                let filled = if heredoc.is_filled { text.clone() } else { String::new() };
                let value_at = text.find('=').map(|at| start + at + 1);
                command.heredocs.push(Word { text, filled, span: start..end, value_at });
            }
        }
    }

    fn word(&mut self) {
        let word = self.read_word();
        if self.command.words.is_empty() {
            self.group(&word.text);
        }
        match word.text.as_str() {
            "{" | "}" | "if" | "then" | "else" | "elif" | "fi" | "do" | "done" | "while" | "until" | "!"
            | "sudo" | "time"
                if self.command.words.is_empty() => {}
            _ if self.command.words.is_empty() && word.assignment().is_some() => {
                self.command.assigned.push(word);
            }
            _ => self.command.words.push(word),
        }
    }

    fn read_word(&mut self) -> Word {
        let start = self.at;
        let mut word = Word::default();
        while let Some(c) = self.next().filter(|c| !c.is_whitespace() && !";&|()<>".contains(*c)) {
            self.part(c, &mut word);
        }
        // A sign that ends no word has to be passed by.
        if self.at == start && self.next().is_some_and(|c| !c.is_whitespace()) {
            self.at += 1;
        }
        word.span = start..self.at;
        word
    }

    fn part(&mut self, c: char, word: &mut Word) {
        let rest = &self.script[self.at..];
        let (length, text, is_filled) = match c {
            '\'' => between(rest, '\'', false),
            '"' => between(rest, '"', true),
            '\\' => {
                let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                (length, rest[1..length].to_owned(), false)
            }
            '$' if rest.starts_with("${") || rest.starts_with("$(") => {
                let length = enclosed(&rest[1..]) + 1;
                (length, rest[..length].to_owned(), true)
            }
            c => (c.len_utf8(), c.to_string(), true),
        };
        if word.value_at.is_none() {
            word.value_at = rest[..length].find('=').map(|at| self.at + at + 1);
        }
        self.at += length;
        word.text.push_str(&text);
        if is_filled {
            word.filled.push_str(&text);
        }
    }
}

/// More commands than anybody writes in groups.
const LED: usize = 1 << 18;

#[cfg(test)]
mod tests {
    use super::*;

    fn told(script: &str) -> Vec<String> {
        let told = commands(script).into_iter().map(|command| {
            let words = command.assigned.iter().chain(&command.words).map(|word| word.text.clone());
            let ends = [(command.piped_to.is_some(), "|"), (command.target.is_some(), ">")];
            let ends = ends.into_iter().filter(|(holds, _)| *holds).map(|(_, sign)| sign.to_owned());
            words.chain(ends).collect::<Vec<_>>().join(" ")
        });
        told.collect()
    }

    #[test]
    fn a_script_is_read_command_by_command() {
        let script = "set -e # env\nif A=1 env B=2 cmd; then\n  echo \"a; b\" 'c|d' | sort && env > file\nfi\nprintenv \\\n  X";
        assert_eq!(
            told(script),
            ["set -e", "A=1 env B=2 cmd", "echo a; b c|d |", "sort", "env >", "printenv X"]
        );
    }

    #[test]
    fn what_a_command_is_given_to_read_is_no_command() {
        assert_eq!(told("cat <<EOF > .env\nenv\nEOF\nls 2>&1 >/dev/stderr"), ["cat >", "ls 2"]);
    }

    #[test]
    fn texts_below_a_command_are_its_own() {
        let script = "cat > .env <<EOF\nA=$A\nEOF\nssh h <<'END' && ls\necho $B\nEND\n";
        let found = commands(script);
        let texts =
            |at: usize| found[at].heredocs.iter().map(|word| (word.text.as_str(), word.filled.as_str()));
        assert_eq!(texts(0).collect::<Vec<_>>(), [("A=$A\n", "A=$A\n")]);
        assert_eq!(texts(1).collect::<Vec<_>>(), [("echo $B\n", "")]);
        assert_eq!(&script[found[1].heredocs[0].span.clone()], "echo $B\n");
        assert_eq!(found[2].heredocs.len(), 0);
    }

    #[test]
    fn what_a_group_prints_goes_where_the_group_is_led() {
        assert_eq!(told("{ echo a; echo b; } | sort\nls"), ["echo a |", "echo b |", "sort", "ls"]);
        assert_eq!(commands("{ echo a; echo b; } | sort")[0].piped_to, Some(2));
    }

    #[test]
    fn a_command_within_quotes_has_quotes_of_its_own() {
        assert_eq!(told("echo \"a $(b \"c\" | d) e\" f"), ["echo a $(b \"c\" | d) e f"]);
        assert_eq!(told("echo \"a$(b\" c"), ["echo a$(b c"]);
        assert_eq!(told(r#"printf "a\nb\"\$c" d"#), [r#"printf a\nb"$c d"#]);
    }

    #[test]
    fn expressions_are_one_word_and_single_quotes_fill_nothing() {
        let commands = commands("echo ${{ secrets.SECRET_KEY }} '$A' \"$B\" $(date +%s)");
        let filled = commands[0].words.iter().map(|word| word.filled.as_str());
        assert_eq!(
            filled.collect::<Vec<_>>(),
            ["echo", "${{ secrets.SECRET_KEY }}", "", "$B", "$(date +%s)"]
        );
    }

    #[test]
    fn what_no_shell_would_take_is_read_to_its_end() {
        for script in ["'", "\"\\", "$(", "${{", "<<", "a <<\n", ">", "\\", "|||", ")(", "é'é", "<<<'x", "&>"]
        {
            commands(script);
        }
    }
}
