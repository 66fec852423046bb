//! Tokens that SECRET_KEY signs.

use super::{Found, Rule};
use crate::finding::Severity;
use crate::packages::{Standing, TOKENS, standing};
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "token-key",
    summary: "SECRET_KEY signs tokens too: a new key ends them all, and who has the key can be any user",
    severity: Severity::Warning,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for standing in standing(&tree.modules, TOKENS) {
        let then = then(standing.package.name);
        let mend = format!("`keybaton init --ring JWT_SIGNING_KEY --from SECRET_KEY`, then {then}");
        found.add(standing.at(), what(&standing), mend);
    }
}

fn what(standing: &Standing<'_>) -> String {
    let package = standing.package;
    match package.keys.first() {
        Some(place) if !standing.is_given => {
            format!("{} signs tokens with SECRET_KEY: no {place} in {}", package.name, standing.settings())
        }
        _ => format!("{} signs tokens with this, which is SECRET_KEY", package.name),
    }
}

/// The lines that take the ring into use. At first its key is today's, so no token ends.
fn then(package: &str) -> &'static str {
    match package {
        "djangorestframework-simplejwt" => {
            "load it in the settings and add \"keybaton.simplejwt\" to INSTALLED_APPS"
        }
        "drf-jwt" => {
            "load it and set JWT_AUTH[\"JWT_SECRET_KEY\"] = [JWT_SIGNING_KEY, *JWT_SIGNING_KEY_FALLBACKS]"
        }
        "django-allauth" => "load it and set HEADLESS_JWT_PRIVATE_KEY = JWT_SIGNING_KEY",
        _ => "load it in the settings and add \"keybaton.ninja_jwt\" to INSTALLED_APPS",
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    const APPS: &str = "INSTALLED_APPS = ['rest_framework_simplejwt']\n";

    fn project(files: &[(&str, &str)]) -> World {
        files.iter().fold(World::new().file("manage.py", ""), |world, (name, text)| world.file(name, text))
    }

    #[track_caller]
    fn finds(files: &[(&str, &str)], places: &[&str]) {
        assert_eq!(project(files).finds("token-key"), places, "{files:?}");
    }

    #[track_caller]
    fn finds_in(settings: &str, places: &[&str]) {
        finds(&[("shop/settings.py", settings)], places);
    }

    #[test]
    fn a_package_without_a_key_of_its_own_is_found_where_it_is_named() {
        finds_in(APPS, &["shop/settings.py:1:19"]);
        finds_in("INSTALLED_APPS = []\nSIMPLE_JWT = {'LEEWAY': 1}\n", &[]);
        finds_in(
            "INSTALLED_APPS = []\nREST = {'X': ['rest_framework_simplejwt.authentication.JWTAuthentication']}\n",
            &["shop/settings.py:2:15"],
        );
        let urls = ("shop/urls.py", "from rest_framework_simplejwt.views import TokenObtainPairView\n");
        finds(&[("shop/settings.py", "INSTALLED_APPS = []\n"), urls], &["shop/urls.py:1:1"]);
        finds(&[("shop/tests/test_urls.py", urls.1), ("shop/settings.py", "INSTALLED_APPS = []\n")], &[]);
        let mine = ("shop/settings.py", "INSTALLED_APPS = ['rest_framework_simplejwt_mine']\n");
        finds(&[mine], &[]);
    }

    #[test]
    fn each_package_has_its_own_setting() {
        for (app, settings) in [
            ("rest_framework_simplejwt", "SIMPLE_JWT = {'SIGNING_KEY': JWT}\n"),
            ("ninja_jwt", "NINJA_JWT = {'SIGNING_KEY': JWT}\n"),
            ("ninja_jwt", "SIMPLE_JWT = {'SIGNING_KEY': JWT}\n"),
            ("rest_framework_jwt", "JWT_AUTH = {'JWT_SECRET_KEY': JWT}\n"),
            ("rest_framework_jwt", "JWT_AUTH = {'JWT_GET_USER_SECRET_KEY': JWT}\n"),
        ] {
            let named = format!("INSTALLED_APPS = ['{app}']\nJWT = os.environ['JWT_KEY']\n");
            finds_in(&named, &["shop/settings.py:1:19"]);
            finds_in(&format!("{named}{settings}"), &[]);
            let same = format!("{named}{}", settings.replace("JWT}", "SECRET_KEY}"));
            let column = settings.find("JWT}").unwrap() + 1;
            finds_in(&same, &[&format!("shop/settings.py:3:{column}")]);
        }
    }

    #[test]
    fn allauth_takes_the_key_for_hmac_alone() {
        let jwt = "INSTALLED_APPS = ['allauth.headless']\nHEADLESS_TOKEN_STRATEGY = 'allauth.headless.tokens.strategies.jwt.JWTTokenStrategy'\n";
        finds_in(jwt, &[]);
        let hmac = format!("{jwt}HEADLESS_JWT_ALGORITHM = 'HS256'\n");
        finds_in(&hmac, &["shop/settings.py:2:27"]);
        finds_in(&format!("{hmac}HEADLESS_JWT_PRIVATE_KEY = env('X')\n"), &[]);
        finds_in("INSTALLED_APPS = ['allauth.headless']\nHEADLESS_JWT_ALGORITHM = 'HS256'\n", &[]);
    }

    #[test]
    fn what_is_made_of_the_key_is_the_key() {
        for value in [
            "SECRET_KEY",
            "settings.SECRET_KEY",
            "SECRET_KEY.encode()",
            "sha256(force_bytes(SECRET_KEY)).hexdigest()",
            "SECRET_KEY[:32]",
            "f'{SECRET_KEY}-jwt'",
            "os.environ['SECRET_KEY']",
            "env('SHOP_KEY')",
            "env('SHOP_KEY', default='x')",
            "SHOP_KEY",
            "keybaton.load()[0]",
        ] {
            let settings = format!(
                "{APPS}SHOP_KEY = env('SHOP_KEY')\nSECRET_KEY = SHOP_KEY\nSIMPLE_JWT = {{'SIGNING_KEY': {value}}}\n"
            );
            finds_in(&settings, &["shop/settings.py:4:30"]);
        }
    }

    #[test]
    fn what_may_be_another_is_not() {
        for value in [
            "env('JWT_KEY')",
            "env('JWT_KEY', default=SECRET_KEY)",
            "os.environ.get('JWT_KEY') or SECRET_KEY",
            "SECRET_KEY if DEBUG else env('JWT_KEY')",
            "keybaton.load('JWT_SIGNING_KEY')[0]",
            "JWT_KEY",
            "'made-up'",
            "get_key()",
        ] {
            finds_in(&format!("{APPS}SIMPLE_JWT = {{'SIGNING_KEY': {value}}}\n"), &[]);
        }
        finds_in(
            &format!(
                "{APPS}K, K_FALLBACKS = keybaton.load('JWT_SIGNING_KEY')\nSIMPLE_JWT = {{'SIGNING_KEY': K}}\n"
            ),
            &[],
        );
    }

    #[test]
    fn a_key_is_seen_wherever_the_dictionary_gets_it() {
        for line in [
            "SIMPLE_JWT['SIGNING_KEY'] = env('X')",
            "SIMPLE_JWT.update({'SIGNING_KEY': env('X')})",
            "SIMPLE_JWT.update(SIGNING_KEY=env('X'))",
            "SIMPLE_JWT |= {'SIGNING_KEY': env('X')}",
            "SIMPLE_JWT.setdefault('SIGNING_KEY', env('X'))",
            "if not DEBUG:\n    SIMPLE_JWT['SIGNING_KEY'] = env('X')",
            "SIMPLE_JWT = dict(SIMPLE_JWT, SIGNING_KEY=env('X'))",
            "SIMPLE_JWT = {**SIMPLE_JWT, 'SIGNING_KEY': env('X')}",
            "SIMPLE_JWT = {**OTHERS}",
            "SIMPLE_JWT = {NAME: env('X')}",
            "SIMPLE_JWT = tokens()",
            "class Production:\n    SIMPLE_JWT = {'SIGNING_KEY': env('X')}",
            "class Production:\n    @property\n    def SIMPLE_JWT(self):\n        return {}",
            "DJANGO = DjangoDynaconf(__name__)",
            "INSTALLED_APPS += ['keybaton.simplejwt']",
            "from company.settings import *",
        ] {
            finds_in(&format!("{APPS}SIMPLE_JWT = {{'LEEWAY': 1}}\n{line}\n"), &[]);
        }
        finds_in(
            &format!("{APPS}SIMPLE_JWT = {{'SIGNING_KEY': None, **{{'LEEWAY': 1}}}}\n"),
            &["shop/settings.py:1:19"],
        );
    }

    #[test]
    fn tokens_of_key_pairs_are_not_signed_with_it() {
        finds_in(&format!("{APPS}SIMPLE_JWT = {{'ALGORITHM': 'RS256'}}\n"), &[]);
        finds_in(&format!("{APPS}SIMPLE_JWT = {{'ALGORITHM': env('X')}}\n"), &[]);
        finds_in(
            &format!("{APPS}SIMPLE_JWT = {{'ALGORITHM': env('X', default='HS512')}}\n"),
            &["shop/settings.py:1:19"],
        );
    }

    #[test]
    fn settings_are_looked_at_with_what_they_take_over() {
        let base = ("shop/settings/base.py", APPS);
        let production = "from .base import *\nSIMPLE_JWT = {'SIGNING_KEY': env('X')}\n";
        finds(&[base, ("shop/settings/production.py", production)], &[]);
        let dev = ("shop/settings/dev.py", "from .base import *\n");
        let both = project(&[base, dev, ("shop/settings/production.py", production)]);
        assert_eq!(
            both.says("token-key"),
            [
                "shop/settings/base.py:1:19: djangorestframework-simplejwt signs tokens with SECRET_KEY: no SIMPLE_JWT[\"SIGNING_KEY\"] in shop/settings/dev.py"
            ]
        );
        let again = ("shop/settings/stage.py", "from .base import *\n");
        assert!(
            project(&[base, dev, again]).says("token-key")[0]
                .ends_with("shop/settings/dev.py and shop/settings/stage.py")
        );
        let tests = ("shop/settings/test.py", "from .base import *\n");
        finds(&[base, tests, ("shop/settings/production.py", production)], &[]);
        let local = "try:\n    from .local import *\nexcept ImportError:\n    pass\n";
        finds_in(&format!("{APPS}{local}"), &["shop/settings.py:1:19"]);
        let here = ("shop/local.py", "SIMPLE_JWT = {'SIGNING_KEY': 'made-up'}\n");
        finds(&[("shop/settings.py", &format!("{APPS}{local}")), here], &[]);
    }

    #[test]
    fn a_setting_may_be_imported_by_its_name() {
        let settings = (
            "shop/settings.py",
            "from .tokens import SIMPLE_JWT\nINSTALLED_APPS = ['rest_framework_simplejwt']\n",
        );
        finds(&[settings], &[]);
        finds(&[settings, ("shop/tokens.py", "SIMPLE_JWT = {'SIGNING_KEY': env('X')}\n")], &[]);
        finds(&[settings, ("shop/tokens.py", "SIMPLE_JWT = {'LEEWAY': 1}\n")], &["shop/settings.py:2:19"]);
    }

    #[test]
    fn what_a_script_configures_is_no_project() {
        finds(&[("runtests.py", "settings.configure(INSTALLED_APPS=['rest_framework_simplejwt'])\n")], &[]);
    }

    #[test]
    fn parts_of_split_settings_are_taken_together() {
        let split = (
            "shop/settings/__init__.py",
            "from split_settings.tools import include\ninclude('parts/*.py')\nINSTALLED_APPS = []\n",
        );
        let apps = ("shop/settings/parts/apps.py", APPS);
        finds(&[split, apps], &["shop/settings/parts/apps.py:1:19"]);
        finds(
            &[split, apps, ("shop/settings/parts/jwt.py", "SIMPLE_JWT = {'SIGNING_KEY': env('X')}\n")],
            &[],
        );
    }

    #[test]
    fn one_project_is_not_taken_for_another() {
        let world = World::new()
            .file("one/manage.py", "")
            .file("one/shop/settings.py", "INSTALLED_APPS = []\n")
            .file("two/manage.py", "")
            .file("two/shop/settings.py", "INSTALLED_APPS = []\nSIMPLE_JWT = {'SIGNING_KEY': env('X')}\n")
            .file("two/shop/urls.py", "from rest_framework_simplejwt.views import TokenObtainPairView\n");
        assert!(world.finds("token-key").is_empty());
    }

    #[test]
    fn the_way_out_is_named_for_each_package() {
        let mend = |app| {
            let world = World::settings(&format!("INSTALLED_APPS = ['{app}']\n"));
            world.all("token-key").remove(0).mend
        };
        assert_eq!(
            mend("rest_framework_simplejwt"),
            "`keybaton init --ring JWT_SIGNING_KEY --from SECRET_KEY`, then load it in the settings and add \"keybaton.simplejwt\" to INSTALLED_APPS"
        );
        assert!(mend("ninja_jwt").ends_with("add \"keybaton.ninja_jwt\" to INSTALLED_APPS"));
        assert!(mend("rest_framework_jwt").contains("[JWT_SIGNING_KEY, *JWT_SIGNING_KEY_FALLBACKS]"));
    }

    #[test]
    fn names_that_lead_to_each_other_are_followed_once() {
        let line = |at: usize| format!("N{at} = [{}]\n", format!("N{}, ", at + 1).repeat(50));
        let names: String = (0..20).map(line).collect();
        finds_in(&format!("{APPS}N20 = [N0]\n{names}SIMPLE_JWT = {{'SIGNING_KEY': N0}}\n"), &[]);
    }

    #[test]
    fn a_comment_silences_it() {
        finds_in("INSTALLED_APPS = ['rest_framework_simplejwt']  # keybaton: ignore[token-key]\n", &[]);
    }
}
