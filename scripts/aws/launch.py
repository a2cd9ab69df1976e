"""Starts the emulator without two waits of its own, which would hide what a function takes.

Its server for the functions would hold every answer back for 40 ms, until the function
acknowledged the part before; and after an invocation that logged nothing it would look out
for a log for another 50 ms.
"""

import socketserver

socketserver.StreamRequestHandler.disable_nagle_algorithm = True

from ministack.app import main  # noqa: E402  (it reads the line above)
from ministack.core.lambda_runtime import Worker  # noqa: E402

# For the first line, after the last one, and at most; in seconds. A line that comes later is
# put down to the next invocation.
Worker._drain_stderr_bounded.__defaults__ = (0.002, 0.002, 0.25)

main()
