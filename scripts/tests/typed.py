"""Types the lines of a file at a shell with a terminal, and yes where it is asked for:  typed.py FILE

Prints what the terminal shows; a line that is typed begins with "$ ". Ends at the first that fails, with its status.
"""
import os
import pty
import shlex
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    lines = [line for line in file.read().splitlines() if line]
typed = "\n".join(f"printf '$ %s\\n' {shlex.quote(line)}\n{line}" for line in lines)
child, terminal = pty.fork()
if child == 0:
    os.execvp("bash", ["bash", "-ec", typed])
shown = b""
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:  # the last process that had the terminal has ended
        data = b""
    if not data:
        break
    os.write(1, data.replace(b"\r\n", b"\n"))
    shown = (shown + data)[-100:]
    if shown.endswith((b"type yes to go on: ", b"Type yes: ")):
        os.write(terminal, b"yes\n")
        shown = b""
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
