"""How every script ends, so that an error is never taken for a verdict.

    0  all is well
    1  a verdict against: something got slower, is below its bound, or differs from what it should be
    2  the script could not do its work, and there is no verdict

A script that is interrupted ends by the signal, which a shell shows as 130.
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
    """Something that keeps a script from its work. The text is all that a user has to know."""


def end(main):
    """Ends the process with what main() returns, where None means FINE. If it raises, the end is FAILED."""
    with failures_are_no_verdict():
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # where it is ignored, every program seems to end with 0
        if sys.stdout:
            sys.stdout.reconfigure(errors="backslashreplace")  # names in any alphabet, under any locale
        status = main() or FINE
        flush()
    sys.exit(status)


@contextlib.contextmanager
def failures_are_no_verdict():
    """For main(), and for imports of what may be missing: an exception ends the process with FAILED. Python's own
    status for it is 1, that of a verdict."""
    try:
        yield
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
        fail("interrupted")
    except (Failure, OSError, ImportError, subprocess.SubprocessError) as failure:
        fail(failure)
    except Exception:  # a mistake in the script
        fail(traceback.format_exc().rstrip())


def flush():
    """Throws if what was printed does not arrive: a full disk, a pipe that nobody reads."""
    if sys.stdout:
        sys.stdout.flush()


def fail(text):
    with contextlib.suppress(OSError):
        flush()
    with contextlib.suppress(OSError):
        if sys.stderr:  # print(file=None) writes to the standard output
            print(f"{os.path.basename(sys.argv[0])}: {text}", file=sys.stderr, flush=True)
    os._exit(FAILED)  # sys.exit flushes again, and where that fails Python ends with a status of its own
