# Completions of keybaton for fish: keybaton completions fish > ~/.config/fish/completions/keybaton.fish

function __keybaton_candidates
    set -l word (commandline --current-token --cut-at-cursor)
    command keybaton complete --word="$word" -- (commandline --current-process --tokenize --cut-at-cursor) 2>/dev/null
end

function __keybaton_is_behind_dashes
    contains -- -- (commandline --current-process --tokenize --cut-at-cursor)
end

# What stands behind -- is another program, with its own completions.
function __keybaton_program
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l first (math (contains --index -- -- $words) + 1)
    set -l word (commandline --current-token --cut-at-cursor)
    complete --do-complete (string join ' ' -- (string escape -- $words[$first..-1]) "$word")
end

complete --command keybaton --no-files --keep-order \
    --condition 'not __keybaton_is_behind_dashes' --arguments '(__keybaton_candidates)'
complete --command keybaton --no-files --condition __keybaton_is_behind_dashes --arguments '(__keybaton_program)'
