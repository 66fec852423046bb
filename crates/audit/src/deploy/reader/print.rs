//! What a script shows in the log of its job.

use std::ops::Range;

use super::shell::{Command, Word};

/// The commands that print a key, with what they do. `set` are the variables that surely hold one, `known` those that may.
pub(super) fn printed(commands: &[Command], set: &[String], known: &[String]) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut is_traced = false;
    for (at, command) in commands.iter().enumerate() {
        is_traced = traced(command).unwrap_or(is_traced);
        let shown = shows(command, set, known).filter(|_| is_seen(commands, at, known));
        let traced = || {
            (is_traced && names(command, known).is_some())
                .then(|| "`set -x` shows this command with the key in it".to_owned())
        };
        if let Some(what) = shown.or_else(traced)
            && let Some(word) = command.words.first().or(command.assigned.first())
        {
            found.push((word.span.clone(), what));
        }
    }
    found
}

/// What a command shows, if it is a key. Its words may be secret, so only those that are known are told.
fn shows(command: &Command, set: &[String], known: &[String]) -> Option<String> {
    let rest: Vec<&str> = command.rest().collect();
    let name = command.name().rsplit('/').next().unwrap_or_default();
    let shown = match (name, &rest[..]) {
        ("env", []) => "env",
        ("env", words) if words.iter().all(|word| matches!(*word, "-0" | "--null")) => "env",
        ("printenv", []) => "printenv",
        ("printenv", words) if words.iter().any(|word| set.iter().any(|name| name == word)) => "printenv",
        ("export", [] | ["-p"]) => "export -p",
        ("declare" | "typeset", [] | ["-p" | "-x" | "-px" | "-xp"]) => "declare",
        ("set", []) => "set",
        ("docker" | "podman", words) if inspects(words) => "docker inspect",
        ("docker" | "podman", ["compose", words @ ..]) if configures(words) => "docker compose config",
        ("docker-compose", words) if configures(words) => "docker-compose config",
        ("echo" | "printf", _) => return echoes(command, known),
        _ => return None,
    };
    (!set.is_empty()).then(|| format!("`{shown}` shows the key in the log"))
}

fn inspects(rest: &[&str]) -> bool {
    let is_inspect = matches!(rest, ["inspect", ..] | ["container", "inspect", ..]);
    let is_chosen = rest.iter().any(|word| word.starts_with("-f") || word.starts_with("--format"));
    is_inspect && !is_chosen
}

/// `config` of Compose prints the file with all variables filled in.
fn configures(rest: &[&str]) -> bool {
    let says_less = [
        "-q",
        "--quiet",
        "--services",
        "--images",
        "--profiles",
        "--volumes",
        "--no-interpolate",
        "-o",
        "--output",
    ];
    rest.contains(&"config") && !rest.iter().any(|word| says_less.contains(word))
}

fn echoes(command: &Command, known: &[String]) -> Option<String> {
    let is_mask = command.words.iter().any(|word| word.text.contains("::add-mask::"));
    let name = names(command, known).filter(|_| !is_mask)?;
    Some(format!("`{}` shows {name} in the log", command.name()))
}

/// The variable with a key that a command has filled in.
fn names<'n>(command: &Command, known: &'n [String]) -> Option<&'n String> {
    let words = || command.words.iter().chain(&command.assigned);
    known.iter().find(|name| words().any(|word| fills(word, name)))
}

fn fills(word: &Word, name: &str) -> bool {
    let text = &word.filled;
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let plain = text.split(&format!("${name}")).skip(1).any(ends);
    // `${NAME:+set}` says only whether there is one.
    let braced = text
        .split(&format!("${{{name}"))
        .skip(1)
        .any(|rest| ends(rest) && !rest.starts_with(":+") && !rest.starts_with('+'));
    let expression = text.contains("${{")
        && ["secrets", "env", "vars"]
            .iter()
            .any(|from| text.split(&format!("{from}.{name}")).skip(1).any(ends));
    plain || braced || expression
}

/// Whether what a command prints comes to the log in the end: through others that pass on what they read.
fn is_seen(commands: &[Command], at: usize, known: &[String]) -> bool {
    let mut command = &commands[at];
    for next in &commands[at + 1..] {
        if command.is_redirected {
            return false;
        }
        if !command.is_piped {
            return true;
        }
        if !passes(next, known) {
            return false;
        }
        command = next;
    }
    !command.is_redirected && !command.is_piped
}

fn passes(command: &Command, known: &[String]) -> bool {
    match command.name() {
        "grep" | "egrep" => {
            let words: Vec<&str> = command.rest().collect();
            let inverts = words.iter().any(|word| word.starts_with('-') && word.contains('v'));
            let asks = |word: &&&str| {
                !word.starts_with('-') && known.iter().any(|name| name.contains(&word.to_ascii_uppercase()))
            };
            !inverts && words.iter().find(asks).is_some()
        }
        name => PASSES.contains(&name),
    }
}

/// `Some(true)` from where the shell shows each command.
fn traced(command: &Command) -> Option<bool> {
    let rest: Vec<&str> = command.rest().collect();
    match (command.name(), rest.first()?) {
        ("set", flags) if flags.starts_with('-') && !flags.starts_with("--") => {
            (flags.contains('x') || rest.contains(&"xtrace")).then_some(true)
        }
        ("set", flags) => {
            (flags.starts_with('+') && (flags.contains('x') || rest.contains(&"xtrace"))).then_some(false)
        }
        _ => None,
    }
}

/// Also what writes it in another way, which no mask knows.
const PASSES: [&str; 17] = [
    "sort", "cat", "tee", "less", "more", "head", "tail", "nl", "base64", "rev", "tr", "sed", "fold", "od",
    "xxd", "hexdump", "cut",
];

#[cfg(test)]
mod tests {
    use super::super::shell::commands;
    use super::*;

    fn told(script: &str) -> Vec<String> {
        let names = ["SECRET_KEY".to_owned()];
        printed(&commands(script), &names, &names)
            .into_iter()
            .map(|(span, what)| format!("{}: {what}", span.start))
            .collect()
    }

    #[test]
    fn what_prints_the_environment_is_found() {
        for script in [
            "env",
            "env | sort",
            "printenv",
            "printenv SECRET_KEY",
            "export -p",
            "set",
            "docker inspect web",
            "docker compose config",
            "echo $SECRET_KEY",
            "echo \"key: ${SECRET_KEY}\"",
            "echo ${{ secrets.SECRET_KEY }}",
            "printf %s \"$SECRET_KEY\" | base64",
            "env | grep SECRET",
            "set -ex\n./run --key=$SECRET_KEY",
            "if true; then /usr/bin/env; fi",
            "{ echo $SECRET_KEY; }\necho done > file",
            "(env)",
            "(cd x)\nenv\n(cd y) > file",
        ] {
            assert_eq!(told(script).len(), 1, "{script}");
        }
        assert_eq!(told("make\nenv | sort"), ["5: `env` shows the key in the log"]);
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        for script in [
            "env FOO=bar cmd",
            "env -i cmd",
            "env > file",
            "env | grep -q DEBUG",
            "env | wc -l",
            "set -eu",
            "set -x\nmake test",
            "set -x\nset +x\n./run $SECRET_KEY",
            "docker inspect -f '{{.State}}' web",
            "docker compose config -q",
            "echo '$SECRET_KEY'",
            "echo $SECRET_KEY_ID",
            "echo ${SECRET_KEY:+set}",
            "echo \"SECRET_KEY=$SECRET_KEY\" >> .env",
            "echo ::add-mask::$SECRET_KEY",
            "{ echo A=1; echo \"SECRET_KEY=$SECRET_KEY\"; } > .env",
            "(\n  echo \"SECRET_KEY=$SECRET_KEY\"\n) >> .env",
            "for v in a b; do echo \"$v=$SECRET_KEY\"; done > .env",
            "if true; then echo $SECRET_KEY; fi > .env",
            "echo $SECRET_KEY | docker secret create key -",
            "export SECRET_KEY=x",
            "printenv HOME",
            "echo ${#SECRET_KEY}",
            "env | grep -v SECRET",
            "# env",
            "python manage.py check",
        ] {
            assert!(told(script).is_empty(), "{script}: {:?}", told(script));
        }
    }
}
