//! Files of variables that lie outside the project, or where nobody may look.

use super::*;

/// The files that the settings name, `?` where one may be missed.
fn named(reads: &str, files: &[&str], folder: &tempfile::TempDir) -> String {
    let project = folder.path().join("srv/site");
    for (name, text) in [("manage.py", &*manage("shop.settings")), ("shop/settings.py", reads)] {
        fs::create_dir_all(project.join("shop")).unwrap();
        fs::write(project.join(name), text).unwrap();
    }
    for name in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "SECRET_KEY=made-up\n").unwrap();
    }
    let Holders { files, unknown } = Project::find(&project).unwrap().holders(&RingName::default());
    let files = files.iter().filter(|holder| holder.is_named);
    let name = |holder: &Holder| holder.path.strip_prefix(folder.path()).unwrap().display().to_string();
    files.map(name).chain(unknown.map(|_| "?".to_owned())).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_file_outside_the_project_is_read_where_the_source_says_that_it_is() {
    for reads in [
        "load_dotenv(Path(__file__).resolve().parents[3] / 'etc/shop.env')",
        "load_dotenv(Path(__file__).parent.parent.parent.parent / 'etc' / 'shop.env')",
        "load_dotenv(os.path.join(dirname(abspath(__file__)), '../../../etc/shop.env'))",
        "load_dotenv(f'{BASE_DIR.parent.parent}/etc/shop.env')",
        "load_dotenv('../../etc/shop.env')",
        "load_dotenv(Path('.').resolve().parent.parent / 'etc' / 'shop.env')",
        "root = environ.Path(__file__) - 4\nenv.read_env(root('etc/shop.env'))",
    ] {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(named(reads, &[], &folder), "?", "{reads}");
        assert_eq!(named(reads, &["etc/shop.env"], &folder), "etc/shop.env", "{reads}");
    }
}

#[test]
fn a_file_beside_the_project_that_is_not_there_is_not_missed() {
    for reads in [
        "load_dotenv(Path(__file__).resolve().parents[2] / 'etc/shop.env')",
        "load_dotenv(BASE_DIR.parent / 'etc' / 'shop.env')",
        "load_dotenv('../etc/shop.env')",
        "load_dotenv('/nowhere/shop.env')",
    ] {
        assert_eq!(named(reads, &[], &tempfile::tempdir().unwrap()), "", "{reads}");
    }
    let reads = "load_dotenv(BASE_DIR.parent / 'etc' / 'shop.env')";
    assert_eq!(named(reads, &["srv/etc/shop.env"], &tempfile::tempdir().unwrap()), "srv/etc/shop.env");
}

#[test]
fn a_path_that_leads_above_the_root_cannot_be_told() {
    for reads in [
        "load_dotenv(Path(__file__).parents[60] / 'shop.env')",
        "load_dotenv(Path(__file__).parents[9999999999] / 'shop.env')",
        "load_dotenv(Path(__file__).parents[-1] / 'shop.env')",
        "load_dotenv(Path(__file__).parents[LEVELS] / 'shop.env')",
    ] {
        assert_eq!(named(reads, &[], &tempfile::tempdir().unwrap()), "?", "{reads}");
    }
}

#[test]
fn a_symbolic_link_is_followed_where_the_settings_do() {
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().join("releases/12/settings.py");
    let reads = "load_dotenv(Path(__file__).resolve().parent / 'shop.env')";
    assert_eq!(named(reads, &["releases/12/shop.env"], &folder), "");
    fs::rename(folder.path().join("srv/site/shop/settings.py"), &real).unwrap();
    std::os::unix::fs::symlink(&real, folder.path().join("srv/site/shop/settings.py")).unwrap();
    assert_eq!(named(reads, &[], &folder), "releases/12/shop.env");
}

/// That of another user, in which we may not look, is tried with the program itself.
#[test]
fn a_folder_that_cannot_be_looked_into_may_hold_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let reads = "load_dotenv(BASE_DIR / 'private' / '.env')";
    assert_eq!(named(reads, &[], &folder), "");
    let private = folder.path().join("srv/site/private");
    std::os::unix::fs::symlink(&private, &private).unwrap();
    assert_eq!(named(reads, &[], &folder), "?");
}

#[test]
fn what_the_documentations_show_needs_no_file() {
    for reads in [
        "BASE_DIR = Path(__file__).resolve(strict=True).parent.parent\nenv = environ.Env()\nif env.bool('X'):\n    env.read_env(str(BASE_DIR / '.env'))",
        "BASE_DIR = Path(__file__).resolve().parent.parent\nenviron.Env.read_env(os.path.join(BASE_DIR, '.env'))",
        "ROOT_DIR = environ.Path(__file__) - 3\nenv.read_env(str(ROOT_DIR.path('.env')))",
        "env = environ.Env(DEBUG=(bool, False))\nenviron.Env.read_env()",
        "load_dotenv()\nload_dotenv(find_dotenv())\nload_dotenv(verbose=True)",
        "load_dotenv(dotenv_path=Path('.') / '.env')",
        "load_dotenv(os.path.join(os.path.dirname(__file__), '..', '.env'))",
        "config = {**dotenv_values('.env.shared'), **dotenv_values('.env.secret'), **os.environ}",
        "config = Config(RepositoryEnv('/nowhere/shop/.env'))",
        "from .paths import *\nenv.read_env(BASE_DIR / '.env')",
    ] {
        assert_eq!(named(reads, &[], &tempfile::tempdir().unwrap()), "", "{reads}");
    }
}
