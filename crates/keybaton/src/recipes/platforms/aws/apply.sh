#!/bin/sh
# Makes what runs of «name», and when. Run again, it brings it up.
set -eu
cd "$(dirname "$0")"

«% if variant != "lambda" %»
logs=$(aws logs describe-log-groups --log-group-name-prefix /ecs/«name» --region «region» --output text \
  --query "logGroups[?logGroupName=='/ecs/«name»'].logGroupName")
if [ -z "$logs" ]; then aws logs create-log-group --log-group-name /ecs/«name» --region «region»; fi
aws ecs register-task-definition --cli-input-json file://web.json --region «region» --output text --query taskDefinition.taskDefinitionArn
aws ecs register-task-definition --cli-input-json file://rotate.json --region «region» --output text --query taskDefinition.taskDefinitionArn
«% endif %»
verb=create
if aws scheduler get-schedule --name «name»-rotate --region «region» >/dev/null 2>&1; then verb=update; fi
aws scheduler "$verb-schedule" --cli-input-json file://schedule.json --region «region» --output text --query ScheduleArn
