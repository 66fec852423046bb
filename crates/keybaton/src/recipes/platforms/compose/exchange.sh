#!/bin/sh
# Brings the ring in «folder» to the services of the stack «stack»: new secrets, then a rolling update of each service.
# keybaton runs it after each step; run it by hand to repeat one.
set -eu
version=$(date -u +%Y%m%dt%H%M%Sz)

# Nothing but the secrets changes: the image stays the one that is deployed.
exchange() {
    service=$1
    # Before the first deployment there is none.
    docker service inspect "$service" > /dev/null 2>&1 || return 0
    set --
    for secret in $(docker service inspect --format '{{range .Spec.TaskTemplate.ContainerSpec.Secrets}}{{println .SecretName}}{{end}}' "$service"); do
        case $secret in
«% for text in texts %»
        «stack»_«text»_[0-9]*z) set -- "$@" --secret-rm "$secret" --secret-add "source=«stack»_«text»_$version,target=«text»,uid=«user»,gid=«group»,mode=0400" ;;
«% endfor %»
        esac
    done
    # It waits until the new tasks run.
    [ $# -eq 0 ] || docker service update --quiet --detach=false "$@" "$service" > /dev/null
}

«% for text in texts %»
docker secret create --label keybaton=«stack» "«stack»_«text»_$version" «folder|shell»/«text» > /dev/null
«% endfor %»
printf '%s\n' "$version" > «folder|shell»/.version
«% for service in services %»
exchange «stack»_«service|shell»
«% endfor %»

# Without the older ones nothing can go back to a ring of before, `docker service rollback` neither.
for secret in $(docker secret ls --filter label=keybaton=«stack» --format '{{.Name}}'); do
    case $secret in
    *_"$version") ;;
    *) docker secret rm "$secret" > /dev/null || echo "$secret is still in use" >&2 ;;
    esac
done
