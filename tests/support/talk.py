#!/usr/bin/env python3
"""talk.py SECONDS TRANSCRIPT PROGRAM ARG... <LINES: talks to a program on a terminal of its own.

Each input line is one of: `send TEXT` (and Enter), `keys TEXT` (Python escapes, no Enter),
`see TEXT` (wait until the program has shown it since the last `see`), `quit` (wait for its end).
Exit 0 when all went so; 1 with a sentence when something was not seen in time. The program is
killed at the end. What it wrote goes to TRANSCRIPT."""
import os, pty, select, signal, sys, time


def main():
    limit, transcript, argv = float(sys.argv[1]), sys.argv[2], sys.argv[3:]
    steps = [l.rstrip("\n") for l in sys.stdin if l.strip()]
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(argv[0], argv)
    end = time.monotonic() + limit
    seen, at, gone = b"", 0, False

    def pump():
        nonlocal seen, gone
        left = end - time.monotonic()
        if gone or left <= 0 or not select.select([fd], [], [], left)[0]:
            return False
        try:
            data = os.read(fd, 65536)
        except OSError:
            data = b""
        seen += data
        gone = not data
        return not gone

    def fail(sentence):
        print(f"# talk: {sentence}")
        return 1

    def run():
        nonlocal at
        for step in steps:
            verb, _, text = step.partition(" ")
            if verb == "send":
                os.write(fd, text.encode() + b"\r")
            elif verb == "keys":
                os.write(fd, text.encode().decode("unicode_escape").encode("latin-1"))
            elif verb == "see":
                want = text.encode()
                while seen.find(want, at) < 0:
                    if not pump():
                        return fail(f"not seen: {text}")
                at = seen.find(want, at) + len(want)
            elif verb == "quit":
                while pump():
                    pass
                if not gone:
                    return fail("it did not end")
                _, status = os.waitpid(pid, 0)
                return 0 if os.waitstatus_to_exitcode(status) == int(text or 0) else fail(
                    f"it ended with {os.waitstatus_to_exitcode(status)}")
            else:
                return fail(f"no such step: {step}")
        return 0

    try:
        ret = run()
    finally:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    with open(transcript, "wb") as f:
        f.write(seen)
    return ret


sys.exit(main())
