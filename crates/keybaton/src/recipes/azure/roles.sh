#!/bin/sh
# Makes the identities of «name», each with the least rights.
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

identity «name»-web
identity «name»-rotate
az role definition create --subscription «subscription» --role-definition @rotator.json --output none
«% for secret in secrets %»
grant «name»-web "Key Vault Secrets User" «secret»
grant «name»-rotate "Keybaton rotator" «secret»
«% endfor %»
«% if restarts %»
az role definition create --subscription «subscription» --role-definition @restarter.json --output none
«% endif %»
