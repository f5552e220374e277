"""Run a command on a terminal of its own: terminal.py SCRIPT COMMAND...

A line of SCRIPT is "expect TEXT" (until the command printed it), "send TEXT"
(with Python's escapes) or "size LINES COLUMNS". Prints all that the command
printed; exits with its status, or with 99 when it did not say what it should.
"""
import codecs, fcntl, os, pty, select, struct, sys, termios, time

SECONDS = 20


def read_some(fd, seconds):
    if not select.select([fd], [], [], seconds)[0]:
        return b""
    try:
        return os.read(fd, 65536)
    except OSError:
        return b""


def expect(fd, text, seen, start):
    end = time.time() + SECONDS
    while seen.find(text, start) < 0:
        more = read_some(fd, 0.5)
        seen += more
        if time.time() > end:
            sys.stdout.write("%s\nnot seen: %r\n" % (seen.decode("latin-1"), text))
            sys.exit(99)
    return seen, seen.find(text, start) + len(text)


def converse(fd, script):
    seen, start = b"", 0
    for line in script:
        verb, _, text = line.rstrip("\n").partition(" ")
        text = codecs.escape_decode(text.encode())[0]
        if verb == "expect":
            seen, start = expect(fd, text, seen, start)
        elif verb == "send":
            os.write(fd, text)
        elif verb == "size":
            lines, columns = map(int, text.split())
            fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    end = time.time() + SECONDS
    while time.time() < end:
        more = read_some(fd, 5)
        if not more:
            break
        seen += more
    return seen


pid, fd = pty.fork()
if pid == 0:
    time.sleep(0.1)  # for the size
    os.execvp(sys.argv[2], sys.argv[2:])
seen = converse(fd, open(sys.argv[1]))
sys.stdout.buffer.write(seen)
sys.stdout.flush()
status = os.waitpid(pid, 0)[1]
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
