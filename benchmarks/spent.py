"""Runs a command and prints, as the last line of its output, what it took. Kept small on purpose: Linux
counts the size of the process that starts another into the other's peak.

Usage: python -m benchmarks.spent COMMAND...
"""

import json
import resource
import subprocess
import sys
import time

started = time.perf_counter()
code = subprocess.run(sys.argv[1:], check=False).returncode
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps({"code": code, "seconds": seconds, "peak": peak}), flush=True)
