"""How a rival in Python answers `compare`: a question is a line, and so is its answer.

`version` asks which version it is. `time <threads> <warm> <repeats> <workload>` asks for the seconds
that one of <repeats> runs takes, after <warm> runs that are not timed. Between questions nothing runs.
"""

import sys


def answer(version, time):
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "version":
            print(version, flush=True)
        elif word == "time":
            threads, warm, repeats, workload = rest.split(" ", 3)
            print(time(workload, int(threads), int(repeats), int(warm)), flush=True)
        else:
            sys.exit(f"not a question: {line!r}")
