"""Whether a file is opened, and whether anybody calls: by the kernel's own word and by a listener."""

import ctypes
import os
import socket
import threading
from pathlib import Path

_OPEN, _ACCESS = 0x20, 0x1
_NONBLOCK = os.O_NONBLOCK


class OpenWatch:
    """Tells whether any process has opened or read a file since the last time it was asked (inotify)."""

    def __init__(self, file: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._handle = libc.inotify_init1(_NONBLOCK)
        watch = libc.inotify_add_watch(self._handle, os.fsencode(file), _OPEN | _ACCESS)
        if self._handle < 0 or watch < 0:
            raise OSError(ctypes.get_errno(), "inotify")

    def opened(self) -> bool:
        """Whether it was, since the last call."""
        try:
            return bool(os.read(self._handle, 4_096))
        except BlockingIOError:
            return False


class Listener:
    """Counts who connects to a port of this machine."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.calls = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            caller.close()

    def close(self) -> None:
        """Stops listening."""
        self._socket.close()
