//! Packages that take SECRET_KEY for a key of their own, unless the settings name another.

use std::collections::BTreeSet;
use std::fmt;

use crate::At;
use crate::project::{Line, Project};

mod chain;
mod files;
mod given;
mod module;
mod value;
mod walk;

pub(crate) use chain::{Standing, standing};
pub(crate) use module::Module;

/// A package, and where the settings give it its key.
#[derive(Debug)]
pub(crate) struct Package {
    /// Its name as pip has it.
    pub(crate) name: &'static str,
    /// What a project imports, or names in its settings, that uses it.
    modules: &'static [&'static str],
    /// What it has besides, which takes no key.
    but: Option<&'static str>,
    /// Its settings name it: imports are not all that counts.
    is_named: bool,
    /// Where a key of its own goes; nowhere where it takes none.
    pub(crate) keys: &'static [Place],
    /// Where the algorithm stands, and the one without it. Only HMAC takes SECRET_KEY.
    algorithm: Option<(Place, &'static str)>,
    /// The app of ours that gives it another key.
    ours: Option<&'static str>,
    /// A setting without which it does not work. Another package has modules of the same name.
    needs: Option<&'static str>,
    /// What a project has to import besides to be free of SECRET_KEY.
    besides: Option<&'static str>,
    /// Whether it also reads with SECRET_KEY_FALLBACKS.
    pub(crate) reads_fallbacks: bool,
}

/// Where a key stands in the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `FERNET_KEYS = …`
    Setting(&'static str),
    /// `SIMPLE_JWT = {"SIGNING_KEY": …}`
    Item(&'static str, &'static str),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(name) => f.write_str(name),
            Self::Item(name, item) => write!(f, "{name}[\"{item}\"]"),
        }
    }
}

/// Packages that sign tokens.
pub(crate) const TOKENS: &[Package] = &[
    Package {
        name: "djangorestframework-simplejwt",
        modules: &["rest_framework_simplejwt"],
        is_named: true,
        keys: &[Place::Item("SIMPLE_JWT", "SIGNING_KEY")],
        algorithm: Some((Place::Item("SIMPLE_JWT", "ALGORITHM"), "HS256")),
        ours: Some("keybaton.simplejwt"),
        ..PLAIN
    },
    Package {
        name: "django-ninja-jwt",
        modules: &["ninja_jwt"],
        is_named: true,
        keys: &[Place::Item("NINJA_JWT", "SIGNING_KEY"), Place::Item("SIMPLE_JWT", "SIGNING_KEY")],
        algorithm: Some((Place::Item("NINJA_JWT", "ALGORITHM"), "HS256")),
        ours: Some("keybaton.ninja_jwt"),
        ..PLAIN
    },
    Package {
        name: "drf-jwt",
        modules: &["rest_framework_jwt"],
        is_named: true,
        keys: &[
            Place::Item("JWT_AUTH", "JWT_SECRET_KEY"),
            Place::Item("JWT_AUTH", "JWT_GET_USER_SECRET_KEY"),
        ],
        algorithm: Some((Place::Item("JWT_AUTH", "JWT_ALGORITHM"), "HS256")),
        ..PLAIN
    },
    Package {
        name: "django-allauth",
        modules: &["allauth.headless.tokens.strategies.jwt"],
        is_named: true,
        keys: &[Place::Setting("HEADLESS_JWT_PRIVATE_KEY")],
        algorithm: Some((Place::Setting("HEADLESS_JWT_ALGORITHM"), "RS256")),
        ..PLAIN
    },
];

/// Packages that encrypt what is in the database.
pub(crate) const FIELDS: &[Package] = &[
    Package {
        name: "django-fernet-fields",
        modules: &["fernet_fields"],
        keys: &[Place::Setting("FERNET_KEYS")],
        ..PLAIN
    },
    // Its key encrypts, and SECRET_KEY signs what it encrypted: without that signature it reads nothing.
    Package {
        name: "django-cryptography",
        modules: &["django_cryptography.fields", "django_cryptography.utils.crypto"],
        but: Some("django_cryptography.fields.PickledField"),
        keys: &[Place::Setting("CRYPTOGRAPHY_KEY")],
        besides: Some("django_cryptography.core.signing.FernetSigner"),
        ours: Some("keybaton.django_cryptography"),
        ..PLAIN
    },
    Package {
        name: "django-mirage-field",
        modules: &["mirage"],
        keys: &[Place::Setting("MIRAGE_SECRET_KEY")],
        ..PLAIN
    },
    Package {
        name: "django-fernet-encrypted-fields",
        modules: &["encrypted_fields"],
        needs: Some("SALT_KEY"),
        reads_fallbacks: true,
        ..PLAIN
    },
];

const PLAIN: Package = Package {
    name: "",
    modules: &[],
    but: None,
    is_named: false,
    keys: &[],
    algorithm: None,
    ours: None,
    needs: None,
    besides: None,
    reads_fallbacks: false,
};

/// A package of a project whose data only SECRET_KEY makes readable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encrypted {
    /// Its name as pip has it.
    pub package: &'static str,
    /// Where the project uses it.
    pub at: Line,
    /// Whether it reads with SECRET_KEY_FALLBACKS too: then the data are lost when the old key retires, and not before.
    pub reads_fallbacks: bool,
}

/// The packages of a project that encrypt under SECRET_KEY, as far as its sources tell: once another key signs, what they
/// have encrypted is unreadable. A comment that silences `encrypted-fields` counts here too.
#[must_use]
pub fn encrypted(project: &Project) -> Vec<Encrypted> {
    let files = crate::walk::files(std::slice::from_ref(&project.folder)).python;
    let modules: Vec<Module> = files.into_iter().filter_map(Module::read).collect();
    let mut seen = BTreeSet::new();
    let found = standing(&modules, FIELDS).into_iter().filter(|found| !found.is_silenced(SILENCED));
    found.filter(|found| seen.insert(found.package.name)).filter_map(|found| told(&found)).collect()
}

fn told(found: &Standing<'_>) -> Option<Encrypted> {
    let At::Place(file, place) = found.at() else { return None };
    let (package, reads_fallbacks) = (found.package.name, found.package.reads_fallbacks);
    Some(Encrypted { package, at: Line { file, line: place.line }, reads_fallbacks })
}

/// The rule that looks for the same.
pub(crate) const SILENCED: &str = "encrypted-fields";

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The packages of a project, with the line that each is told at.
    fn told(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let manage = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n";
        for (name, text) in files.iter().chain(&[("manage.py", manage)]) {
            fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            fs::write(folder.path().join(name), text).unwrap();
        }
        let found = encrypted(&Project::find(folder.path()).unwrap());
        let place =
            |at: &Line| format!("{}:{}", at.file.strip_prefix(folder.path()).unwrap().display(), at.line);
        let row = |one: &Encrypted| format!("{} {} {}", one.package, place(&one.at), one.reads_fallbacks);
        found.iter().map(row).collect()
    }

    #[test]
    fn the_packages_that_encrypt_under_the_key_are_told_once_each() {
        let settings =
            ("shop/settings.py", "INSTALLED_APPS = []\nSALT_KEY = 'x'\nMIRAGE_SECRET_KEY = env('X')\n");
        let models = "import os\nimport fernet_fields\nimport mirage\nfrom encrypted_fields import fields\n";
        assert_eq!(
            told(&[settings, ("shop/models.py", models), ("other/models.py", "import fernet_fields\n")]),
            [
                "django-fernet-fields other/models.py:1 false",
                "django-fernet-encrypted-fields shop/models.py:4 true"
            ]
        );
    }

    #[test]
    fn a_package_is_told_once_for_all_settings() {
        let apps = "INSTALLED_APPS = []\n";
        let same = format!("{apps}FERNET_KEYS = [SECRET_KEY]\n");
        let files = [
            ("shop/settings.py", apps),
            ("shop/settings_dev.py", &same),
            ("shop/models.py", "import fernet_fields\n"),
        ];
        assert_eq!(told(&files), ["django-fernet-fields shop/models.py:1 false"]);
    }

    #[test]
    fn what_is_silenced_or_signs_tokens_is_not() {
        let settings = ("shop/settings.py", "INSTALLED_APPS = ['rest_framework_simplejwt']\n");
        let models = "import fernet_fields  # keybaton: ignore[encrypted-fields]\n";
        assert!(told(&[settings, ("shop/models.py", models)]).is_empty());
    }
}
