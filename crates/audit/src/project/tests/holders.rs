//! Files from which variables come into the environment.

use super::*;

/// Which files hold SECRET_KEY, with a `*` behind those that are named; `?` where a name cannot be told.
fn holders(settings: &str, files: &[(&str, &str)]) -> String {
    let manage = manage("shop.settings");
    let project = [("site/manage.py", manage.as_str()), ("site/shop/settings.py", settings)];
    let folder = tree(&[&project, files].concat());
    let Holders { files, unknown } = found(&folder).holders(&RingName::default());
    let name = |holder: &Holder| {
        let path = holder.path.strip_prefix(folder.path()).unwrap().display().to_string();
        format!("{path}={}{}", holder.keys[0].expose(), if holder.is_named { "*" } else { "" })
    };
    let names: Vec<String> = files.iter().map(name).chain(unknown.map(|_| "?".to_owned())).collect();
    names.join(" ")
}

const ENV: &str = "DEBUG=1\nSECRET_KEY='made-up'\n";

#[test]
fn the_nearest_comes_first_and_what_is_further_away_does_not_count() {
    let files = [(".env", ENV), ("site/.env", ENV), ("site/shop/.env", ENV), ("site/other/.env", ENV)];
    assert_eq!(holders("", &files), "site/shop/.env=made-up site/.env=made-up .env=made-up");
    assert_eq!(holders("", &[("site/.env", "SECRET_KEY=\nOTHER=1\n")]), "");
}

#[test]
fn python_decouples_ini_file_is_read_in_its_section() {
    let ini = "[other]\nSECRET_KEY=no\n[settings]\nsecret_key = made-up\n";
    assert_eq!(holders("", &[("site/settings.ini", ini)]), "site/settings.ini=made-up");
}

#[test]
fn a_file_that_is_named_is_found_by_the_end_of_its_path() {
    for call in [
        "environ.Env.read_env(BASE_DIR / 'conf' / 'shop.env')",
        "env.read_env(os.path.join(BASE_DIR, 'conf/shop.env'))",
        "load_dotenv(f'{BASE_DIR}/conf/shop.env')",
        "load_dotenv(dotenv_path=str(BASE_DIR) + '/conf/shop.env')",
        "WHERE = BASE_DIR / 'conf/shop.env'\nload_dotenv(WHERE, override=True)",
    ] {
        assert_eq!(holders(call, &[("site/conf/shop.env", ENV)]), "site/conf/shop.env=made-up*", "{call}");
    }
    let both = [("site/.env", ENV), ("site/shop/.env", ENV)];
    assert_eq!(holders("load_dotenv(BASE_DIR / '.env')", &both), "site/shop/.env=made-up site/.env=made-up");
    let twice = [("site/prod.env", ENV), ("site/shop/prod.env", "SECRET_KEY=other")];
    assert_eq!(
        holders("env.read_env(BASE_DIR / 'prod.env')", &twice),
        "site/shop/prod.env=other site/prod.env=made-up"
    );
}

#[test]
fn a_name_that_cannot_be_told_is_not_passed_over() {
    for call in [
        "load_dotenv(WHERE)",
        "env.read_env(os.environ.get('ENV_FILE', '.env'))",
        "load_dotenv(Path.home() / '.shop.env')",
        "load_dotenv(os.path.expanduser('~/.shop.env'))",
    ] {
        assert_eq!(holders(call, &[]), "?", "{call}");
    }
    for call in ["load_dotenv()", "load_dotenv(find_dotenv())", "env.read_env(overwrite=True)"] {
        assert_eq!(holders(call, &[]), "", "{call}");
    }
}
