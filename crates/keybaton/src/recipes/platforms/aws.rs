//! Roles, task definitions and a schedule for AWS.

use minijinja::{Value, context};

use super::cloud::{self, one_or_more};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::answers::Kind;
use crate::recipes::servers::Listen;
use crate::recipes::template::fill;
use crate::recipes::{Answers, Ask, Django, Facts, Made, Proposal, Recipe, Variant};

mod arn;

use arn::Account;

pub(super) const RECIPE: Recipe = Recipe {
    target: "aws",
    summary: "roles with the least rights, tasks of ECS or functions of Lambda, and a schedule that rotates",
    variants: &[
        Variant { name: "task", summary: "tasks of ECS that read the store themselves" },
        Variant {
            name: "valuefrom",
            summary: "tasks of ECS whose variables ECS sets: they see a change when they start",
        },
        Variant { name: "lambda", summary: "functions that read the store when they start" },
    ],
    asks: ASKS,
    proposal: Some(proposal),
    make,
};

const ASKS: &[Ask] = &[
    Ask { name: "account", what: "the number of your account, twelve digits", usual: "", kind: Kind::Word },
    Ask {
        name: "region",
        what: "where it runs, if the store does not say it",
        usual: "eu-west-1",
        kind: Kind::Label,
    },
    Ask { name: "kms", what: "the id of your own key that the store is under", usual: "", kind: Kind::Label },
    Ask {
        name: "image",
        what: "the image of the site, for tasks",
        usual: "ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:latest",
        kind: Kind::Word,
    },
    Ask { name: "cluster", what: "the cluster of ECS", usual: "NAME", kind: Kind::Word },
    Ask { name: "service", what: "its service", usual: "NAME", kind: Kind::Word },
    Ask {
        name: "subnets",
        what: "where the task that rotates runs, with commas",
        usual: "",
        kind: Kind::Word,
    },
    Ask {
        name: "public-ip",
        what: "ENABLED where these subnets have no NAT",
        usual: "DISABLED",
        kind: Kind::Word,
    },
    Ask { name: "function", what: "the function of Lambda", usual: "NAME", kind: Kind::Word },
    Ask { name: "age", what: "how old a key may be", usual: "90d", kind: Kind::Span },
];

fn proposal(django: &Django, variant: &'static str, answers: &Answers, _: &str) -> Result<Proposal, Failure> {
    let (name, region) = (&django.name, answers.get("region"));
    let store = match variant {
        // ECS wants a secret's whole ARN, whose end AWS makes up.
        "valuefrom" => format!("awsps:///{name}/django?region={region}"),
        _ => format!("awssm://{name}/django?region={region}"),
    };
    let propagation = if follows(django, variant) { "2m" } else { "15m" };
    let after_write = restart(django, variant, answers, region);
    Ok(Proposal { store, propagation: Some(propagation), after_write, more: vec![] })
}

/// What restarts the site; nothing where its processes take over what changes.
fn restart(django: &Django, variant: &str, answers: &Answers, region: &str) -> Vec<Vec<String>> {
    let line = match variant {
        _ if follows(django, variant) => return vec![],
        "lambda" => "python3 deploy/aws/renew.py".to_owned(),
        _ => format!(
            "aws ecs update-service --region {region} --cluster {} --service {} --force-new-deployment",
            answers.get("cluster"),
            answers.get("service")
        ),
    };
    vec![line.split(' ').map(str::to_owned).collect()]
}

fn follows(django: &Django, variant: &str) -> bool {
    variant == "task" && django.reports
}

fn make(facts: &Facts) -> Result<Made, Failure> {
    let account = Account::of(facts)?;
    let gaps = gaps(facts, &account)?;
    let made = policies(facts, &account, &gaps)?;
    let made = if facts.variant == "lambda" { functions(made, &gaps) } else { tasks(made, facts, &gaps)? };
    let apply = fill(include_str!("aws/apply.sh"), gaps);
    let made = made.file(path("apply.sh"), "makes what runs, and when", apply);
    Ok(steps(made, facts, &account))
}

fn gaps(facts: &Facts, account: &Account<'_>) -> Result<Value, Failure> {
    let said = |name| facts.answers.get(name);
    let name = facts.django.name.as_str();
    let server = facts.django.server.command(Listen::Address("0.0.0.0:8000"), &facts.django.application());
    let command = if facts.variant == "task" { cloud::start(facts, server) } else { server };
    let rings: Vec<String> = facts.home.rings.iter().map(|ring| ring.name.to_string()).collect();
    let secrets: Vec<(String, String)> = match facts.variant {
        "valuefrom" => account.values(&facts.home.rings)?,
        _ => vec![],
    };
    Ok(context! {
        name, rings, secrets, variant => facts.variant, environment => facts.home.environment.as_str(),
        settings => facts.django.settings.as_str(), apart => facts.django.settings_unlike_managed(), command => cloud::list(&command), age => said("age"),
        partition => account.partition(), account => account.number, region => account.region, kms => account.key(),
        image => image(facts, account), cluster => said("cluster"), service => said("service"), function => said("function"),
        restarts => !follows(&facts.django, facts.variant),
    })
}

/// A bare name would be one of Docker Hub to ECS, whoever has it there.
fn image(facts: &Facts, account: &Account<'_>) -> String {
    let own = || format!("{}/{}:latest", account.registry(), facts.django.name);
    facts.answers.said("image").map_or_else(own, str::to_owned)
}

fn policies(facts: &Facts, account: &Account<'_>, gaps: &Value) -> Result<Made, Failure> {
    let held = account.held(&facts.home.rings)?;
    let stores = context! {
        secrets => one_or_more(&held.secrets, 6), values => one_or_more(&held.values, 6),
        claims => one_or_more(&held.claims, 6), has_secrets => !held.secrets.is_empty(), has_parameters => !held.values.is_empty(),
        written => one_or_more(&[held.values.as_slice(), &held.claims].concat(), 6),
        services => one_or_more(&held.services(account), 10), encrypts => one_or_more(&held.encrypts(), 6),
    };
    let gaps = context! { ..stores, ..gaps.clone() };
    let rotator = fill(include_str!("aws/rotator.json"), gaps.clone());
    let made = Made::default()
        .file(
            path("reader.json"),
            "what the site may do",
            fill(include_str!("aws/reader.json"), gaps.clone()),
        )
        .file(path("rotator.json"), "what the rotation may do", rotator.clone())
        .file(path("breaker.json"), "what may cut a key off: for people on call", rotator);
    let restart = fill(include_str!("aws/restart.json"), gaps);
    match follows(&facts.django, facts.variant) {
        true => Ok(made),
        false => Ok(made.file(path("restart.json"), "how the rotation restarts the site", restart)),
    }
}

fn tasks(made: Made, facts: &Facts, gaps: &Value) -> Result<Made, Failure> {
    let hint = "name them with commas between, such as --set subnets=subnet-0a1b2c3d; `aws ec2 describe-subnets` lists them";
    let subnets: Vec<String> = facts.answers.needed("subnets", hint)?.split(',').map(str::to_owned).collect();
    let public_ip = facts.answers.get("public-ip");
    if !["ENABLED", "DISABLED"].contains(&public_ip) {
        let failure = Failure::new(Exit::Usage, "--set public-ip=… is neither ENABLED nor DISABLED");
        return Err(failure.hint("ENABLED where the subnets have no NAT, DISABLED where they have one"));
    }
    let gaps = context! { subnets => cloud::list(&subnets), public_ip, ..gaps.clone() };
    Ok(roles(made, &gaps)
        .file(path("web.json"), "the task of the site", fill(include_str!("aws/web.json"), gaps.clone()))
        .file(
            path("rotate.json"),
            "the task that rotates",
            fill(include_str!("aws/rotate.json"), gaps.clone()),
        )
        .file(path("schedule.json"), "when it runs", fill(include_str!("aws/schedule.json"), gaps)))
}

/// The roles of the site and of the schedule, whatever runs.
fn roles(made: Made, gaps: &Value) -> Made {
    made.file(
        path("tasks-trust.json"),
        "who may have those roles",
        fill(include_str!("aws/tasks-trust.json"), gaps.clone()),
    )
    .file(
        path("schedule-trust.json"),
        "the same for the schedule",
        fill(include_str!("aws/schedule-trust.json"), gaps.clone()),
    )
    .file(
        path("schedule-policy.json"),
        "what the schedule may do",
        fill(include_str!("aws/schedule-policy.json"), gaps.clone()),
    )
    .file(path("roles.sh"), "makes the roles", fill(include_str!("aws/roles.sh"), gaps.clone()))
}

fn functions(made: Made, gaps: &Value) -> Made {
    roles(made, gaps)
        .file(
            path("rotate.py"),
            "the function that rotates",
            fill(include_str!("aws/rotate.py"), gaps.clone()),
        )
        .file(
            path("renew.py"),
            "replaces the warm instances after each step",
            fill(include_str!("aws/renew.py"), gaps.clone()),
        )
        .file(
            path("schedule.json"),
            "when it runs",
            fill(include_str!("aws/function-schedule.json"), gaps.clone()),
        )
}

fn steps(made: Made, facts: &Facts, account: &Account<'_>) -> Made {
    let restart = restart(&facts.django, facts.variant, &facts.answers, account.region);
    let made = cloud::first_keys(cloud::after_write(made, facts, restart.clone()), facts)
        .step("Make the roles:")
        .command("sh deploy/aws/roles.sh");
    let made =
        if facts.variant == "lambda" { of_functions(made, facts) } else { of_tasks(made, facts, account) };
    if facts.variant == "lambda" || restart.is_empty() {
        return made;
    }
    made.step("The image that rotates needs awscli: it restarts the service after each step.")
}

fn of_tasks(made: Made, facts: &Facts, account: &Account<'_>) -> Made {
    let (name, region) = (&facts.django.name, account.region);
    let (cluster, service) = (facts.answers.get("cluster"), facts.answers.get("service"));
    let update =
        format!("--cluster {cluster} --service {service} --task-definition {name} --region {region}");
    made.step("Look at the sizes in the tasks, which are the smallest; then:")
        .command(APPLY)
        .command(format!("aws ecs update-service {update}"))
}

fn of_functions(made: Made, facts: &Facts) -> Made {
    let (name, environment, function) =
        (&facts.django.name, &facts.home.environment, facts.answers.get("function"));
    made.step(format!("Give the function {function} the role {name}-web and the variable KEYBATON_ENV={environment}."))
        .step(format!("Make the function {name}-rotate from the same package, with the same variable, the role {name}-rotate,"))
        .step("the handler deploy/aws/rotate.handler and a timeout of 300 s. Then:")
        .command(APPLY)
}

const APPLY: &str = "sh deploy/aws/apply.sh";

fn path(name: &str) -> String {
    format!("deploy/aws/{name}")
}
