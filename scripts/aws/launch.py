"""Starts the emulator with Nagle's algorithm off.

Its server for the functions would otherwise hold every answer back for 40 ms,
waiting for the function to acknowledge the part before.
"""

import socketserver

socketserver.StreamRequestHandler.disable_nagle_algorithm = True

from ministack.app import main  # noqa: E402  (it reads the line above)

main()
