#!/bin/sh
# Makes the roles of «name», each with the least rights. Run again, it brings them up; a role of somebody else stays as it is.
set -eu
cd "$(dirname "$0")"

role() {
  maker=$(aws iam get-role --role-name "$1" --output text --query "Role.Tags[?Key=='made-by'].Value || ['somebody else']" 2>/dev/null) || maker=
  case "$maker" in
    "") aws iam create-role --role-name "$1" --assume-role-policy-document "file://$2" --tags Key=made-by,Value=keybaton --output text --query Role.Arn ;;
    keybaton) aws iam update-assume-role-policy --role-name "$1" --policy-document "file://$2" ;;
    *) echo "the role $1 is there already, and this script did not make it: run the recipe with another --name" >&2; exit 1 ;;
  esac
}
allow() {
  aws iam put-role-policy --role-name "$1" --policy-name "$2" --policy-document "file://$2.json"
}
attach() {
  aws iam attach-role-policy --role-name "$1" --policy-arn "arn:«partition»:iam::aws:policy/service-role/$2"
}

«% if variant == "lambda" %»
role «name»-web tasks-trust.json
attach «name»-web AWSLambdaBasicExecutionRole
allow «name»-web reader

role «name»-rotate tasks-trust.json
attach «name»-rotate AWSLambdaBasicExecutionRole
allow «name»-rotate rotator
allow «name»-rotate restart
«% else %»
# ECS itself: fetches the image and writes the log«", and reads the ring to set variables" if variant == "valuefrom" else ""».
role «name»-execution tasks-trust.json
attach «name»-execution AmazonECSTaskExecutionRolePolicy
«% if variant == "valuefrom" %»
allow «name»-execution reader
«% else %»

role «name»-web tasks-trust.json
allow «name»-web reader
«% endif %»

role «name»-rotate tasks-trust.json
allow «name»-rotate rotator
«% if restarts %»
allow «name»-rotate restart
«% endif %»
«% endif %»

role «name»-schedule schedule-trust.json
allow «name»-schedule schedule-policy
