"""How much memory this process took at most."""

import re
from pathlib import Path


def peak_mb() -> float:
    """The peak of this process's memory in MB. getrusage would count that of the process which started it, too."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    if found is None:
        raise RuntimeError("/proc/self/status says no VmHWM: the benchmarks need Linux")
    return int(found.group(1)) * 1024 / 1e6
