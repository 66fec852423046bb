use std::fs;

use super::{CONFIGURATION, Ground};

#[test]
fn a_compose_file_above_the_project_is_found_in_its_repository() {
    let repository = tempfile::tempdir().unwrap();
    let compose = "services: {web: {build: backend, command: gunicorn shop.wsgi}}\n";
    fs::create_dir_all(repository.path().join(".git")).unwrap();
    fs::write(repository.path().join("compose.yaml"), compose).unwrap();
    let ground = Ground::at(&repository.path().join("backend"), &[("keybaton.toml", CONFIGURATION)]);
    let said = ground.says(&["compose"]);
    assert!(said.contains("==> ../compose.keybaton.yaml: what goes over your compose file\n"), "{said}");
    assert!(said.contains("export COMPOSE_FILE=../compose.yaml:../compose.keybaton.yaml\n"), "{said}");
    ground.write("compose.yaml", compose);
    assert!(ground.says(&["compose"]).contains("==> compose.keybaton.yaml: "));
}
