#!/bin/sh
# Makes the roles of «name», each with the least rights. Stops at the first that is there already.
set -eu
cd "$(dirname "$0")"

role() {
  aws iam create-role --role-name "$1" --assume-role-policy-document "file://$2" --output text --query Role.Arn
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
