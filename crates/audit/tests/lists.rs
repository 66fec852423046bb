//! One list of rules; everything else follows it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use keybaton_audit::RULES;

#[test]
fn every_file_of_the_folder_is_in_the_list() {
    let files = fs::read_dir(root().join("src/rules")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let rules = names.filter(|name| !matches!(name.as_str(), "mod.rs" | "world.rs"));
    let files: BTreeSet<String> = rules.map(|name| name.trim_end_matches(".rs").replace('_', "-")).collect();
    assert_eq!(files, RULES.iter().map(|rule| rule.id.to_owned()).collect());
}

#[test]
fn the_page_has_every_rule_in_the_order_of_the_list_and_says_the_same() {
    let page = fs::read_to_string(root().join("../../docs/rules.md")).unwrap();
    let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    assert_eq!(headings, RULES.iter().map(|rule| rule.id).collect::<Vec<_>>());
    let words =
        |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace(['.', ':', ','], "");
    let page = words(&page);
    for rule in RULES {
        assert!(page.contains(&words(rule.summary)), "docs/rules.md does not say: {}", rule.summary);
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
