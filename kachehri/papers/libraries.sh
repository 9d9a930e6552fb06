#!/bin/sh
# The libraries that set Urdu on paper (WeasyPrint uses Debian's Pango and HarfBuzz): installed as root, else named.
# Without them everything works but the PDF: the register's page prints by itself.
set -u

missing=
want() { # file, package
  for folder in /usr/lib/*-linux-gnu* /usr/lib64 /usr/lib /usr/local/lib; do
    [ -e "$folder/$1" ] && return
  done
  missing="$missing $2"
}
want libpango-1.0.so.0 libpango-1.0-0
want libpangoft2-1.0.so.0 libpangoft2-1.0-0
want libharfbuzz-subset.so.0 libharfbuzz-subset0

[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  # shellcheck disable=SC2086  # one word a package
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing && exit 0
fi
echo "PDFs of the register and the minutes need these packages; the pages print without them:$missing" >&2
