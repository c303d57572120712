#!/bin/sh
# Makes .venv with the Python named, and puts the pinned uv into it.
# Usage: venv.sh PYTHON
set -eu
python=$1

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or later is needed; $python is $("$python" --version). Try: make PYTHON=python3.11 ..." >&2
    exit 1
}
# Debian keeps ensurepip in a package of its own.
"$python" -c 'import ensurepip' 2>/dev/null || sh "$(dirname "$0")/debian.sh" python3-venv

[ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear .venv
# A user's mirror in pip's configuration is honoured, a constraint is not: the pin with its hash is the constraint.
PIP_CONSTRAINT=/dev/null .venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --no-deps --require-hashes --requirement requirements/uv.txt
