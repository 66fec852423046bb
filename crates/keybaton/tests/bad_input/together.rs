//! Several at once.

use std::process::{Child, Stdio};

use crate::ground::Ground;

#[test]
fn of_many_rotations_that_begin_at_once_one_makes_the_new_key() {
    for _ in 0..5 {
        let ground = Ground::new();
        let start =
            |_| ground.command(&["stage"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let children: Vec<Child> = (0..8).map(start).collect();
        let said: Vec<String> =
            children.into_iter().map(|child| ground.told(&child.wait_with_output().unwrap())).collect();
        assert_eq!(said.iter().filter(|said| said.starts_with("0\n")).count(), 1, "{said:#?}");
        for refused in said.iter().filter(|said| !said.starts_with("0\n")) {
            assert!(refused.starts_with("5\nerror:") || refused.starts_with("6\nerror:"), "{refused}");
            assert!(refused.contains("\nhint: "), "{refused}");
        }
        assert_eq!(ground.env().matches(',').count(), 1);
        assert!(ground.says(&["status"]).contains("staged: "));
    }
}
