"""The .env texts of dotenv.json, and the parts that the others are made of."""

from __future__ import annotations

# What Python counts as white space, apart from line ends.
# fmt: off
SPACES = [
    ' ', '  ', '\t', '\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\x1f', '\x85', '\xa0', '\u1680', '\u2003', '\u2028',
    '\u2029', '\u202f', '\u205f', '\u3000',
]
# fmt: on

# What may follow a line.
# fmt: off
ENDS = [
    '\n', '\n', '\n', '\r\n', '\r', '\n\n', '',
]
# fmt: on

# What may follow a value.
# fmt: off
TAILS = [
    '', '', ' ', ' # c', '# c', '#c', '\t#', ' x', " #'", ' # "q"', '\x0b#c',
]
# fmt: on

# What may stand before a value.
# fmt: off
HEADS = [
    'A=', 'B=', 'A=', 'A =', 'A= ', ' A = ', 'export A=', 'export\tB =', "'A'=", "'a b'=", '"A"=', 'A', 'A.b-c=',
    'é=', "export 'A'=", 'exportA=', 'export=', 'export =', 'A:', "''=", "'A=", "'A\nB'=", 'A==', '# A=', 'A#=',
    'NAME=',
]
# fmt: on

# What random values are made of.
# fmt: off
SHARDS = [
    'a', 'b c', "'", '"', '`', '\\', '\\n', "\\'", '\\"', '\\\\', '#', ' #', ' ', '\n', '\r\n', '\r', '=', 'A=', 'B=',
    '\t', '${A}', '${B:-d}', '${', '}', '${NAME}', '${A:-${B}}', '${X:', ':-', '$', '${}', '${:-d}', '$A', '$(id)',
    'é', '\x1c', '\ufeff',
]
# fmt: on

# Values as they are written behind `=`.
# fmt: off
VALUES = [
    '', 'a', 'a b', 'a  b ', 'a#b', '#a', '# a', ' #a', 'a #b', 'a\t#b', 'a # b # c', 'a #', 'a#', '=', 'a=b', '==',
    'a==', 'a\\', 'a\\nb', 'a\\', '\\', '\\#', 'a \\# b', '$a', '$(id)', '`id`', '`a # b`', '`a\nb`', "a'b", 'a"b',
    "a'b'", "a 'b' c", "'a'b", "''", "'a'", "' a '", "'a", "a'", '\'a"b\'', "'a\\'b'", "'a\\\\'", "'a\\\\\\'b'",
    "'a\\'", "'\\n'", "'a\nb'", "'a\n\nb\n'", "'#a'", "'a # b' # c", "'a'#b", "'a' 'b'", "'a';", "'", "'''", "''''",
    "'a''b'", "'é'", "'\\", "'\\\\", "'a\\\nb'", "'\t'", '\'\\"\'', '""', '"a"', '" a "', '"a', 'a"', '"a\'b"',
    '"a\\"b"', '"a\\\\"', '"a\\\\\\"b"', '"a\\"', '"a\nb"', '"a\\nb"', '"a\\\nb"', '"#"', '"x\\ay"', '"x\\by"',
    '"x\\cy"', '"x\\dy"', '"x\\ey"', '"x\\fy"', '"x\\gy"', '"x\\hy"', '"x\\iy"', '"x\\jy"', '"x\\ky"', '"x\\ly"',
    '"x\\my"', '"x\\ny"', '"x\\oy"', '"x\\py"', '"x\\qy"', '"x\\ry"', '"x\\sy"', '"x\\ty"', '"x\\uy"', '"x\\vy"',
    '"x\\wy"', '"x\\xy"', '"x\\yy"', '"x\\zy"', '"x\\0y"', '"x\\1y"', '"x\\2y"', '"x\\3y"', '"x\\4y"', '"x\\5y"',
    '"x\\6y"', '"x\\7y"', '"x\\8y"', '"x\\9y"', '"x\\$y"', '"x\\`y"', '"x\\#y"', '"x\\\'y"', '"x\\/y"', '"x\\ y"',
    '"x\\Uy"', '"x\\{y"', "'x\\ay'", "'x\\by'", "'x\\fy'", "'x\\ny'", "'x\\ry'", "'x\\ty'", "'x\\vy'", "'x\\0y'",
    "'x\\$y'", "'x\\`y'", '\'x\\"y\'', "'x\\ y'", '"\\x41\\u0041\\101\\N{DASH}"', '"a" # b', '"a"#b', '"a" b', '"',
    '"""', '"""a"""', '{a}', '[1]', '{"a": 1}', 'a,b', 'a;b', 'a&b', '!a', '~a', '*', '%a', '%%', '^', '@', 'a|b',
    '<a>', '(a)', '-', '--', 'é', '日本', '🔑',
]
# fmt: on

# Whole texts, each with a rule in mind; those with `${` are read with and without an environment.
# fmt: off
WRITTEN = [
    '', '\n', '\r\n', ' ', '\t\n \n', '#', '# a\n', '  # a\n#b', 'A', 'A\n', 'A\nB', 'A #c\nB=1', 'A # c', 'A b\nB=1',
    '=', '=a\nA=1', '==\n', '\ufeffA=1\n', '\ufeff', '\ufeff\ufeffA=1', '\ufeff#c\nA=1', '\ufeff\nA=1',
    'A=1\n\ufeffB=2', "\ufeff'A'=1", '\ufeffexport A=1', 'A=1\nA=2', 'A=1\nB=2\nA=3\n', 'A=1\nA', 'A\nA=1', 'A=1\nA=',
    'A=1\nB=${A}\nA=2\nC=${A}', 'A=${A}x\nA=${A}y', "A=1\n'A'=2\nexport A=3", 'A=${B}\nB=1', 'B=1\nA=${B}', 'A=${A}',
    'A=${A:-d}', 'A=${EMPTY:-d}', 'EMPTY=\nA=${EMPTY:-d}', 'B\nA=${B:-d}', 'B\nA=x${B}y', "A='${B}'", 'A="${B}"',
    "A='\\${B}'", 'A="\\${B}"', 'A=\\${B}', 'A=$${B}', 'A=${B}${NAME}', 'A=x${B}y${NAME}z', 'A=${ B }', 'A=${B }',
    'A=${}', 'A=${:-d}', 'A=${B:-}', 'A=${Q:-}', 'A=${Q:-d e}', 'A=${Q:-d #e}', 'A=${Q:-d}e}', 'A=${Q:-${B}}',
    'A=${Q:-${B:-x}}', 'A=${Q-d}', 'A=${B:d}', 'A=${B:+d}', 'A=${B:?d}', 'A=${B:', 'A=${B:-', 'A=${B', 'A=${', 'A=$',
    'A=$B', 'A=$(B)', 'A=${B:${NAME}}', 'A=${B:x:${NAME}', "A='${B\n}'", "A='${Q:-x\ny}'", 'A=${Q:-a:b}', 'A=${a${B}',
    'A=${a${B}}', "A=${B:-'x'}", 'A="${Q:-\\"x\\"}"', 'A=${é}', 'é=1\nA=${é}', 'A=${a b}', "'a b'=1\nA=${a b}",
    "A=1\nB='${A}'\nC=${B}", 'X=$\nA=${X}{B}', 'A=${${B}}', 'A=${{B}}', 'A=${X:-${A}', 'A=${:${B}', 'A=${B:-x:-y}',
    'A= ${B} # ${NAME}', 'export', 'export\nA=1', 'export \nA=1', 'export A', 'export A\nB=1', 'export  A = 1',
    'export\tA=1', 'export=1', 'export =1\nA=1', 'export export=1', 'export export A=1\nB=1', 'exports=1',
    'exportA=1', 'EXPORT A=1\nB=1', 'export # c\nA=1', 'export #\n', "export 'A'=1", "export 'A B'=1", ' export A=1',
    "'A'=1", "'A' = 1", "'A", "'A\n'=1\nB=1", "'A\r\nB'=1", "''=1\nB=1", "'A'B=1\nC=1", "A'B'=1", '"A"=1',
    '"A B"=1\nC=1', "'A'", "'A' # c", "'A=1'=2", 'A B=1\nC=1', 'A:1', 'A: 1\nB=1', 'A.B=1', 'A-B=1', '1A=1',
    'A#B=1\nC=1', '#A=1\nB=1', 'A\\=1', '$A=1', '${A}=1', 'A[0]=1', 'é=1', '日=本', 'A\t=1', 'A=\t1',
    "A='x\nB=1\nC='y'\nD=1", 'A="x\nB=1\nC="y"\nD=1', 'A=\'x\nB="y"\nC=1', "A='it's'\nB=1", "A=it's\nB='it'",
    "A='x\\'\nB=1", "A='x' y\nB=1", "A='x\ny' z\nB=1", 'A=1\n\n\n  \n# c\n\nB=2\n', '\n\nA=1', 'A=1\n   ', 'A=1\n#c',
    "A=1\n\nB='x\n\ny'\n\nC=1", '=\n=\n\'\n"\nA=1\n', "A=1\r\nB='x\r\ny'\r\n# c\r\n", 'A=1\rB=2\r\nC=3\n',
    "A='x\ry\r\nz\n'", 'A="\\r\\n"\r\n', 'A=\r\nB=1', 'A= \r\nB=1', 'A\r\nB', '=\r\nA=1\r\n', "'x\r\nA=1\r\n",
    "A='x' y\r\r\nB=1", 'A=1\n\r\nB=2', 'A=1\n\rB=2', '-----BEGIN KEY-----\nMIIE+a/b==\n-----END KEY-----\n',
    'A={\n  "a": 1\n}\n', 'A=[\n1,\n]\nB=2', 'set A=1\nB=1', 'A+=1', 'A=1;B=2', 'A=1 B=2', 'A=1, B=2', 'A := 1',
    'SECRET_KEY=django-insecure-#x$y(z)&\n', "SECRET_KEY='a$b#c(d)%e'\n",
    'DATABASE_URL=postgres://u:p%40ss@h:5432/d?x=1#f\n', "EMAIL='Ann <ann@example.com>'",
    'SECRET_KEY=b,a\nSECRET_KEY_FALLBACKS=b,a\nSECRET_KEY_RING=eyJ2IjoxfQ\n', 'A=q+/w==\n', 'A=$2b$12$abc\n',
    "A='$2b$12$abc'", 'A=pa$$word', 'A=a`b`c', 'A=`a`',
]
# fmt: on
