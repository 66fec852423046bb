//! One list of stores; everything else follows it.

use std::fs;

use keybaton_stores::{Guard, STORES, StoreUrl};

use crate::fixtures::{FIXTURES, Fixture};

#[test]
fn every_store_has_a_fixture() {
    let mut fixtures: Vec<_> = FIXTURES.iter().map(Fixture::scheme).collect();
    // A store with several layouts has several.
    fixtures.dedup();
    assert_eq!(fixtures, schemes());
}

// The lists of a build without all features are shorter than the folders.
#[cfg(feature = "all")]
#[test]
fn every_file_of_the_folder_is_in_the_list() {
    for folder in ["src/stores", "tests/conformance/fixtures"] {
        assert_eq!(names(folder, "rs"), schemes().into_iter().map(str::to_owned).collect(), "{folder}");
    }
}

#[cfg(feature = "all")]
#[test]
fn every_store_has_a_page_that_says_the_same() {
    let folder = "../../docs/stores";
    assert_eq!(names(folder, "md"), schemes().into_iter().map(str::to_owned).collect());
    for kind in STORES {
        let page = fs::read_to_string(root().join(folder).join(format!("{}.md", kind.scheme))).unwrap();
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        for told in [kind.summary, kind.example, kind.guarded_by, kind.creates] {
            assert!(page.contains(told), "docs/stores/{}.md does not say: {told}", kind.scheme);
        }
    }
}

#[cfg(feature = "all")]
#[test]
fn the_page_of_all_stores_leads_to_each() {
    let page = fs::read_to_string(root().join("../../docs/stores/README.md")).unwrap();
    for kind in STORES {
        let link = format!("[`{}`]({}.md)", kind.example, kind.scheme);
        assert!(page.contains(&link), "docs/stores/README.md does not have the link {link}");
    }
}

#[test]
fn every_example_is_a_url_of_its_kind() {
    for kind in STORES {
        assert_eq!(StoreUrl::parse(kind.example).unwrap().scheme(), kind.scheme);
        assert_eq!(kind.guarded_by == "read only", kind.can.guard == Guard::ReadOnly);
    }
}

fn schemes() -> Vec<&'static str> {
    STORES.iter().map(|kind| kind.scheme).collect()
}

#[cfg(feature = "all")]
fn names(folder: &str, extension: &str) -> std::collections::BTreeSet<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter_map(|name| Some(name.strip_suffix(&format!(".{extension}"))?.to_owned()))
        .filter(|name| name != "mod" && name != "README")
        .collect()
}

#[cfg(feature = "all")]
fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}
