//! What signs today, and where nobody can tell.

use super::*;

/// The origin of a key in `shop/settings.py`, in a word or two, with other files beside it.
fn origin_beside(settings: &str, others: &[(&str, &str)]) -> String {
    let manage = manage("shop.settings");
    let files = [("manage.py", manage.as_str()), ("shop/settings.py", settings)];
    let folder = tree(&[&files, others].concat());
    match found(&folder).origin() {
        Origin::Nothing => "nothing".to_owned(),
        Origin::Ring => "the ring".to_owned(),
        Origin::Literal(key) => key.text.expose().to_owned(),
        Origin::Lookup { variable, default: None } => variable.to_owned(),
        Origin::Lookup { variable, default: Some(key) } => format!("{variable}, else {}", key.text.expose()),
        Origin::Either { variable, key, .. } => format!("{variable} or {}", key.text.expose()),
        Origin::Several(lines) => {
            let lines: Vec<String> = lines.iter().map(|line| line.line.to_string()).collect();
            format!("several: {}", lines.join(", "))
        }
        Origin::Unseen { line, .. } => format!("unseen: {}", line.line),
    }
}

fn origin(settings: &str) -> String {
    origin_beside(settings, &[])
}

#[track_caller]
fn assert_each(origin_is: &str, settings: &[&str]) {
    for text in settings {
        assert_eq!(origin(text), origin_is, "{text}");
    }
}

#[test]
fn a_literal_is_the_key_as_it_stands() {
    assert_each(
        "made-up",
        &[
            "SECRET_KEY = 'made-up'\n",
            "SECRET_KEY = ('made'\n    '-up')\n",
            "SECRET_KEY = 'made' + '-' + \"up\"\n",
            "SECRET_KEY = f'made-' 'up'\n",
            "SECRET_KEY = b'made-up'\n",
            "SECRET_KEY: str = 'made-up'\n",
            "SECRET_KEY = OTHER = 'made-up'\n",
            "SECRET_KEY, DEBUG = 'made-up', True\n",
            "SECRET_KEY = 'older'\nSECRET_KEY = 'made-up'\n",
            "MINE = 'made-up'\nSECRET_KEY = MINE\n",
        ],
    );
}

#[test]
fn a_text_that_is_made_of_a_literal_is_another_key() {
    assert_each(
        "unseen: 1",
        &[
            "SECRET_KEY = 'made%sup' % 1\n",
            "SECRET_KEY = f'made-up-and-long-enough{X}'\n",
            "SECRET_KEY = 'made-up'[:4]\n",
            "SECRET_KEY = 'made-up'.replace('a', 'b')\n",
            "SECRET_KEY = ' made-up '.strip()\n",
            "SECRET_KEY = 'made' * 2\n",
            "SECRET_KEY = 'made-up' + suffix()\n",
            "SECRET_KEY = ['made-up', 'other'][0]\n",
            "SECRET_KEY = 'made-up' if X else os.environ['SECRET_KEY']\n",
            "SECRET_KEY = os.environ.get('HOME') and 'made-up'\n",
            "SECRET_KEY, OTHER = pair('made-up')\n",
            "if (SECRET_KEY := 'made-up'): pass\n",
            "SHOP['SECRET_KEY'] = 'made-up'\n",
        ],
    );
    assert_eq!(origin("SECRET_KEY = 'made'\nSECRET_KEY += '-up'\n"), "unseen: 2");
    assert_eq!(origin("MINE = 'made'\nMINE = MINE + '-up'\nSECRET_KEY = MINE\n"), "unseen: 3");
}

#[test]
fn a_lookup_gives_the_variable_or_its_one_default() {
    assert_each(
        "X",
        &[
            "SECRET_KEY = os.environ['X']\n",
            "SECRET_KEY = str(os.getenv('X'))\n",
            "SECRET_KEY = os.environ.get('X', '')\n",
            "SECRET_KEY = config('X', cast=str)\n",
            "SECRET_KEY = env('X', default=get_random_secret_key())\n",
        ],
    );
    assert_each(
        "X, else made-up",
        &[
            "SECRET_KEY = os.environ.get('X', 'made' '-up')\n",
            "SECRET_KEY = os.environ.get('X') or 'made-up'\n",
            "SECRET_KEY = env.str('X', default='made-up')\n",
            "env = environ.Env(X=(str, 'made-up'))\nSECRET_KEY = env('X')\n",
            "os.environ.setdefault('X', 'made-up')\nSECRET_KEY = os.environ['X']\n",
            "try:\n    SECRET_KEY = os.environ['X']\nexcept KeyError:\n    SECRET_KEY = 'made-up'\n",
        ],
    );
}

#[test]
fn what_is_made_of_a_lookup_or_of_two_is_another_key() {
    assert_each(
        "unseen: 1",
        &[
            "SECRET_KEY = os.environ['X'][:10]\n",
            "SECRET_KEY = os.environ['X'].strip()\n",
            "SECRET_KEY = os.environ.get('X', '') + os.environ.get('Y', 'made-up')\n",
            "SECRET_KEY = os.environ.get('X', 'made-up' + os.environ.get('Y', '-too'))\n",
            "SECRET_KEY = os.environ.get('X', OTHER)\n",
            "SECRET_KEY = os.environ.get('X') or os.environ.get('Y') or 'made-up'\n",
            "SECRET_KEY = config('X', default='made-up', cast=reversed)\n",
            "SECRET_KEY = env('X', default='$Y')\n",
            "SECRET_KEY = get_secret('X')\n",
            "SECRET_KEY = vault['X']\n",
        ],
    );
    assert_eq!(origin("os.environ['X'] = 'made-up'\nSECRET_KEY = os.environ['X']\n"), "unseen: 2");
}

#[test]
fn a_lookup_of_the_projects_own_is_not_the_one_that_everybody_knows() {
    assert_eq!(origin("def env(name):\n    return fetch(name)\n\nSECRET_KEY = env('X')\n"), "unseen: 4");
    assert_eq!(origin("config = Config(RepositoryEnv('x.env'))\nSECRET_KEY = config('X')\n"), "unseen: 2");
    let imported = "from .helper import env\nSECRET_KEY = env('X')\n";
    let known = "import environ\nenv = environ.Env()\n";
    assert_eq!(origin_beside(imported, &[("shop/helper.py", known)]), "X");
    let own = "def env(name):\n    return fetch(name)\n";
    assert_eq!(origin_beside(imported, &[("shop/helper.py", own)]), "unseen: 2");
    assert_eq!(origin("from vault import config\nSECRET_KEY = config('X')\n"), "unseen: 2");
    assert_eq!(origin("from decouple import config\nSECRET_KEY = config('X')\n"), "X");
}

#[test]
fn of_several_branches_only_running_the_settings_says_which() {
    assert_eq!(
        origin("if X:\n    SECRET_KEY = 'made-up'\nelse:\n    SECRET_KEY = 'other'\n"),
        "several: 2, 4"
    );
    assert_eq!(
        origin("if DEBUG:\n    SECRET_KEY = 'made-up'\nelse:\n    SECRET_KEY = os.environ['X']\n"),
        "X or made-up"
    );
    assert_eq!(origin("SECRET_KEY = 'older'\nif X:\n    SECRET_KEY = open('key').read()\n"), "unseen: 3");
    let stars = "if X:\n    from .one import *\nelse:\n    from .two import *\n";
    let modules = [("shop/one.py", "SECRET_KEY = 'one'\n"), ("shop/two.py", "\nSECRET_KEY = 'two'\n")];
    assert_eq!(origin_beside(stars, &modules), "several: 1, 2");
    let classes = "class Dev:\n    SECRET_KEY = 'one'\n\nclass Prod:\n    SECRET_KEY = 'two'\n";
    assert_eq!(origin(classes), "several: 2, 5");
}

#[test]
fn a_key_that_is_imported_is_followed() {
    let keys = [("shop/keys.py", "SECRET_KEY = 'made-up'\n")];
    assert_eq!(origin_beside("from .keys import SECRET_KEY\n", &keys), "made-up");
    assert_eq!(origin_beside("from .keys import SECRET_KEY as K\nSECRET_KEY = K\n", &keys), "made-up");
    assert_eq!(origin("from keys import SECRET_KEY\n"), "unseen: 1");
}

#[test]
fn what_may_set_any_name_may_set_the_key() {
    assert_each(
        "unseen: 2",
        &[
            "SECRET_KEY = 'made-up'\nexec(open('local.py').read())\n",
            "SECRET_KEY = 'made-up'\ninclude('base.py', optional('local.py'))\n",
            "SECRET_KEY = 'made-up'\nfrom company.settings import *\n",
        ],
    );
    assert_each(
        "made-up",
        &[
            "from company.settings import *\nSECRET_KEY = 'made-up'\n",
            "SECRET_KEY = 'made-up'\nfrom pathlib import *\n",
            "SECRET_KEY = 'made-up'\ntry:\n    from .local import *\nexcept ImportError:\n    pass\n",
            "SECRET_KEY = 'made-up'\ntry:\n    from local_settings import *\nexcept ImportError:\n    pass\n",
        ],
    );
}

#[test]
fn the_rings_name_is_that_of_a_lookup_alone() {
    let name = |settings: &str| {
        let folder = tree(&[("manage.py", &manage("shop.settings")), ("shop/settings.py", settings)]);
        found(&folder).variable().map(str::to_owned)
    };
    let prefixed = "SECRET_KEY = os.environ.get('PREFIX', '') + os.environ.get('X', 'made-up')\n";
    assert_eq!(name(prefixed), None);
    assert_eq!(name("SECRET_KEY = os.environ.get('X', 'made-up')\n").as_deref(), Some("X"));
}

#[test]
fn fallbacks_are_a_list_of_literals_or_the_variables_that_they_come_from() {
    let accepted = |settings: &str| {
        let folder = tree(&[("manage.py", &manage("shop.settings")), ("shop/settings.py", settings)]);
        match found(&folder).accepted() {
            Accepted::Literals(keys) => {
                keys.iter().map(|key| key.text.expose()).collect::<Vec<_>>().join(" ")
            }
            Accepted::Environment(_, variables) => format!("from {}", variables.join(" ")),
            Accepted::Unseen(line) => format!("unseen: {}", line.line),
        }
    };
    let list = |value: &str| accepted(&format!("SECRET_KEY_FALLBACKS = {value}\n"));
    assert_eq!(list("['one', 'two' 'three']"), "one twothree");
    assert_eq!(list("[]"), "");
    assert_eq!(accepted("DEBUG = True\n"), "");
    assert_eq!(accepted("SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n"), "");
    assert_eq!(list("[k for k in os.environ.get('X', '').split(',') if k]"), "from X");
    assert_eq!(list("'one two'.split()"), "unseen: 1");
    assert_eq!(list("['one'[:2]]"), "unseen: 1");
    assert_eq!(list("[OLD]"), "unseen: 1");
    assert_eq!(accepted("SECRET_KEY_FALLBACKS = ['one']\nSECRET_KEY_FALLBACKS += ['two']\n"), "unseen: 2");
    assert_eq!(accepted("SECRET_KEY_FALLBACKS = []\nSECRET_KEY_FALLBACKS.append('two')\n"), "unseen: 2");
}
