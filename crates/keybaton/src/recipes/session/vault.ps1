# Made by `keybaton recipe powershell --variant secretmanagement`: `. .\keybaton.ps1`. No key stands here.

# A copy of the ring of «environment» in the vault. It does not follow a rotation.
function Save-Ring {
    $ring = keybaton export -e '«environment»' --format json | Out-String | ConvertFrom-Json
    if ($LASTEXITCODE -ne 0) { throw 'keybaton has not exported the ring' }
«% for variable in variables %»
    if ($ring.'«variable»') { Set-Secret -Name '«name»-«variable»' -Secret $ring.'«variable»' }
«% endfor %»
}

# The copy, in the environment of this session and of all that it starts.
function Import-Ring {
«% for variable in variables %»
    $env:«variable» = Get-Secret -Name '«name»-«variable»' -AsPlainText -ErrorAction SilentlyContinue
«% endfor %»
}

# What was started before has it still.
function Clear-Ring {
«% for variable in variables %»
    Remove-Item -Path 'Env:«variable»' -ErrorAction SilentlyContinue
«% endfor %»
}
