//! Settings before and after.

use insta::assert_snapshot;

use super::*;

fn ring(name: &str) -> RingName {
    name.parse().unwrap()
}

fn wired(text: &str, name: &str, style: Style) -> Wiring {
    let source = Source::decode(text.as_bytes()).unwrap();
    wire(text.as_bytes(), &source, &ring(name), style, IfAbsent::Append)
}

#[track_caller]
fn changed(wiring: Wiring) -> String {
    match wiring {
        Wiring::Changed(new) => String::from_utf8(new).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn loaded(text: &str) -> String {
    changed(wired(text, "SECRET_KEY", Style::Load))
}

#[test]
fn settings_of_startproject() {
    let text = r#""""
Django settings for shop project.
"""

from pathlib import Path

# Build paths inside the project like this: BASE_DIR / 'subdir'.
BASE_DIR = Path(__file__).resolve().parent.parent

# SECURITY WARNING: keep the secret key used in production secret!
SECRET_KEY = 'made-up'  # noqa: S105

DEBUG = True
"#;
    assert_snapshot!(loaded(text), @r#"
    """
    Django settings for shop project.
    """

    from pathlib import Path

    import keybaton

    # Build paths inside the project like this: BASE_DIR / 'subdir'.
    BASE_DIR = Path(__file__).resolve().parent.parent

    # SECURITY WARNING: keep the secret key used in production secret!
    SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()  # noqa: S105

    DEBUG = True
    "#);
    assert_snapshot!(changed(wired(text, "SECRET_KEY", Style::Plain)), @r#"
    """
    Django settings for shop project.
    """

    import os
    from pathlib import Path

    # Build paths inside the project like this: BASE_DIR / 'subdir'.
    BASE_DIR = Path(__file__).resolve().parent.parent

    # SECURITY WARNING: keep the secret key used in production secret!
    SECRET_KEY = os.environ['SECRET_KEY']
    SECRET_KEY_FALLBACKS = [key for key in os.environ.get('SECRET_KEY_FALLBACKS', '').split(',') if key.strip()]  # noqa: S105

    DEBUG = True
    "#);
}

#[test]
fn production_settings_of_cookiecutter() {
    let text = r#"# ruff: noqa: E501
import logging

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration

from .base import *  # noqa: F403
from .base import env

# https://docs.djangoproject.com/en/dev/ref/settings/#secret-key
SECRET_KEY = env("DJANGO_SECRET_KEY")
"#;
    assert_snapshot!(changed(wired(text, "DJANGO_SECRET_KEY", Style::Load)), @r#"
    # ruff: noqa: E501
    import logging

    import keybaton
    import sentry_sdk
    from sentry_sdk.integrations.celery import CeleryIntegration

    from .base import *  # noqa: F403
    from .base import env

    # https://docs.djangoproject.com/en/dev/ref/settings/#secret-key
    SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load("DJANGO_SECRET_KEY")
    "#);
}

#[test]
fn fallbacks_that_stood_there_go_with_the_key() {
    let text = "import os\nimport zlib\n\nSECRET_KEY = 'new'\nSECRET_KEY_FALLBACKS = [\n    'old',\n]\nDEBUG = True\n";
    assert_snapshot!(loaded(text), @"
    import os
    import zlib

    import keybaton

    SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
    DEBUG = True
    ");
}

#[test]
fn where_no_import_is_the_first_line_is_the_place() {
    assert_eq!(
        loaded("SECRET_KEY = 'm'"),
        "import keybaton\n\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()"
    );
    assert_eq!(
        loaded("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nSECRET_KEY = 'm'\n"),
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nimport keybaton\n\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n"
    );
    assert_eq!(
        loaded("'''What it is.'''\nSECRET_KEY = 'm'\n"),
        "'''What it is.'''\n\nimport keybaton\n\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n"
    );
}

#[test]
fn imports_stay_in_their_groups() {
    let after = |imports: &str| {
        let new = loaded(&format!("{imports}\nSECRET_KEY = 'm'\n"));
        new.split("SECRET_KEY").next().unwrap().trim_end().replace('\n', " | ")
    };
    assert_eq!(
        after("from __future__ import annotations\n"),
        "from __future__ import annotations |  | import keybaton"
    );
    assert_eq!(after("import environ\n"), "import environ | import keybaton");
    assert_eq!(after("from .base import *\n"), "import keybaton |  | from .base import *");
    assert_eq!(
        after("import os\nfrom .base import *\n"),
        "import os |  | import keybaton |  | from .base import *"
    );
    assert_eq!(after("import keybaton\n"), "import keybaton");
    assert_eq!(after("import environ; X = 1\n"), "import environ; X = 1 | import keybaton");
}

#[test]
fn line_ends_encodings_and_marks_stay() {
    assert_eq!(
        loaded("import os\r\n\r\nSECRET_KEY = 'm'\r\n"),
        "import os\r\n\r\nimport keybaton\r\n\r\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\r\n"
    );
    let latin = b"# -*- coding: latin-1 -*-\nNAME = '\xe9t\xe9'\nSECRET_KEY = '\xe9'\nCITY = '\xfc'\n";
    let source = Source::decode(latin).unwrap();
    let Wiring::Changed(new) = wire(latin, &source, &RingName::default(), Style::Load, IfAbsent::Leave)
    else {
        panic!()
    };
    assert_eq!(
        new,
        b"# -*- coding: latin-1 -*-\nimport keybaton\n\nNAME = '\xe9t\xe9'\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\nCITY = '\xfc'\n"
    );
    let mark = loaded("\u{feff}import os\nSECRET_KEY = 'm'\n");
    assert!(mark.starts_with("\u{feff}import os\n\nimport keybaton\n"), "{mark}");
}

#[test]
fn done_once_it_is_done() {
    for style in [Style::Load, Style::Plain] {
        for name in ["SECRET_KEY", "DJANGO_SECRET_KEY"] {
            let once = changed(wired("SECRET_KEY: str = 'm'\n", name, style));
            assert_eq!(wired(&once, name, style), Wiring::AsItIs);
            assert_eq!(wired(&once, name, Style::Load), Wiring::AsItIs);
        }
    }
}

#[test]
fn a_file_without_the_key_gets_it_at_its_end_where_it_is_meant_to() {
    assert_eq!(
        loaded("DEBUG = True"),
        "import keybaton\n\nDEBUG = True\n\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n"
    );
    assert_eq!(loaded(""), "import keybaton\n\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n");
    let source = Source::decode(b"DEBUG = True").unwrap();
    let wiring = wire(b"DEBUG = True", &source, &RingName::default(), Style::Load, IfAbsent::Leave);
    assert_eq!(wiring, Wiring::AsItIs);
}

#[test]
fn what_a_person_has_to_decide_is_left_alone() {
    for text in [
        "if DEBUG:\n    SECRET_KEY = 'a'\nelse:\n    SECRET_KEY = 'b'\n",
        "SECRET_KEY = 'a'\nSECRET_KEY = 'b'\n",
        "SECRET_KEY = JWT_KEY = 'a'\n",
        "class Dev(Configuration):\n    SECRET_KEY = 'a'\n",
        "SECRET_KEY = 'a'; DEBUG = True\n",
        "try:\n    from .local import SECRET_KEY\nexcept ImportError:\n    SECRET_KEY = 'a'\n",
        "SECRET_KEY_FALLBACKS = ['a']\n",
    ] {
        assert!(matches!(wired(text, "SECRET_KEY", Style::Load), Wiring::ByHand { .. }), "{text}");
    }
    assert_eq!(
        wired("\n\nSECRET_KEY = 'a'\nSECRET_KEY = 'b'\n", "SECRET_KEY", Style::Load),
        Wiring::ByHand { lines: vec![3, 4] }
    );
}

#[test]
fn what_is_no_python_is_left_alone() {
    assert_eq!(
        wired("import os\nDEBUG = = 1\nSECRET_KEY = 'a'\n", "SECRET_KEY", Style::Load),
        Wiring::Broken { line: 2 }
    );
}

#[test]
fn the_lines_for_those_who_write_them_by_hand() {
    assert_snapshot!(lines(&ring("JWT_KEY"), Style::Load).join("\n"), @r#"
    import keybaton

    SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load("JWT_KEY")
    "#);
}
