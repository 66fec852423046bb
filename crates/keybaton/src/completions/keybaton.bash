# Completions of keybaton for bash 4 and later: source <(keybaton completions bash)

_keybaton() {
    local i count=0 here words=() word before value
    for ((i = 0; i <= COMP_CWORD; i++)); do
        here=${COMP_WORDS[i]}
        if ((i < COMP_CWORD)) && [[ $here == -- ]]; then
            _keybaton_program $((i + 1)) "$2"
            return
        fi
        # bash splits words at : and =, where a URL goes on.
        if ((i > 1)) && [[ $here =~ ^[:=] || ${COMP_WORDS[i - 1]} =~ [:=]$ ]]; then
            words[count - 1]+=$here
        else
            words[count++]=$here
        fi
    done
    word=${words[count - 1]}
    unset "words[count - 1]"
    # The part that bash takes for the word is what it replaces.
    before=${word%"$2"}
    COMPREPLY=()
    while IFS=$'\t' read -r value _; do
        printf -v value %q "${value#"$before"}"
        COMPREPLY+=("$value")
    done < <(command keybaton complete --word="$word" -- "${words[@]}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} =~ [:/]$ ]]; then
        compopt -o nospace
    fi
}

# What stands behind -- is another program, with its own completions where bash-completion is there.
_keybaton_program() {
    if declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        mapfile -t COMPREPLY < <(compgen -c -- "$2")
    else
        compopt -o default
    fi
}

complete -F _keybaton keybaton
