//! Data that SECRET_KEY encrypts.

use super::{Found, Rule};
use crate::finding::Severity;
use crate::packages::{FIELDS, SILENCED, Standing, standing};
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: SILENCED,
    summary: "SECRET_KEY encrypts what is in the database: a new SECRET_KEY makes these data unreadable",
    severity: Severity::Error,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for standing in standing(&tree.modules, FIELDS) {
        found.add(standing.at(), what(&standing), mend(&standing));
    }
}

fn what(standing: &Standing<'_>) -> String {
    let package = standing.package;
    let how = match package.keys.first() {
        _ if package.reads_fallbacks => "encrypts with SECRET_KEY and SALT_KEY".to_owned(),
        Some(place) if standing.has_own => {
            format!("signs what it encrypts with SECRET_KEY, whatever {place} is")
        }
        Some(place) if !standing.is_given => {
            format!("encrypts with SECRET_KEY, as there is no {place} in {}", standing.settings())
        }
        _ => "encrypts with this, which is SECRET_KEY".to_owned(),
    };
    let then = match package.reads_fallbacks {
        true => "once the key retires, what was saved under it is unreadable",
        false => "a new SECRET_KEY makes these data unreadable",
    };
    format!("{} {how}: {then}", package.name)
}

/// The ring begins with today's key, so that everything stays readable, and SECRET_KEY is free.
fn mend(standing: &Standing<'_>) -> String {
    let package = standing.package;
    if package.reads_fallbacks {
        return "save every row anew after `keybaton promote` and before `keybaton retire`".to_owned();
    }
    let then = match package.name {
        _ if standing.has_own => {
            "put keybaton.django_cryptography into INSTALLED_APPS; the setting stays as it is"
        }
        _ if standing.is_given => "put its keys in the place of SECRET_KEY",
        "django-fernet-fields" => "set FERNET_KEYS = [FIELD_ENCRYPTION_KEY, *FIELD_ENCRYPTION_KEY_FALLBACKS]",
        "django-mirage-field" => "set MIRAGE_SECRET_KEY = FIELD_ENCRYPTION_KEY",
        _ => "put keybaton.django_cryptography into INSTALLED_APPS",
    };
    format!("`keybaton init --ring FIELD_ENCRYPTION_KEY --from SECRET_KEY`, then load it and {then}")
}

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    const APPS: &str = "INSTALLED_APPS = []\n";

    fn project(settings: &str, models: &str) -> World {
        World::new()
            .file("manage.py", "")
            .file("shop/settings.py", &format!("{APPS}{settings}\n"))
            .file("shop/models.py", &format!("{models}\n"))
    }

    #[track_caller]
    fn is_found(settings: &str, models: &str, at: &str) {
        assert_eq!(project(settings, models).finds("encrypted-fields"), [at], "{settings} {models}");
    }

    #[track_caller]
    fn is_not(settings: &str, models: &str) {
        assert!(project(settings, models).finds("encrypted-fields").is_empty(), "{settings} {models}");
    }

    #[test]
    fn fields_without_a_key_of_their_own_are_found() {
        for models in [
            "from fernet_fields import EncryptedTextField",
            "import fernet_fields",
            "def f():\n    import fernet_fields as f",
            "from django_cryptography.fields import encrypt",
            "from django_cryptography import fields",
            "from mirage import fields",
            "from mirage.fields import EncryptedCharField",
        ] {
            let at = if models.starts_with("def") { "shop/models.py:2:12" } else { "shop/models.py:1:1" };
            let at = if models == "import fernet_fields" { "shop/models.py:1:8" } else { at };
            is_found("", models, at);
        }
    }

    #[test]
    fn fields_with_one_are_not() {
        is_not("FERNET_KEYS = [env('X')]", "from fernet_fields import EncryptedTextField");
        is_not("MIRAGE_SECRET_KEY = env('X')", "from mirage import fields");
        is_not("SALT_KEY = 'x'", "from fernet_fields_of_mine import EncryptedTextField");
        is_found("MIRAGE_SECRET_KEY = None", "from mirage import fields", "shop/models.py:1:1");
        is_found("MIRAGE_SECRET_KEY = env('X')", "import fernet_fields", "shop/models.py:1:8");
    }

    #[test]
    fn a_key_that_is_the_same_or_still_in_the_list_is_found_where_it_is_set() {
        for keys in ["[SECRET_KEY]", "[FIELD_KEY, SECRET_KEY]", "[FIELD_KEY, *SECRET_KEY_FALLBACKS]", "KEYS"]
        {
            let settings = format!("KEYS = (FIELD_KEY, SECRET_KEY)\nFERNET_KEYS = {keys}");
            is_found(&settings, "import fernet_fields", "shop/settings.py:3:1");
        }
        let ring = "F, F_FALLBACKS = keybaton.load('FIELD_ENCRYPTION_KEY')\nFERNET_KEYS = [F, *F_FALLBACKS]";
        is_not(ring, "import fernet_fields");
    }

    #[test]
    fn a_key_of_its_own_does_not_free_django_cryptography() {
        let models = "from django_cryptography.fields import encrypt";
        let world = project("CRYPTOGRAPHY_KEY = env('X')", models);
        assert_eq!(
            world.says("encrypted-fields"),
            [
                "shop/models.py:1:1: django-cryptography signs what it encrypts with SECRET_KEY, whatever CRYPTOGRAPHY_KEY is: a new SECRET_KEY makes these data unreadable"
            ]
        );
        for apps in [
            "from django_cryptography.core.signing import FernetSigner\n",
            "from django_cryptography.core import signing\nsigning.FernetSigner(1)\n",
        ] {
            let world = project("CRYPTOGRAPHY_KEY = env('X')", models).file("shop/apps.py", apps);
            assert!(world.finds("encrypted-fields").is_empty(), "{apps}");
        }
        is_not("", "from django_cryptography.fields import PickledField");
        is_not("", "from django_cryptography.core.signing import dumps");
    }

    #[test]
    fn what_reads_the_fallbacks_is_told_apart_and_so_is_a_package_of_the_same_name() {
        let models = "from encrypted_fields.fields import EncryptedCharField";
        assert_eq!(
            project("SALT_KEY = env('X')", models).says("encrypted-fields"),
            [
                "shop/models.py:1:1: django-fernet-encrypted-fields encrypts with SECRET_KEY and SALT_KEY: once the key retires, what was saved under it is unreadable"
            ]
        );
        is_not("FIELD_ENCRYPTION_KEYS = [env('X')]", models);
    }

    #[test]
    fn a_module_of_the_project_is_not_the_package() {
        let world = project("", "from mirage import fields").file("mirage/__init__.py", "");
        assert!(world.finds("encrypted-fields").is_empty());
        is_not("", "CHOICES = ['mirage', 'fernet_fields']");
        is_not("", "from .mirage import fields");
    }

    #[test]
    fn migrations_say_what_was_once() {
        let migration = "from fernet_fields import EncryptedTextField\n";
        let world = project("", "").file("shop/migrations/0001_initial.py", migration);
        assert!(world.finds("encrypted-fields").is_empty());
    }

    #[test]
    fn without_settings_in_sight_nothing_is_said() {
        let world = World::new().file("models.py", "import fernet_fields\n");
        assert!(world.finds("encrypted-fields").is_empty());
        let keys = "SECRET_KEY = env('X')\n";
        let world = World::new().file("models.py", "import fernet_fields\n").file("keys.py", keys);
        assert!(world.finds("encrypted-fields").is_empty());
    }

    #[test]
    fn the_way_out_is_named() {
        let mend = |settings, models| project(settings, models).all("encrypted-fields").remove(0).mend;
        assert_eq!(
            mend("", "import fernet_fields"),
            "`keybaton init --ring FIELD_ENCRYPTION_KEY --from SECRET_KEY`, then load it and set FERNET_KEYS = [FIELD_ENCRYPTION_KEY, *FIELD_ENCRYPTION_KEY_FALLBACKS]"
        );
        let ends = |settings, models, end| {
            let mend = mend(settings, models);
            assert!(mend.ends_with(end), "{mend}");
        };
        ends(
            "FERNET_KEYS = [X, SECRET_KEY]",
            "import fernet_fields",
            "put its keys in the place of SECRET_KEY",
        );
        let models = "from django_cryptography.fields import encrypt";
        ends("", models, "put keybaton.django_cryptography into INSTALLED_APPS");
        ends("CRYPTOGRAPHY_KEY = env('X')", models, "into INSTALLED_APPS; the setting stays as it is");
        assert_eq!(
            mend("SALT_KEY = 'x'", "import encrypted_fields"),
            "save every row anew after `keybaton promote` and before `keybaton retire`"
        );
    }

    #[test]
    fn a_comment_silences_it() {
        is_not("", "import fernet_fields  # keybaton: ignore[encrypted-fields]");
    }
}
