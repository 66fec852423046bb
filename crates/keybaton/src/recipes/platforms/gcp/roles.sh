#!/bin/sh
# Makes the accounts of «name», each with the least rights. Run again, it brings them up.
set -eu
cd "$(dirname "$0")"

account() {
  gcloud iam service-accounts describe "$1@«project».iam.gserviceaccount.com" --project=«project» >/dev/null 2>&1 ||
    gcloud iam service-accounts create "$1" --project=«project»
}
# Other projects of Django in the same project of Google have the same ones.
role() {
  verb=create
  if gcloud iam roles describe "$1" --project=«project» >/dev/null 2>&1; then verb=update; fi
  gcloud iam roles "$verb" "$1" --project=«project» --file="$2" --quiet
}
# To whom, which role; behind them the secret and where it is.
grant() {
  member="serviceAccount:$1@«project».iam.gserviceaccount.com" role="$2"
  shift 2
  gcloud secrets add-iam-policy-binding "$@" --member="$member" --role="$role"
}

account «name»-web
account «name»-rotate
«% if variant != "gke" %»
account «name»-schedule
«% endif %»
role keybatonRotator rotator.yaml
role keybatonBreaker breaker.yaml
«% for secret in secrets %»
grant «name»-web roles/secretmanager.secretAccessor «secret»
grant «name»-rotate projects/«project»/roles/keybatonRotator «secret»
«% endfor %»
«% if restarts %»

# A new revision runs as the account of the site, so whoever makes one has to be allowed to act as it.
role keybatonRestarter restarter.yaml
gcloud iam service-accounts add-iam-policy-binding «name»-web@«project».iam.gserviceaccount.com --project=«project» \
  --member=serviceAccount:«name»-rotate@«project».iam.gserviceaccount.com --role=roles/iam.serviceAccountUser
«% endif %»
«% if variant == "gke" %»

# Pods of these accounts in the cluster, which `keybaton recipe kubernetes` makes, come as these here.
let_in() {
  gcloud iam service-accounts add-iam-policy-binding "$1@«project».iam.gserviceaccount.com" --project=«project» \
    --member="serviceAccount:«project».svc.id.goog[«namespace»/$2]" --role=roles/iam.workloadIdentityUser
}
let_in «name»-web «name»-reader
let_in «name»-rotate «name»-rotator
«% endif %»
