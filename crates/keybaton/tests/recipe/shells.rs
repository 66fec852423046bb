//! The recipes for a session on one's own machine.

use insta::assert_snapshot;

use super::Ground;

const BOTH: &str = "\
default-environment = \"dev\"

[environments.production]
store = \"vault://secret/shop\"

[environments.dev]
store = \"dotenv:.env\"
";

#[test]
fn they_are_for_the_environment_that_is_meant_here_and_add_none() {
    for target in ["bash", "zsh", "fish", "powershell", "direnv"] {
        let said = Ground::of(&[("keybaton.toml", BOTH)]).says(&[target]);
        assert!(said.starts_with("0\n==> "), "{said}");
        assert!(said.contains("dev") && !said.contains("production"), "{said}");
        let said = Ground::of(&[("keybaton.toml", BOTH)]).says(&[target, "-e", "production"]);
        assert!(said.contains("production"), "{said}");
    }
}

#[test]
fn every_ring_is_cleared() {
    let ring = "[environments.dev.rings.JWT_KEY]\nstore = \"dotenv:.env\"\n";
    let ground = Ground::of(&[("keybaton.toml", &format!("{BOTH}{ring}"))]);
    for (target, file) in [("zsh", "keybaton.sh"), ("fish", "keybaton.fish"), ("powershell", "keybaton.ps1")]
    {
        ground.says(&[target, "--write"]);
        assert!(ground.read(file).contains("JWT_KEY_FALLBACKS"), "{target}");
    }
}

#[test]
fn what_means_something_in_a_shell_is_quoted_or_refused() {
    let quoted = Ground::of(&[("keybaton.toml", "[environments.dev]\nstore = \"dotenv:it's $(id)/.env\"\n")]);
    let said = quoted.says(&["direnv"]);
    let watched: Vec<&str> = said.lines().filter(|line| line.starts_with("watch_file")).collect();
    assert_snapshot!(watched.join("\n"), @r#"
    watch_file keybaton.toml pyproject.toml
    watch_file 'it'\''s $(id)/.env'
    "#);
    let hostile = Ground::of(&[("keybaton.toml", "[environments.\"x'; id\"]\nstore = \"dotenv:.env\"\n")]);
    assert_snapshot!(hostile.says(&["powershell", "--write"]), @"
    3
    error: the name of the environment has characters that mean something else in files and shells
    hint: use letters, digits, dots, hyphens and underscores there
    ");
    assert!(!hostile.path("keybaton.ps1").exists());
}

#[test]
fn an_envrc_that_somebody_wrote_stays() {
    let ground = Ground::of(&[("keybaton.toml", BOTH), (".envrc", "layout python\n")]);
    assert_snapshot!(ground.says(&["direnv", "--write"]), @"
    0
    wrote     .envrc.keybaton: what direnv does
    next
      Your .envrc stays as it is: add this line to it.
          source_env .envrc.keybaton
      Read it, and allow it; no key stands in it, so it belongs into the repository:
          direnv allow
      Whatever is started in the folder has the key in its environment, an editor too. Where the settings call keybaton.load(), none of it is needed.
    ");
    assert_eq!(ground.read(".envrc"), "layout python\n");
    let own = Ground::of(&[("keybaton.toml", BOTH)]);
    own.says(&["direnv", "--write"]);
    assert!(own.says(&["direnv"]).starts_with("0\nas it is  .envrc"));
}

#[test]
fn a_vault_keeps_no_key_of_before_beside_a_new_one() {
    let ground = Ground::of(&[("keybaton.toml", BOTH)]);
    ground.says(&["powershell", "--variant", "secretmanagement", "--write"]);
    let made = ground.read("keybaton.ps1");
    assert_eq!(made.matches("Set-Secret").count(), 1, "{made}");
    for text in ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING"] {
        assert!(made.contains(&format!("$env:{text} = $ring.{text}\n")), "{made}");
    }
}
