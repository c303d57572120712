#!/bin/sh
# Asks the advisories about every pinned package, Python's and npm's, list by list: a package may stand in several lists.
# SERVICE is where pip-audit asks: pypi or osv.
#
# What got no answer has not passed. A mirror that only hands out packages knows no advisories: pip-audit then skips each
# of them and would end well with "No known vulnerabilities found".
set -u
service=${SERVICE:-pypi}
bin=$(pwd)/.venv/bin
silent='' found=''

# $1: what was asked about, $2: what its tool said, $3: how the tool ended, $4: words by which a finding is known
judge() {
    if printf '%s' "$2" | grep -q "$4" && [ "$3" -ne 0 ]; then
        found="$found $1"
        printf '%s: something is known\n%s\n' "$1" "$2"
    elif [ "$3" -ne 0 ] || printf '%s' "$2" | grep -q 'could not be audited'; then
        silent="$silent $1"
        printf '%s: no answer: %s\n' "$1" "$(printf '%s' "$2" | grep -E 'could not be audited|npm warn audit|npm error|Error' | head -n 1)"
    else
        printf '%s: nothing is known\n' "$1"
    fi
}

for list in uv runtime dev peer; do
    said=$("$bin/pip-audit" --vulnerability-service "$service" --disable-pip --require-hashes --progress-spinner off \
        --requirement "requirements/$list.txt" 2>&1)
    judge "requirements/$list.txt" "$said" $? 'Found [0-9]* known vulnerabilit'
done
for folder in . benchmarks tests/oidc; do
    said=$(cd "$folder" && "$bin/npm" audit 2>&1)
    judge "$folder/package-lock.json" "$said" $? 'Severity:'
done

[ -z "$found" ] || echo "Known vulnerabilities:$found. Take newer versions: make lock UPGRADE=--upgrade" >&2
if [ -n "$silent" ]; then
    echo "Nobody answered about:$silent. These have NOT been audited." >&2
    echo "make audit needs the open net: a Python index that tells of advisories (or OSV: make audit SERVICE=osv), and an npm" >&2
    echo "registry that answers /-/npm/v1/security. Mirrors often do neither." >&2
fi
[ -z "$found$silent" ]
