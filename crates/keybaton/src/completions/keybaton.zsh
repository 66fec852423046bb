#compdef keybaton
# Completions of keybaton for zsh: source <(keybaton completions zsh), after compinit

_keybaton() {
    local -a open closed
    local line value help behind=${words[(i)--]}
    if ((behind < CURRENT)); then
        # What stands behind -- is another program, with its own completions.
        words=("${(@)words[behind + 1, -1]}")
        ((CURRENT -= behind))
        _normal
        return
    fi
    for line in "${(@f)$(command keybaton complete --word="${(Q)PREFIX}" -- "${(@Q)words[1, CURRENT - 1]}" 2>/dev/null)}"; do
        value=${line%%$'\t'*} help=${line#*$'\t'}
        [[ -n $value ]] || continue
        if [[ $value == *[:/] ]]; then
            open+=("${value//:/\\:}${help:+:$help}")
        else
            closed+=("${value//:/\\:}${help:+:$help}")
        fi
    done
    _describe -V keybaton closed
    _describe -V keybaton open -S ''
}

if [[ ${funcstack[1]} == _keybaton ]]; then
    _keybaton "$@"
else
    compdef _keybaton keybaton
fi
