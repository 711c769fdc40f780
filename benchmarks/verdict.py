"""The exit statuses of the scripts: an error is never taken for a failed check.

    0  success
    1  the check failed: something got slower, is below its bound, or differs from the expected result
    2  an error, and no result

Ctrl-C ends a script by the signal, which a shell reports as 130.
"""

import contextlib
import os
import signal
import subprocess
import sys
import traceback

FINE = 0
AGAINST = 1
FAILED = 2


class Failure(Exception):
    """An error that ends a script without a result. The text is the whole message to the user."""


def end(main):
    """Ends the process with the status that main() returns (None: FINE), or with FAILED if main() raises."""
    with failures_are_no_verdict():
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # if it is ignored, every child seems to end with 0
        if sys.stdout:
            sys.stdout.reconfigure(errors="backslashreplace")  # names in any alphabet, under any locale
        try:
            status = main() or FINE
        finally:  # --help ends with SystemExit
            flush()
    sys.exit(status)


@contextlib.contextmanager
def failures_are_no_verdict():
    """An exception ends the process with FAILED: for main(), and for imports of packages that may be missing.
    Python's own status for an exception is 1, that of a failed check."""
    try:
        yield
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
        fail("interrupted")
    except (Failure, OSError, ImportError, subprocess.SubprocessError) as failure:
        fail(failure)
    except Exception:  # a bug in the script
        fail(traceback.format_exc().rstrip())


def flush():
    """Raises OSError if the output cannot be written: a full disk, a pipe without a reader."""
    if sys.stdout:
        sys.stdout.flush()


def fail(text):
    with contextlib.suppress(OSError):
        flush()
    with contextlib.suppress(OSError):
        if sys.stderr:  # print(file=None) writes to the standard output
            print(f"{os.path.basename(sys.argv[0])}: {text}", file=sys.stderr, flush=True)
    os._exit(FAILED)  # sys.exit flushes again; if that fails, Python ends with another status
