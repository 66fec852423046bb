#!/bin/sh
# Makes the site of «name» and the jobs that rotate.
set -eu
cd "$(dirname "$0")"

client() {
  az identity show --subscription «subscription» --resource-group «group» --name "$1" --query "$2" --output tsv
}
# The number of an identity is known once it is made.
filled() {
  sed "s/CLIENT_ID_OF_WEB/$(client «name»-web clientId)/; s/CLIENT_ID_OF_ROTATE/$(client «name»-rotate clientId)/" "$1" > "$1.filled"
}

«% if variant == "appservice" %»
az webapp identity assign --subscription «subscription» --resource-group «group» --name «app» --identities "$(client «name»-web id)" --output none
az webapp update --subscription «subscription» --resource-group «group» --name «app» --output none \
  --set "keyVaultReferenceIdentity=$(client «name»-web id)"
az webapp config appsettings set --subscription «subscription» --resource-group «group» --name «app» --settings @settings.json --output none
«% else %»
filled app.yaml
az containerapp create --subscription «subscription» --resource-group «group» --name «app» --yaml app.yaml.filled --output none
rm app.yaml.filled
«% endif %»
«% if restarts %»
az role assignment create --role "Keybaton restarter" --output none \
  --assignee-object-id "$(client «name»-rotate principalId)" --assignee-principal-type ServicePrincipal \
«% if variant == "appservice" %»
  --scope «group_id»/providers/Microsoft.Web/sites/«app»
«% else %»
  --scope «group_id»/providers/Microsoft.App/containerApps/«app»
«% endif %»
«% endif %»
«% for end in jobs %»
filled job«end».yaml
az containerapp job create --subscription «subscription» --resource-group «group» --name «name»-rotate«end» --yaml job«end».yaml.filled --output none
rm job«end».yaml.filled
«% endfor %»
