//! One file for each target, and what several of them have in common. This is the one list of them.

mod ansible;
mod aws;
mod azure;
mod bash;
mod cloud;
mod compose;
mod direnv;
mod dockerfile;
mod fish;
mod gcp;
mod github_actions;
mod gitlab_ci;
mod heroku;
mod kubernetes;
mod packages;
mod pipeline;
mod plain;
mod powershell;
mod session;
mod systemd;
mod zsh;

use super::Recipe;

pub(crate) const RECIPES: &[Recipe] = &[
    ansible::RECIPE,
    aws::RECIPE,
    azure::RECIPE,
    bash::RECIPE,
    compose::RECIPE,
    direnv::RECIPE,
    dockerfile::RECIPE,
    fish::RECIPE,
    gcp::RECIPE,
    github_actions::RECIPE,
    gitlab_ci::RECIPE,
    heroku::RECIPE,
    kubernetes::RECIPE,
    powershell::RECIPE,
    systemd::RECIPE,
    zsh::RECIPE,
];
