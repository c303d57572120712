#!/bin/sh
# Installs what `make bench-reliability` needs from Debian: strace, to count what reaches the disk.
set -eu

command -v strace >/dev/null || sh "$(dirname "$0")/debian.sh" strace
