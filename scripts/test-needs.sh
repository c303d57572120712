#!/bin/sh
# Installs what the tests need from Debian: a browser, strace, GDAL's own programs, and PostgreSQL with PostGIS.
set -eu
missing=

command -v chromium >/dev/null || missing="chromium fonts-dejavu-core"
# To see what reading a hostile file opens, and whom it calls.
command -v strace >/dev/null || missing="$missing strace"
# A client of the open data that isn't ours.
command -v ogrinfo >/dev/null || missing="$missing gdal-bin"

postgis=
for control in /usr/share/postgresql/*/extension/postgis.control; do
    version=${control#/usr/share/postgresql/}
    version=${version%%/*}
    if [ -x "/usr/lib/postgresql/$version/bin/initdb" ]; then
        postgis=$version
    fi
done
# postgresql-postgis depends on PostGIS for the release's own version of PostgreSQL.
[ -n "$postgis" ] || missing="$missing postgresql postgresql-postgis"

# shellcheck disable=SC2086 # a list of package names
[ -z "$missing" ] || sh "$(dirname "$0")/debian.sh" $missing
