use super::Ground;

/// The lines of a file that a recipe makes which have some text in them.
fn lines(words: &[&str], file: &str, with: &str) -> Vec<String> {
    let ground = Ground::new();
    let said = ground.says(&[words, &["--write", "--name", "my-shop"]].concat());
    assert!(said.starts_with("0\n"), "{said}");
    let made = ground.read(file);
    made.lines().filter(|line| line.contains(with)).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn the_image_of_a_task_lies_in_the_registry_of_the_account() {
    let image = |more: &[&str]| {
        let account = ["aws", "--set", "account=123456789012", "--set", "subnets=subnet-1"];
        lines(&[&account, more].concat(), "deploy/aws/web.json", "\"image\"").concat()
    };
    let of = |region: &str| image(&["--set", &format!("region={region}")]);
    assert_eq!(
        of("eu-west-1"),
        "\"image\": \"123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-shop:latest\","
    );
    let china = "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/my-shop:latest";
    assert_eq!(of("cn-north-1"), format!("\"image\": \"{china}\","));
    assert_eq!(image(&["--set", "image=ghcr.io/acme/shop"]), "\"image\": \"ghcr.io/acme/shop\",");
}

#[test]
fn identities_are_let_into_the_registry_of_the_image_where_that_is_azures() {
    let granted = |more: &[&str]| {
        let words = ["azure", "--set", "subscription=00000000-0000-4000-8000-000000000000"];
        lines(&[&words, more].concat(), "deploy/azure/roles.sh", "AcrPull").join("\n")
    };
    let both = "grant my-shop-web AcrPull \"$registry\"\ngrant my-shop-rotate AcrPull \"$registry\"";
    assert_eq!(granted(&[]), both);
    assert_eq!(granted(&["--set", "image=ghcr.io/acme/shop"]), "");
}
