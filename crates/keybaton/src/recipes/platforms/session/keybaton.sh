# shellcheck shell=sh
# Made by `keybaton recipe`, for sh, bash and zsh: `. ./keybaton.sh`. No key stands here.

# The ring of «environment», in the environment of this session and of all that it starts.
keybaton_load() {
    case $- in
    *x*)
        echo 'keybaton_load: say set +x first, or the shell prints the key' >&2
        return 1
        ;;
    esac
    keybaton_ring=$(keybaton export -e «environment» --format shell) || return
    eval "$keybaton_ring"
    unset keybaton_ring
}

# What was started before has it still.
keybaton_clear() {
    unset «variables|join(" ")»
}
