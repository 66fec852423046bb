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
fn a_named_file_that_cannot_be_read_may_hold_the_key() {
    let settings = "load_dotenv(BASE_DIR / 'shop.env')";
    let files = [("site/manage.py", &*manage("shop.settings")), ("site/shop/settings.py", settings)];
    let folder = tree(&files);
    let unknown = || found(&folder).holders(&RingName::default()).unknown.map(|line| line.line);
    assert_eq!(unknown(), None, "nothing is there");
    fs::write(folder.path().join("site/shop.env"), b"SECRET_KEY=made-up-\xff\n").unwrap();
    assert_eq!(unknown(), Some(1));
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
        "WHERE: Path = BASE_DIR / 'conf/shop.env'\nload_dotenv(WHERE)",
        "load_dotenv(Path(__file__).resolve().parent.parent / 'conf' / 'shop.env')",
        "load_dotenv(Path(__file__).resolve(strict=True).parents[1].joinpath('conf', 'shop.env'))",
        "load_dotenv(join(dirname(dirname(abspath(__file__))), 'conf', 'shop.env'))",
        "load_dotenv(Path(BASE_DIR, 'conf/prod.env').with_name('shop.env'))",
        "ROOT = dirname(__file__)\nROOT = dirname(ROOT)\nload_dotenv(ROOT + os.sep + 'conf/shop.env')",
        "load_dotenv('/'.join([BASE_DIR, 'conf', 'shop.env']))",
        "NAME = 'shop'\nload_dotenv(base.BASE_DIR / 'conf' / f'{NAME}.env')",
        "load_dotenv(find_dotenv('conf/shop.env'))",
        "load_dotenv(find_dotenv(filename='conf/shop.env'))",
        "load_dotenv('conf/shop.env')",
        "load_dotenv(stream=open('conf/shop.env'))",
        "root = environ.Path(__file__) - 2\nenv.read_env(root('conf/shop.env'))",
        "ROOT_DIR = environ.Path(__file__) - 2\nenv.read_env(str(ROOT_DIR.path('conf', 'shop.env')))",
        "config = Config(RepositoryEnv(BASE_DIR / 'conf' / 'shop.env'))",
    ] {
        assert_eq!(holders(call, &[("site/conf/shop.env", ENV)]), "site/conf/shop.env=made-up*", "{call}");
    }
    let both = [("site/.env", ENV), ("site/shop/.env", ENV)];
    assert_eq!(
        holders("load_dotenv(BASE_DIR / '.env')", &both),
        "site/shop/.env=made-up* site/.env=made-up*"
    );
    let twice = [("site/prod.env", ENV), ("site/shop/prod.env", "SECRET_KEY=other")];
    assert_eq!(
        holders("env.read_env(BASE_DIR / 'prod.env')", &twice),
        "site/shop/prod.env=other* site/prod.env=made-up*"
    );
}

#[test]
fn a_name_that_cannot_be_told_is_not_passed_over() {
    for call in [
        "load_dotenv(WHERE)",
        "env.read_env(os.environ.get('ENV_FILE', '.env'))",
        "load_dotenv(Path.home() / '.shop.env')",
        "load_dotenv(f'{Path.home()}/.shop.env')",
        "load_dotenv(os.path.expanduser('~/.shop.env'))",
        "load_dotenv(Path('~/.shop.env').expanduser())",
        "load_dotenv(os.path.expandvars('$HOME/.shop.env'))",
        "load_dotenv(os.environ['HOME'] + '/.shop.env')",
        "load_dotenv(os.path.join(os.environ['HOME'], '.shop.env'))",
        "load_dotenv(os.environ['ENV_FILE'])",
        "load_dotenv(Path.cwd() / '.env')",
        "load_dotenv(os.path.join(os.getcwd(), '.env'))",
        "load_dotenv(BASE_DIR / f'.env.{socket.gethostname()}')",
        "load_dotenv(BASE_DIR / ('.env.' + socket.gethostname()))",
        "load_dotenv(BASE_DIR / f'.env.{STAGE}')",
        "load_dotenv(BASE_DIR / '.env.{}'.format(STAGE))",
        "load_dotenv(BASE_DIR / '.env.%s' % STAGE)",
        "load_dotenv(f'{BASE_DIR}-prod.env')",
        "load_dotenv(HOME_DIR / '.shop.env')",
        "load_dotenv('.env.test' if TESTING else '.env')",
        "load_dotenv(os.path.join(*PARTS))",
        "load_dotenv(Path(pwd.getpwuid(os.getuid()).pw_dir) / '.shop.env')",
        "env.read_env(env('ENV_FILE'))",
        "env.read_env(env.str('ENV_FILE', default='.env'))",
        "env.read_env(io.StringIO(fetched))",
        "load_dotenv(stream=fetched)",
        "NAME = '.env'\nif PROD:\n    NAME = '.env.prod'\nload_dotenv(BASE_DIR / NAME)",
        "NAME = '.env'\nNAME += '.prod'\nload_dotenv(BASE_DIR / NAME)",
        "A = B / '.env'\nB = A / B\nload_dotenv(A / A)",
        "NAME: str = os.environ['ENV_FILE']\nload_dotenv(BASE_DIR / NAME)",
    ] {
        assert_eq!(holders(call, &[]), "?", "{call}");
    }
    for call in ["load_dotenv()", "load_dotenv(find_dotenv())", "env.read_env(overwrite=True)"] {
        assert_eq!(holders(call, &[]), "", "{call}");
    }
}

#[test]
fn a_name_that_gets_its_value_otherwise_is_not_believed() {
    for reads in [
        "if (env_dir := os.environ.get('ENV_DIR')):\n    load_dotenv(Path(env_dir) / 'shop.env')",
        "(BASE_DIR := os.environ.get('ENV_DIR'))\nload_dotenv(BASE_DIR / 'shop.env')",
        "for folder in (Path('/etc/x'), Path.home()):\n    load_dotenv(folder / 'shop.env')",
        "for BASE_DIR, x in places:\n    load_dotenv(BASE_DIR / 'shop.env')",
        "[load_dotenv(BASE_DIR / 'shop.env') for BASE_DIR in places]",
        "with elsewhere() as BASE_DIR:\n    load_dotenv(BASE_DIR / 'shop.env')",
        "BASE_DIR, x = found()\nload_dotenv(BASE_DIR / 'shop.env')",
        "BASE_DIR, x = *found(), 1\nload_dotenv(BASE_DIR / 'shop.env')",
        "[x, *BASE_DIR] = found()\nload_dotenv(BASE_DIR / 'shop.env')",
        "def read(BASE_DIR):\n    load_dotenv(BASE_DIR / 'shop.env')",
        "def read(*, BASE_DIR=ROOT_DIR):\n    load_dotenv(BASE_DIR / 'shop.env')",
        "read = lambda BASE_DIR: load_dotenv(BASE_DIR / 'shop.env')",
        "def find():\n    global BASE_DIR\n    BASE_DIR = ROOT_DIR\n\nload_dotenv(BASE_DIR / 'shop.env')",
        "def BASE_DIR(): pass\nload_dotenv(BASE_DIR / 'shop.env')",
        "def join(*parts): return there(parts)\nload_dotenv(join(BASE_DIR, 'shop.env'))",
        "try: pass\nexcept OSError as BASE_DIR:\n    load_dotenv(BASE_DIR / 'shop.env')",
        "match x:\n    case [BASE_DIR, *_]:\n        load_dotenv(BASE_DIR / 'shop.env')",
        "BASE_DIR = ROOT_DIR\nBASE_DIR += suffix()\nload_dotenv(BASE_DIR / 'shop.env')",
        "import BASE_DIR\nload_dotenv(BASE_DIR / 'shop.env')",
        "load_dotenv(CONFIG_DIR / 'shop.env')",
        "load_dotenv(self.BASE_DIR.path / 'shop.env')",
        "from company import WHERE as BASE_DIR\nload_dotenv(BASE_DIR / 'shop.env')",
    ] {
        assert_eq!(holders(reads, &[]), "?", "{reads}");
    }
}

#[test]
fn a_name_that_is_bound_to_a_path_is_followed() {
    for reads in [
        "if (env := BASE_DIR / 'shop.env').exists():\n    load_dotenv(env)",
        "ROOT, NAME = dirname(dirname(__file__)), 'shop.env'\nload_dotenv(join(ROOT, NAME))",
        "with open('shop.env') as lines:\n    env.read_env(lines)",
        "HERE = Path(__file__).resolve()\nHERE = HERE.parent\nload_dotenv(HERE.parent / 'shop.env')",
        "def path(BASE_DIR): pass\nload_dotenv(BASE_DIR / 'shop.env')",
        "def read():\n    x = BASE_DIR / 'shop.env'\n    load_dotenv(x)\n\nx = elsewhere()",
        "def BASE(): pass\n\ndef read():\n    BASE = PROJECT_ROOT\n    load_dotenv(BASE / 'shop.env')",
        "from company import BASE_DIR as ROOT\nload_dotenv(ROOT / 'shop.env')",
        "join = os.path.join\nload_dotenv(join(BASE_DIR, 'shop.env'))",
    ] {
        assert_eq!(holders(reads, &[("site/shop.env", ENV)]), "site/shop.env=made-up*", "{reads}");
    }
}

#[test]
fn a_name_of_another_module_is_followed_there() {
    let read = "load_dotenv(CONFIG_DIR / 'shop.env')";
    let imports = [
        "from .base import *\nload_dotenv(CONFIG_DIR / 'shop.env')",
        "from .base import CONFIG_DIR\nload_dotenv(CONFIG_DIR / 'shop.env')",
        "from shop.base import CONFIG_DIR as here\nload_dotenv(here / 'shop.env')",
        "from . import base\nload_dotenv(base.CONFIG_DIR / 'shop.env')",
        "import shop.base as base\nload_dotenv(base.CONFIG_DIR / 'shop.env')",
        "from .between import *\nload_dotenv(CONFIG_DIR / 'shop.env')",
        "from .base import CONFIG_DIR\nCONFIG_DIR = CONFIG_DIR\nload_dotenv(CONFIG_DIR / 'shop.env')",
    ];
    let with_base = |settings: &str, base: &str| {
        let between = ("site/shop/between.py", "from .base import *\nfrom .settings import *\n");
        holders(settings, &[("site/shop/base.py", base), between, ("site/shop.env", ENV)])
    };
    let known = "CONFIG_DIR = Path(__file__).resolve().parent.parent\n";
    let unknown = "CONFIG_DIR = Path(os.environ.get('CONFIG_DIR', '/elsewhere'))\n";
    for settings in imports {
        assert_eq!(with_base(settings, known), "site/shop.env=made-up*", "{settings}");
        assert_eq!(with_base(settings, unknown), "?", "{settings}");
    }
    assert_eq!(with_base(&format!("from .base import *\n{read}"), "BASE_DIR = 1\n"), "?");
    let based = "from .base import *\nload_dotenv(BASE_DIR / 'shop.env')";
    assert_eq!(with_base(based, "DEBUG = True\n"), "site/shop.env=made-up*");
    assert_eq!(with_base(based, "BASE_DIR = Path(os.environ['HOME'])\n"), "?");
}
