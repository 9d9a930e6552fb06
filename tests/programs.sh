#!/bin/sh
# Installs the programs that the tests start themselves, and keeps Debian from starting them as services.
#
# policy-rc.d is Debian's way to say "install, do not start" (invoke-rc.d, exit 101 = forbidden by policy).
# createcluster.conf keeps postgresql-common from making a cluster that nobody asked for.
set -eu

missing=
want() { # program, package
  command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || ls /usr/lib/postgresql/*/bin/"$1" >/dev/null 2>&1 || missing="$missing $2"
}
want redis-server redis-server
want postgres postgresql
want chromium chromium
want strace strace
want ip iproute2
want iptables iptables
want turnserver coturn
want nft nftables
want janus janus
want ffprobe ffmpeg
want nginx nginx-light

[ -n "$missing" ] || exit 0
if [ "${KACHEHRI_ALLOW_MISSING:-}" = 1 ]; then
  echo "Tests that need these packages will be left out:$missing" >&2
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests need these packages; install them as root, or set KACHEHRI_ALLOW_MISSING=1 to leave their tests out:$missing" >&2
  exit 2
fi

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
apt-get update -qq
# shellcheck disable=SC2086  # one word a package
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
if command -v systemctl >/dev/null && [ -d /run/systemd/system ]; then
  case "$missing" in *redis-server*) systemctl disable --quiet redis-server ;; esac
  case "$missing" in *postgresql*) systemctl disable --quiet postgresql ;; esac
  case "$missing" in *janus*) systemctl disable --quiet janus ;; esac
  case "$missing" in *nginx*) systemctl disable --quiet nginx ;; esac
  case "$missing" in *coturn*) systemctl disable --quiet coturn ;; esac
fi
