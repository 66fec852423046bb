//! Projects as Django, its users and cookiecutter-django lay them out.

use std::fs;

use insta::assert_snapshot;

use keybaton_core::RingName;

use super::*;
use crate::settings::LiteralRole;

mod holders;
mod origin;
mod places;

/// Writes files into a folder that is a git repository.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn manage(module: &str) -> String {
    format!(
        "import os\n\n\ndef main():\n    os.environ.setdefault('DJANGO_SETTINGS_MODULE', '{module}')\n\n\nmain()\n"
    )
}

fn found(folder: &tempfile::TempDir) -> Project {
    Project::find(folder.path()).unwrap()
}

/// The key that stands in the settings.
fn literal(project: &Project) -> String {
    match project.origin() {
        Origin::Literal(key) | Origin::Lookup { default: Some(key), .. } | Origin::Either { key, .. } => {
            key.text.expose().to_owned()
        }
        other => panic!("{other:?}"),
    }
}

fn names(folder: &tempfile::TempDir, project: &Project) -> Vec<(String, bool)> {
    let name = |file: &SettingsFile| file.path.strip_prefix(folder.path()).unwrap().display().to_string();
    project.files.iter().map(|file| (name(file), file.is_used)).collect()
}

fn complaint(folder: &tempfile::TempDir) -> String {
    let error = Project::find(folder.path()).unwrap_err();
    error.to_string().replace(&*folder.path().to_string_lossy(), "[here]")
}

#[test]
fn one_file_as_startproject_makes_it() {
    let folder =
        tree(&[("manage.py", &manage("shop.settings")), ("shop/settings.py", "SECRET_KEY = 'made-up'\n")]);
    let project = found(&folder);
    assert_eq!(names(&folder, &project), [("shop/settings.py".to_owned(), true)]);
    assert_eq!(literal(&project), "made-up");
    assert_eq!(project.variable(), None);
}

#[test]
fn a_package_whose_init_takes_over_a_base() {
    let folder = tree(&[
        ("manage.py", &manage("shop.settings")),
        ("shop/settings/__init__.py", "from .base import *\n"),
        ("shop/settings/base.py", "SECRET_KEY = 'made-up'\n"),
        ("shop/settings/production.py", "from .base import *\nSECRET_KEY = os.environ['SHOP_KEY']\n"),
    ]);
    let project = found(&folder);
    let used = ["shop/settings/__init__.py", "shop/settings/base.py"].map(|name| (name.to_owned(), true));
    let beside = ("shop/settings/production.py".to_owned(), false);
    assert_eq!(names(&folder, &project), [used.as_slice(), &[beside]].concat());
    assert_eq!(literal(&project), "made-up");
    assert_eq!(project.variable(), Some("SHOP_KEY"));
}

#[test]
fn cookiecutters_settings_look_up_their_own_variable() {
    let folder = tree(&[
        ("manage.py", &manage("config.settings.local")),
        ("config/settings/base.py", "env = environ.Env()\nDEBUG = env.bool('DJANGO_DEBUG', False)\n"),
        (
            "config/settings/local.py",
            "from .base import *\nfrom .base import env\nSECRET_KEY = env('DJANGO_SECRET_KEY', default='made-up')\n",
        ),
        ("config/settings/production.py", "from .base import *\nSECRET_KEY = env('DJANGO_SECRET_KEY')\n"),
        (
            "config/settings/test.py",
            "from .base import *\nSECRET_KEY = env('DJANGO_SECRET_KEY', default='t')\n",
        ),
    ]);
    let project = found(&folder);
    assert_eq!(project.used().count(), 2);
    assert_eq!(project.files.len(), 4);
    assert_eq!(project.variable(), Some("DJANGO_SECRET_KEY"));
    assert!(
        matches!(project.origin(), Origin::Lookup { default: Some(literal), .. } if literal.role == LiteralRole::Default)
    );
    let tests: Vec<&SettingsFile> = project.files.iter().filter(|file| file.is_for_tests()).collect();
    assert!(matches!(tests.as_slice(), [only] if only.path.ends_with("test.py")));
}

#[test]
fn what_is_taken_over_last_has_the_last_word() {
    let local = "try:\n    from .local_settings import *\nexcept ImportError:\n    pass\n";
    let folder = tree(&[
        ("manage.py", &manage("shop.settings")),
        ("shop/settings.py", &format!("SECRET_KEY = 'made-up'\n{local}")),
        ("shop/local_settings.py", "SECRET_KEY = 'the local one'\n"),
    ]);
    assert_eq!(literal(&found(&folder)), "the local one");
}

#[test]
fn a_key_that_comes_through_a_variable() {
    let settings = "KEY = 'made-up'\nSECRET_KEY = KEY\n";
    let folder = tree(&[("manage.py", &manage("shop.settings")), ("shop/settings.py", settings)]);
    assert_eq!(literal(&found(&folder)), "made-up");
}

#[test]
fn a_key_of_another_module_under_another_name() {
    let folder = tree(&[
        ("manage.py", &manage("shop.settings")),
        ("shop/settings.py", "from .keys import MINE\nSECRET_KEY = MINE\n"),
        ("shop/keys.py", "MINE = 'made-up'\n"),
    ]);
    assert_eq!(literal(&found(&folder)), "made-up");
}

#[test]
fn a_key_that_no_reader_of_sources_sees_is_known_to_be_elsewhere() {
    let is_elsewhere = |settings| {
        let folder = tree(&[("manage.py", &manage("shop.settings")), ("shop/settings.py", settings)]);
        matches!(found(&folder).origin(), Origin::Unseen { .. })
    };
    assert!(is_elsewhere("SECRET_KEY = open('/etc/key').read()\n"));
    assert!(is_elsewhere("KEY = fetch()\nSECRET_KEY = KEY\n"));
    assert!(is_elsewhere("from vault import KEY\nSECRET_KEY = KEY\n"));
    for settings in [
        "SECRET_KEY = ''\n",
        "SECRET_KEY = None\n",
        "DEBUG = True\n",
        "SECRET_KEY = get_random_secret_key()\n",
    ] {
        assert!(!is_elsewhere(settings), "{settings}");
    }
}

#[test]
fn a_key_of_another_branch_is_a_key_too() {
    let settings =
        "if DEBUG:\n    SECRET_KEY = 'made-up'\nelse:\n    SECRET_KEY = os.environ['SECRET_KEY']\n";
    let folder = tree(&[("manage.py", &manage("shop.settings")), ("shop/settings.py", settings)]);
    let project = found(&folder);
    assert_eq!(literal(&project), "made-up");
    assert_eq!(project.variable(), Some("SECRET_KEY"));
}

#[test]
fn the_project_is_found_from_below_and_from_above() {
    let folder = tree(&[
        ("backend/manage.py", &manage("shop.settings")),
        ("backend/shop/settings.py", "SECRET_KEY = 'm'\n"),
    ]);
    let backend = folder.path().join("backend");
    assert_eq!(found(&folder).folder, backend);
    assert_eq!(Project::find(&backend.join("shop")).unwrap().folder, backend);
}

#[test]
fn a_project_of_somebody_else_above_is_not_this_one() {
    let folder = tree(&[("manage.py", &manage("settings")), ("settings.py", ""), ("mine/keep", "")]);
    fs::remove_dir(folder.path().join(".git")).unwrap();
    let mine = folder.path().join("mine");
    assert!(Project::find(&mine).is_ok());
    // Only root can give a folder away.
    if std::os::unix::fs::chown(&mine, Some(65_534), None).is_ok() {
        assert!(matches!(Project::find(&mine), Err(ProjectError::NotFound { .. })));
    }
}

#[test]
fn a_virtual_environments_projects_are_not_this_one() {
    let folder = tree(&[
        ("manage.py", "print('no project of Django')\n"),
        ("venv/pyvenv.cfg", ""),
        ("venv/lib/manage.py", &manage("other.settings")),
        ("src/manage.py", &manage("shop.settings")),
        ("src/shop/settings.py", ""),
    ]);
    assert_eq!(found(&folder).folder, folder.path().join("src"));
}

#[test]
fn what_is_missing_is_said() {
    assert_snapshot!(complaint(&tree(&[])), @"there is no Django project in [here]: no manage.py there, above or below");
    let two = tree(&[("a/manage.py", &manage("x")), ("b/manage.py", &manage("y"))]);
    assert_snapshot!(complaint(&two), @"there are 2 Django projects here: [here]/a, [here]/b");
    let elsewhere = tree(&[("manage.py", &manage("shop.settings"))]);
    assert_snapshot!(complaint(&elsewhere), @"[here]/manage.py names the settings module shop.settings, and there is no such file");
    let nothing = tree(&[("manage.py", "DJANGO_SETTINGS_MODULE = None\n")]);
    assert_snapshot!(complaint(&nothing), @"[here]/manage.py names no settings module");
}

#[test]
fn settings_that_take_each_other_over_are_read_once() {
    let folder = tree(&[
        ("manage.py", &manage("shop.a")),
        ("shop/a.py", "from .b import *\n"),
        ("shop/b.py", "from .a import *\nSECRET_KEY = 'made-up'\n"),
    ]);
    assert_eq!(literal(&found(&folder)), "made-up");
}

#[test]
fn another_module_has_files_of_its_own() {
    let folder = tree(&[
        ("manage.py", &manage("shop.settings.dev")),
        ("shop/wsgi.py", &manage("shop.settings.prod")),
        ("shop/asgi.py", &manage("shop.settings.gone")),
        ("shop/settings/dev.py", ""),
        ("shop/settings/prod.py", ""),
    ]);
    let project = found(&folder);
    let named = |file: &str| project.named_in(&folder.path().join(file));
    assert_eq!(named("shop/wsgi.py").as_deref(), Some("shop.settings.prod"));
    assert_eq!((named("shop/asgi.py"), named("shop/none.py")), (None, None));
    let served = project.with_settings("shop.settings.prod").unwrap();
    let used = names(&folder, &served).into_iter().filter(|(_, is_used)| *is_used);
    assert_eq!(used.collect::<Vec<_>>(), [("shop/settings/prod.py".to_owned(), true)]);
    let error = project.with_settings("shop.settings.gone").unwrap_err();
    assert_eq!(error.to_string(), "there is no file of the settings module shop.settings.gone");
}

#[test]
fn of_many_projects_some_are_named() {
    let folders = (0..899).map(|number| format!("/p{number}").into()).collect();
    let told = ProjectError::Several { folders }.to_string();
    assert_eq!(told, "there are 899 Django projects here: /p0, /p1, /p2, /p3, /p4, …");
}
