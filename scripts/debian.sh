#!/bin/sh
# Installs Debian packages as root or with passwordless sudo; otherwise says what to run.
# Usage: debian.sh PACKAGE...
set -eu

if [ "$(id -u)" = 0 ]; then
    sudo=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo="sudo -n"
else
    echo "These Debian packages are missing, and installing them takes root. Run this, then try again:" >&2
    echo "    sudo apt-get install --yes --no-install-recommends $*" >&2
    exit 1
fi

echo "Installing with apt-get: $*"
$sudo apt-get update --quiet=2 </dev/null
$sudo env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --quiet=2 --no-install-recommends "$@" </dev/null
