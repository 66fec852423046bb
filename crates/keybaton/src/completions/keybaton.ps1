
# Completions of keybaton for PowerShell: keybaton completions powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName keybaton -ScriptBlock {
    param($word, $line, $cursor)

    $words = @($line.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursor } |
        ForEach-Object {
            $isPlain = $_ -is [System.Management.Automation.Language.StringConstantExpressionAst]
            if ($isPlain) { $_.Value } else { $_.Extent.Text }
        })
    if ($words -contains '--') { return }
    & keybaton complete "--word=$word" '--' @words 2>$null | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) { $help = $value }
        $text = $value
        if ($text -match '[^\w:/\\.=-]') { $text = "'" + $text.Replace("'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $help)
    }
}
