# Made by `keybaton recipe powershell`: `. .\keybaton.ps1`. No key stands here.

# The ring of «environment», in the environment of this session and of all that it starts.
function Import-Ring {
    $ring = keybaton export -e '«environment»' --format powershell
    if ($LASTEXITCODE -ne 0) { throw 'keybaton has not exported the ring' }
    $ring | Out-String | Invoke-Expression
}

# What was started before has it still.
function Clear-Ring {
«% for variable in variables %»
    Remove-Item -Path 'Env:«variable»' -ErrorAction SilentlyContinue
«% endfor %»
}
