//! What a script shows in the log of its job.

use std::collections::BTreeSet;
use std::ops::Range;

use super::fills::{fills, names};
use super::inner::{after_flag, in_container, is_called};
use super::shell::{Command, Word};

/// The commands that print a key, with what they do. `set` are the variables that surely hold one, `known` those that may;
/// `written` are the files that the job has written one into, which grow.
pub(super) fn printed(
    commands: &[Command],
    set: &[String],
    known: &[String],
    written: &mut BTreeSet<String>,
) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut is_traced = false;
    for (at, command) in commands.iter().enumerate() {
        is_traced = traced(command).unwrap_or(is_traced);
        let shown = shows(command, set, known, written);
        if shown.is_some() {
            written.extend(target(commands, at));
        }
        let shown = shown.filter(|_| is_seen(commands, at, known));
        let traced = || {
            let has_key = known
                .iter()
                .any(|name| command.words.iter().chain(&command.assigned).any(|word| fills(word, name)));
            (is_traced && has_key).then(|| "`set -x` shows this command with the key in it".to_owned())
        };
        if let Some(what) = shown.or_else(traced)
            && let Some(word) = command.words.first().or(command.assigned.first())
        {
            found.push((word.span.clone(), what));
        }
    }
    found
}

/// The file that what a command prints goes into, also through `tee`.
fn target(commands: &[Command], at: usize) -> Option<String> {
    let command = &commands[at];
    let reader = command.piped_to.and_then(|next| commands.get(next));
    let tee = reader.filter(|reader| is_called(reader.name(), &["tee"]));
    let copied = tee.and_then(|tee| tee.rest().find(|word| !word.starts_with('-')));
    command.target.as_deref().or(copied).map(plain)
}

fn plain(file: &str) -> String {
    file.trim_start_matches("./").to_owned()
}

/// What a command shows, if it is a key. Its words may be secret, so only those that are known are told.
fn shows(command: &Command, set: &[String], known: &[String], written: &BTreeSet<String>) -> Option<String> {
    let rest: Vec<&str> = command.rest().collect();
    let name = command.name().rsplit('/').next().unwrap_or_default();
    let shown = match (name, &rest[..]) {
        ("docker" | "podman", words) if inspects(words) => "docker inspect",
        ("docker" | "podman", ["compose", words @ ..]) if configures(words) => "docker compose config",
        ("docker-compose", words) if configures(words) => "docker-compose config",
        ("echo" | "printf", _) => return echoes(command, known),
        ("grep" | "egrep", words) if asks(words, known) && names_one(words, written) => {
            return Some(of(name));
        }
        (name, words) if reads(name, words) && names_one(words, written) => return Some(of(name)),
        ("cat", []) if command.heredocs.iter().any(|text| known.iter().any(|name| fills(text, name))) => {
            return Some(of("cat"));
        }
        _ if after_flag(command, &["python", "python3"]).is_some_and(|code| prints(code, known)) => "python",
        _ => environment(&command.words, set).or_else(|| environment(in_container(command)?, set))?,
    };
    (!set.is_empty()).then(|| of(shown))
}

fn of(shown: &str) -> String {
    format!("`{shown}` shows the key in the log")
}

/// What shows the whole environment, or the key of it.
fn environment(command: &[Word], set: &[String]) -> Option<&'static str> {
    let words: Vec<&str> = command.iter().map(|word| word.text.as_str()).collect();
    let (name, rest) = words.split_first()?;
    match (name.rsplit('/').next().unwrap_or_default(), rest) {
        ("env", words) if words.iter().all(|word| matches!(*word, "-0" | "--null")) => Some("env"),
        ("printenv", words)
            if words.is_empty() || words.iter().any(|word| set.iter().any(|name| name == word)) =>
        {
            Some("printenv")
        }
        ("export", [] | ["-p"]) => Some("export -p"),
        ("declare" | "typeset", [] | ["-p" | "-x" | "-px" | "-xp"]) => Some("declare"),
        ("set", []) => Some("set"),
        _ => None,
    }
}

/// Whether a program in Python prints the key, or the environment with it.
fn prints(code: &Word, known: &[String]) -> bool {
    let printed = code.text.split("print(").skip(1).map(str::trim_start);
    printed.into_iter().any(|text| {
        let whole = ["os.environ)", "environ)", "dict(os.environ)", "os.environ.items("];
        let asks = |name: &String| {
            let read = ["os.environ", "environ", "os.environ.get", "os.getenv", "getenv"]
                .iter()
                .filter_map(|call| text.strip_prefix(call));
            read.into_iter()
                .any(|rest| rest.trim_start_matches(['(', '[', '"', '\'']).starts_with(name.as_str()))
        };
        whole.iter().any(|begin| text.starts_with(begin))
            || text.starts_with("settings.SECRET_KEY)")
            || known.iter().any(asks)
    })
}

/// Whether a command prints the files that it is given: `tee` and `sed -i` write them.
fn reads(name: &str, words: &[&str]) -> bool {
    PASSES.contains(&name) && name != "tee" && !words.iter().any(|word| word.starts_with("-i"))
}

/// Whether one of some words is a file with the key in it.
fn names_one(words: &[&str], written: &BTreeSet<String>) -> bool {
    words.iter().any(|word| written.contains(&plain(word)))
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
    let name = command.words.iter().find_map(|word| names(word, known)).filter(|_| !is_mask)?;
    Some(format!("`{}` shows {name} in the log", command.name()))
}

/// Whether what a command prints comes to the log in the end: through others that pass on what they read.
pub(super) fn is_seen(commands: &[Command], at: usize, known: &[String]) -> bool {
    let mut command = &commands[at];
    loop {
        if command.target.is_some() {
            return false;
        }
        let Some(next) = command.piped_to else { return true };
        let Some(next) = commands.get(next).filter(|next| passes(next, known)) else { return false };
        command = next;
    }
}

fn passes(command: &Command, known: &[String]) -> bool {
    match command.name() {
        "grep" | "egrep" => asks(&command.rest().collect::<Vec<_>>(), known),
        name => PASSES.contains(&name) && !names_alone(command),
    }
}

/// `cut -d= -f1`, `sed 's/=.*//'`: what is left of a variable is its name.
fn names_alone(command: &Command) -> bool {
    let rest: Vec<&str> = command.rest().collect();
    match command.name() {
        "cut" => rest.contains(&"-f1") || rest.windows(2).any(|pair| pair == ["-f", "1"]),
        "sed" => rest.iter().any(|word| word.contains("/=.*/")),
        _ => false,
    }
}

/// Whether `grep` shows the lines with the key.
fn asks(words: &[&str], known: &[String]) -> bool {
    let is_flag = |word: &&&str, flags: &[char]| {
        word.starts_with('-') && !word.starts_with("--") && word.contains(flags)
    };
    let is_silent = words.iter().any(|word| {
        is_flag(&word, &['v', 'q', 'c', 'l', 'L'])
            || word.starts_with("--quiet")
            || word.starts_with("--count")
    });
    let names = |word: &&&str| {
        let word = word.trim_start_matches('^').trim_end_matches('=').to_ascii_uppercase();
        !word.starts_with('-') && known.iter().any(|name| name.contains(&word))
    };
    !is_silent && words.iter().find(names).is_some()
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
        printed(&commands(script), &names, &names, &mut BTreeSet::new())
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
            "echo \"SECRET_KEY=$SECRET_KEY\" > ./.env\ncat .env",
            "{ echo A=1; echo \"SECRET_KEY=$SECRET_KEY\"; } > .env\nhead -1 .env",
            "printf \"$SECRET_KEY\" | sudo tee -a key > /dev/null\nbase64 key",
            "cat > .env <<EOF\nSECRET_KEY=$SECRET_KEY\nEOF\ngrep ^SECRET_KEY= .env",
            "env > all\ncat all | sort",
            "cat <<EOF\nkey: $SECRET_KEY\nEOF",
            "docker compose exec web env",
            "docker exec web printenv",
            "docker-compose run --rm web printenv SECRET_KEY",
            "kubectl exec deploy/web -- env",
            "python -c \"import os; print(os.environ)\"",
            "python3 -c 'import os; print(os.environ[\"SECRET_KEY\"])'",
            "python -c 'from django.conf import settings; print(settings.SECRET_KEY)'",
            "python manage.py shell -c 'from django.conf import settings; print(settings.SECRET_KEY)'",
            "echo '${{ secrets.SECRET_KEY }}'",
            "echo \"${{ secrets.SECRET_KEY || 'none' }}\"",
            "echo \"${{ inputs.key || secrets.SECRET_KEY }}\"",
            "echo \"key=$(echo \"$SECRET_KEY\" | base64)\"",
            "{ echo $SECRET_KEY; } | cat",
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
            "cat .env",
            "echo \"DEBUG=0\" > .env\ncat .env",
            "echo \"SECRET_KEY=$SECRET_KEY\" > .env\ngrep DEBUG .env; grep -q SECRET_KEY .env; cat .env > copy; wc -l .env; sed -i s/a/b/ .env",
            "echo A=1 | tee .env",
            "env | grep -q SECRET_KEY",
            "printenv | cut -d= -f1",
            "env | sed 's/=.*/=***/' | sort",
            "docker compose exec web env | grep DEBUG",
            "docker compose exec web python manage.py check",
            "docker run -e SECRET_KEY shop",
            "docker run --env SECRET_KEY --env-file env shop env.sh",
            "python -c \"import os; print(len(os.environ['SECRET_KEY']))\"",
            "python -c \"import os; print('SECRET_KEY' in os.environ)\"",
            "echo \"KEY: ${{ secrets.SECRET_KEY != '' && 'set' || 'missing' }}\"",
            "echo \"KEY: ${{ secrets.SECRET_KEY && 'set' || 'missing' }}\"",
            "echo \"KEY: ${{ !secrets.SECRET_KEY }}\"",
            "echo \"hash=$(echo -n \"$SECRET_KEY\" | sha256sum)\"",
            "echo $(./sign --key=$SECRET_KEY)",
            "{ echo \"SECRET_KEY=$SECRET_KEY\"; echo A=1; } | docker secret create key -",
            "python manage.py check",
        ] {
            assert!(told(script).is_empty(), "{script}: {:?}", told(script));
        }
    }
}
