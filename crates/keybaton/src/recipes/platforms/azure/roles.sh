#!/bin/sh
# Makes the identities of «name», each with the least rights. Run again, it brings them up.
set -eu
cd "$(dirname "$0")"

identity() {
  az identity create --subscription «subscription» --resource-group «group» --location «location» --name "$1" --output none
}
# To whom, which role, for what.
grant() {
  who=$(az identity show --subscription «subscription» --resource-group «group» --name "$1" --query principalId --output tsv)
  az role assignment create --assignee-object-id "$who" --assignee-principal-type ServicePrincipal --role "$2" --scope "$3" --output none
}

# Other projects in the same subscription have the same ones.
role() {
  known=$(az role definition list --subscription «subscription» --custom-role-only true --name "$1" --query "length(@)" --output tsv)
  verb=create
  if [ "$known" != 0 ]; then verb=update; fi
  az role definition "$verb" --subscription «subscription» --role-definition "@$2" --output none
}

identity «name»-web
identity «name»-rotate
role "Keybaton rotator" rotator.json
«% for secret in secrets %»
grant «name»-web "Key Vault Secrets User" «secret»
grant «name»-rotate "Keybaton rotator" «secret»
«% endfor %»
«% if registry %»
# To fetch the image, from this registry alone.
registry=$(az acr show --subscription «subscription» --name «registry[0]» --query id --output tsv)
«% if variant != "appservice" %»
grant «name»-web AcrPull "$registry"
«% endif %»
grant «name»-rotate AcrPull "$registry"
«% endif %»
«% if restarts %»
role "Keybaton restarter" restarter.json
«% endif %»
