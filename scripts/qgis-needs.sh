#!/bin/sh
# Installs what `make test-qgis` needs from Debian: QGIS for the system's own Python.
set -eu

/usr/bin/python3 -c 'import qgis.core' 2>/dev/null || sh "$(dirname "$0")/debian.sh" python3-qgis
