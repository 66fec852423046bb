"""The function «name»-rotate: takes the next safe step of a rotation. It holds no key."""

import subprocess


def handler(event, context):
«% for ring in rings %»
    subprocess.run(["keybaton", "rotate", "--ring", "«ring»", "--if-older-than", "«age»", "--no-input"], check=True)
«% endfor %»
