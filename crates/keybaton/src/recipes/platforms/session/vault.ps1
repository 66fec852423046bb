# Made by `keybaton recipe powershell --variant secretmanagement`: `. .\keybaton.ps1`. No key stands here.

# A copy of the ring of «environment» in the vault. It does not follow a rotation.
function Save-Ring {
    $ring = keybaton export -e '«environment»' --format json | Out-String
    if ($LASTEXITCODE -ne 0) { throw 'keybaton has not exported the ring' }
    # One secret for all of it, so that no key of before stays beside a new one.
    Set-Secret -Name '«name»-«environment»-ring' -Secret $ring
}

# The copy, in the environment of this session and of all that it starts.
function Import-Ring {
    $ring = Get-Secret -Name '«name»-«environment»-ring' -AsPlainText -ErrorAction Stop | ConvertFrom-Json
«% for variable in variables %»
    $env:«variable» = $ring.«variable»
«% endfor %»
}

# What was started before has it still.
function Clear-Ring {
«% for variable in variables %»
    Remove-Item -Path 'Env:«variable»' -ErrorAction SilentlyContinue
«% endfor %»
}
