//! Scripts within commands: `ssh web "…"`, `sh -c '…'`, `bash <<EOF`.

use super::shell::{Command, Word};

/// A script that a command hands on to another shell.
pub(super) struct Inner<'c> {
    pub(super) word: &'c Word,
    /// Whether that shell has the environment of the job.
    pub(super) has_environment: bool,
}

/// The scripts within a command.
pub(super) fn scripts(command: &Command) -> Vec<Inner<'_>> {
    let is_remote = is_called(command.name(), &["ssh"]);
    let handed = if is_remote { command.words.last() } else { after_flag(command, &SHELLS) };
    let handed = handed.filter(|word| !is_remote || word.text.contains(char::is_whitespace));
    let is_shell = command.words.iter().any(|word| is_called(&word.text, &SHELLS));
    let below = command.heredocs.iter().filter(|_| is_remote || is_shell);
    handed.into_iter().chain(below).map(|word| Inner { word, has_environment: !is_remote }).collect()
}

/// What a program is told with `-c`, whatever starts the program.
pub(super) fn after_flag<'c>(command: &'c Command, programs: &[&str]) -> Option<&'c Word> {
    let begin = command.words.iter().position(|word| is_called(&word.text, programs))?;
    let rest = &command.words[begin + 1..];
    let is_flag =
        |word: &Word| word.text.starts_with('-') && !word.text.starts_with("--") && word.text.ends_with('c');
    let flag = rest.iter().position(is_flag)?;
    rest.get(flag + 1)
}

/// The command at the end of `docker exec web …`, if it is a single word or two.
pub(super) fn in_container(command: &Command) -> Option<&[Word]> {
    let is_exec = |word: &Word| word.text == "exec" || word.text == "run";
    if !is_called(command.name(), &["docker", "podman", "docker-compose", "kubectl"]) {
        return None;
    }
    let begin = command.words.iter().position(is_exec)?;
    let rest = &command.words[begin + 1..];
    let at = rest.iter().rposition(|word| is_called(&word.text, &["env", "printenv"]))?;
    // Something is the container, and not the flag `--env`.
    (at > 0).then(|| &rest[at..])
}

pub(super) fn is_called(word: &str, names: &[&str]) -> bool {
    names.contains(&word.rsplit('/').next().unwrap_or_default())
}

const SHELLS: [&str; 6] = ["sh", "bash", "dash", "ash", "zsh", "su"];

#[cfg(test)]
mod tests {
    use super::super::shell::commands;
    use super::*;

    #[test]
    fn scripts_within_commands_are_found() {
        for script in [
            "ssh -p 22 web \"make it\"",
            "sh -c 'make it'",
            "docker exec web bash -ec 'make it'",
            "sudo su shop -c 'make it'",
            "ssh web <<EOF\nmake it\nEOF",
            "bash -s <<'EOF'\nmake it\nEOF",
        ] {
            let commands = commands(script);
            let found = scripts(&commands[0]);
            assert_eq!(
                found.iter().map(|inner| inner.word.text.trim()).collect::<Vec<_>>(),
                ["make it"],
                "{script}"
            );
        }
        for script in ["ssh web", "cat <<EOF\nmake it\nEOF", "grep -c 'make it' x", "sh make.sh"] {
            assert!(scripts(&commands(script)[0]).is_empty(), "{script}");
        }
    }

    #[test]
    fn what_runs_in_a_container_is_found() {
        let told = |script: &str| {
            let commands = commands(script);
            in_container(&commands[0])
                .map(|words| words.iter().map(|word| word.text.clone()).collect::<Vec<_>>())
        };
        assert_eq!(told("docker compose exec -T web env"), Some(vec!["env".to_owned()]));
        assert_eq!(told("docker exec web printenv A"), Some(vec!["printenv".to_owned(), "A".to_owned()]));
        assert_eq!(told("docker run -e env"), Some(vec!["env".to_owned()]));
        assert_eq!(told("docker build env"), None);
    }
}
