//! Where the key comes from: `init` takes in what it is sure of, and stops before anything else.

use insta::assert_snapshot;

use crate::ground::Ground;

/// What it says where it must not write anything. The secrets begin with LEAK.
#[track_caller]
fn refused(settings: &str) -> String {
    let ground = Ground::with_settings(settings);
    let before = ground.everything();
    let said = ground.says(&["init", "--write", "--no-input"]);
    assert_eq!(ground.everything(), before, "{settings}");
    assert!(said.starts_with("6\n") && !said.contains("LEAK"), "{settings}: {said}");
    said.lines().filter(|line| line.starts_with(['e', 'h'])).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_key_that_is_made_of_a_literal_is_not_taken_for_the_literal() {
    for value in [
        "'LEAK%sabcdefghijklmnop' % 1",
        "f'LEAKabcdefghijklmnop{X}'",
        "'LEAKabcdefghijklmnop'[:10]",
        "'LEAKabcdefghijklmnop'.replace('a', 'b')",
        "os.environ.get('SECRET_KEY', 'LEAKabc' + os.environ.get('X', 'LEAKdef'))",
        "os.environ.get('PREFIX_A', '') + os.environ.get('SECRET_KEY', 'LEAKabc')",
    ] {
        refused(&format!("import os\nSECRET_KEY = {value}\n"));
    }
    assert_snapshot!(refused("DEBUG = True\nSECRET_KEY = 'LEAKabcdefghijklmnop'[:10]\n"), @"
    error: shop/settings.py, line 2: the key comes from where keybaton cannot see it
    hint: with another key everybody would be logged out: put this one into .env as SECRET_KEY=…, or take the line out to begin with a fresh key; then run `keybaton init` again
    ");
}

#[test]
fn a_key_that_is_made_of_the_variable_is_not_taken_for_the_variable() {
    assert_snapshot!(refused("import os\nSECRET_KEY = os.environ['SECRET_KEY'][:10]\n"), @r#"
    error: shop/settings.py, line 2: the key is made of SECRET_KEY in a way that keybaton cannot follow
    hint: with another key everybody would be logged out: put the key that comes out into .env as SECRET_KEY=…, and wherever else SECRET_KEY is set, write SECRET_KEY = os.environ["SECRET_KEY"] here, and run `keybaton init` again
    "#);
}

#[test]
fn fallbacks_that_cannot_be_told_apart_are_not_left_behind() {
    let settings = "SECRET_KEY = 'LEAKnew'\nSECRET_KEY_FALLBACKS = 'LEAKabc LEAKdef'.split()\n";
    assert_snapshot!(refused(settings), @r#"
    error: shop/settings.py, line 2: the fallbacks come from where keybaton cannot see them
    hint: without them users would be logged out: write them here one by one, ["…", "…"], or take the line out where there are none; then run `keybaton init` again
    "#);
}

#[test]
fn of_several_keys_it_takes_none() {
    let settings = "if FEATURE:\n    SECRET_KEY = 'LEAKabc'\nelse:\n    SECRET_KEY = 'LEAKdef'\n";
    assert_snapshot!(refused(settings), @"
    error: which key signs depends on more than keybaton can see: shop/settings.py, line 2; shop/settings.py, line 4
    hint: with another key everybody would be logged out: leave the one assignment that holds here, and run `keybaton init` again
    ");
}

#[test]
fn a_key_that_another_module_lends_is_not_replaced_by_a_fresh_one() {
    refused("from company.keys import SECRET_KEY\n");
    refused("from company.settings import *\n");
    let ground = Ground::with_settings("from .keys import SECRET_KEY\n");
    ground.write("shop/keys.py", b"SECRET_KEY = 'LEAKabc'\n");
    assert!(ground.says(&["init", "--write"]).starts_with("1\n"));
    assert_eq!(ground.variable("SECRET_KEY"), "LEAKabc");
    assert_eq!(ground.read("shop/settings.py"), "from .keys import SECRET_KEY\n");
}

#[test]
fn a_key_that_somebody_put_into_the_store_stands_in_for_one_that_cannot_be_seen() {
    let ground = Ground::with_settings("SECRET_KEY = open('/etc/shop/key').read()\n");
    ground.write(".env", b"SECRET_KEY=made-up\n");
    assert!(ground.says(&["init", "--write"]).starts_with("0\n"));
    assert_eq!(ground.variable("SECRET_KEY"), "made-up");
}

#[test]
fn fallbacks_of_the_environment_are_taken_in_with_its_key() {
    let ground = Ground::with_settings(
        "import os\nSECRET_KEY = os.environ['SECRET_KEY']\nSECRET_KEY_FALLBACKS = [key for key in os.environ.get('SECRET_KEY_FALLBACKS', '').split(',') if key]\n",
    );
    let mut command = ground.command(&["init", "--write"]);
    command.env("SECRET_KEY", "made-up-new").env("SECRET_KEY_FALLBACKS", "made-up-new,made-up-old");
    assert!(command.status().unwrap().success());
    assert_eq!(ground.variable("SECRET_KEY_FALLBACKS"), "made-up-new,made-up-old");
}
