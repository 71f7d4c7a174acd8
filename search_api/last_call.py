"""Who comes after a server has begun to end: turned away by the system, before a connection is made."""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
from contextlib import suppress
from typing import Final

SO_ATTACH_FILTER: Final = 26  # Linux; Python's `socket` does not name it
DROP: Final = struct.pack("HBBI", 0x06, 0, 0, 0)
"""A program of one instruction, in the system's language for filters of packets: keep 0 bytes of any."""


def last_call(listening: socket.socket) -> None:
    """From here on the socket hears nobody new; who is in its queue already can still be accepted.

    Between the last `accept` and `close` a connection could be made that nobody would ever answer, and the
    system resets those. Now it is refused when the other side tries again, a second later. Does nothing
    where a system has no such filters. Source: socket(7), SO_ATTACH_FILTER.
    """
    if sys.platform != "linux":
        return
    program = ctypes.create_string_buffer(DROP, len(DROP))
    with suppress(OSError):
        listening.setsockopt(
            socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(program))
        )
