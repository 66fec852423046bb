//! What holds for every recipe.

use std::collections::BTreeSet;
use std::fs;

use super::RECIPES;

#[test]
fn every_file_of_the_folder_is_in_the_list() {
    let rooms = ["mod", "cloud", "plain", "session"];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/recipes/platforms");
    let names = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = names
        .filter_map(|name| Some(name.strip_suffix(".rs")?.replace('_', "-")))
        .filter(|name| !rooms.contains(&name.as_str()))
        .collect();
    assert_eq!(files, RECIPES.iter().map(|recipe| recipe.target.to_owned()).collect());
}

#[test]
fn every_recipe_has_a_page() {
    for recipe in RECIPES {
        let page = format!("{}/../../docs/platforms/{}.md", env!("CARGO_MANIFEST_DIR"), recipe.target);
        assert!(fs::exists(&page).unwrap(), "{page}");
    }
}

#[test]
fn the_page_of_all_platforms_leads_to_each() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/platforms/README.md");
    let page = fs::read_to_string(page).unwrap();
    for recipe in RECIPES {
        let link = format!("[`{0}`]({0}.md)", recipe.target);
        assert!(page.contains(&link), "docs/platforms/README.md does not have the link {link}");
    }
}
