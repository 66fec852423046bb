#!/bin/sh
# Makes the jobs of «name» that rotate, and runs each of them once a day. Run again, it brings them up.
set -eu
cd "$(dirname "$0")"

schedule() {
  gcloud run jobs replace "$2" --project=«project» --region=«region»
  gcloud run jobs add-iam-policy-binding "$1" --project=«project» --region=«region» \
    --member=serviceAccount:«name»-schedule@«project».iam.gserviceaccount.com --role=roles/run.invoker
  verb=create
  if gcloud scheduler jobs describe "$1" --project=«project» --location=«region» >/dev/null 2>&1; then verb=update; fi
  gcloud scheduler jobs "$verb" http "$1" --project=«project» --location=«region» --schedule="17 3 * * *" --http-method=POST \
    --uri="https://run.googleapis.com/v2/projects/«project»/locations/«region»/jobs/$1:run" \
    --oauth-service-account-email=«name»-schedule@«project».iam.gserviceaccount.com
}
«% if restarts %»

gcloud run services add-iam-policy-binding «service» --project=«project» --region=«region» \
  --member=serviceAccount:«name»-rotate@«project».iam.gserviceaccount.com --role=projects/«project»/roles/keybatonRestarter
«% endif %»
«% for end in jobs %»
schedule «name»-rotate«end» job«end».yaml
«% endfor %»
