# Made by `keybaton recipe fish`: `source keybaton.fish`. No key stands here.

function keybaton_load --description 'The ring of «environment», in the environment of this session'
    if set --query fish_trace; and test -n "$fish_trace"
        echo 'keybaton_load: say set --erase fish_trace first, or fish prints the key' >&2
        return 1
    end
    set --local ring (keybaton export -e «environment» --format fish)
    or return
    printf '%s\n' $ring | source
end

function keybaton_clear --description 'What was started before has it still'
    set --erase --global «variables|join(" ")»
end
