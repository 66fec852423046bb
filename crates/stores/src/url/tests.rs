use super::*;

fn told(text: &str) -> (String, String) {
    let error = StoreUrl::parse(text).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Malformed);
    (error.sentence, error.hint.unwrap_or_default())
}

#[test]
fn a_url_is_a_scheme_and_a_place() {
    let url = StoreUrl::parse("dotenv:config/.env").unwrap();
    assert_eq!(
        (url.scheme(), url.rest(), url.to_string().as_str()),
        ("dotenv", "config/.env", "dotenv:config/.env")
    );
    assert_eq!(StoreUrl::parse("file:C:\\keys\\key.txt").unwrap().rest(), "C:\\keys\\key.txt");
}

#[cfg(feature = "akv")]
#[test]
fn three_values_are_not_read_at_once() {
    let is_atomic = |url| StoreUrl::parse(url).unwrap().is_atomic();
    assert!(is_atomic("dotenv:.env") && is_atomic("akv://shop/django?layout=json"));
    assert!(!is_atomic("dir:secrets") && !is_atomic("akv://shop/django?suffix=a.b&layout=separate"));
}

#[cfg(feature = "akv")]
#[test]
fn three_values_are_made_and_not_one() {
    let creates = |url| StoreUrl::parse(url).unwrap().creates();
    let one = "the secret, in a vault that is there, with the tag created-by=keybaton";
    assert_eq!(creates("akv://shop/django"), one);
    let three = "three secrets, in a vault that is there, with the tag created-by=keybaton";
    assert_eq!(creates("akv://shop/django?layout=separate"), three);
    assert_eq!(creates("dotenv:.env"), "the file (0600)");
}

#[test]
fn an_unknown_scheme_is_told_the_nearest_or_where_all_stand() {
    let sentence = "there is no kind of store called dotnev:";
    assert_eq!(told("dotnev:.env"), (sentence.to_owned(), "did you mean dotenv:?".to_owned()));
    let (sentence, hint) = told("postgres:db");
    assert_eq!(sentence, "there is no kind of store called postgres:");
    assert_eq!(hint, "`keybaton stores` lists all kinds");
}

#[test]
fn a_path_is_told_how_to_become_a_url() {
    let sentence = "a store is named by its kind, a colon and the place, which this is not";
    assert_eq!(told(".env"), (sentence.to_owned(), "write dotenv:.env".to_owned()));
    assert_eq!(told("C:\\shop\\.env"), (sentence.to_owned(), "write dotenv:C:\\shop\\.env".to_owned()));
    let (_, hint) = told("/etc/shop/key");
    assert_eq!(
        hint,
        "write for example dotenv:.env, file:PATH or dir:FOLDER; `keybaton stores` lists all kinds"
    );
}

#[test]
fn a_password_is_refused_and_not_repeated() {
    let planted = "made-up-9f3c";
    for url in [
        format!("vault://joe:{planted}@host/path"),
        format!("dotenv://joe:{planted}@host/path"),
        format!("vault://joe:{planted}/x@host/path"),
        format!("vault://mount/path?token={planted}"),
        format!("dir://x/?a=b&Client_Secret={planted}"),
        format!("awssm:joe:{planted}@host"),
        format!("awssm:/joe:{planted}@host/x"),
        format!("awsps:///joe:{planted}@host/x"),
        format!("k8s:shop/django?token={planted}"),
        format!("file:joe:{planted}@host"),
        format!("vault://joe%3A{planted}%40host/x"),
        format!("vault://joe%3a{planted}%2Fx%40host/x%"),
        format!("k8s://a%2Fjoe:{planted}@host/x"),
        format!("akv://joe:{planted}?x=y@host/x"),
        format!("vault://mount/path?tok%65n={planted}"),
        format!("awssm://arn:{planted}@host/x"),
    ] {
        let (sentence, hint) = told(&url);
        let scheme = url.split(':').next().unwrap_or_default();
        assert_eq!(sentence, format!("the {scheme}: URL holds a password, which does not belong there"));
        assert!(hint.starts_with("take it out: "));
        assert!(!sentence.contains(planted) && !hint.contains(planted));
    }
}

#[test]
fn a_path_with_such_characters_is_still_a_path() {
    for url in ["file:C:\\joe@shop\\key", "file:/srv/a:b/c@d", "dir:///srv:1/c@d"] {
        assert_eq!(StoreUrl::parse(url).unwrap().to_string(), url);
    }
}

#[cfg(all(feature = "aws", feature = "vault"))]
#[test]
fn a_name_with_such_characters_is_still_a_name() {
    for url in [
        "awssm://shop@prod/django",
        "awssm://arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:shop@prod-a1b2c3?profile=me@corp",
        "vault://secret/joe%3A50%25%40shop",
    ] {
        assert_eq!(StoreUrl::parse(url).unwrap().to_string(), url);
    }
}

#[test]
fn a_key_in_the_place_of_a_url_is_not_repeated() {
    for key in
        ["3f9c6ab1d2e4:5f60718293a4b5c6", "made=up:key", "made/up.key", "a-very-long-made-up-secret-key:x"]
    {
        let (sentence, hint) = told(key);
        assert!(!sentence.contains("made") && !sentence.contains("3f9c") && !hint.contains("made"));
    }
}
