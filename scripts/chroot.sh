# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Chroots of Debian releases, from the machine's own mirror. Sourced by scripts/matrix, scripts/package and scripts/walkthrough,
# from the top of the tree; they must define a function die. Needs root.
# shellcheck source=scripts/apt-sources.sh
source scripts/apt-sources.sh

# prepare_chroots: call this before the others. Installs debootstrap.
prepare_chroots() {
  ((EUID == 0)) || die 'root is needed, for chroots and their mounts'
  SESAM_CHROOT=1 scripts/install
  chroot_mirror=$(apt_mirror "$(. /etc/os-release && echo "$VERSION_CODENAME")")
  [[ $chroot_mirror ]] || die 'this machine has no apt source of its own release'
}

# apart COMMAND…: runs in separate namespaces; its mounts and processes vanish with them, however this script ends.
apart() { unshare --mount --pid --fork --kill-child --mount-proc "$@" </dev/null; }

# in_chroot ROOT COMMAND…
in_chroot() {
  # shellcheck disable=SC2016 # the inner shell expands these
  # The root is a mount point itself, because programs inside create mount namespaces, too.
  apart bash -c 'mount --bind "$1" "$1" && mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" &&
    exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 "${@:2}"' - "$@"
}

# make_chroot ROOT RELEASE: a minimal Debian of that release, which never starts services.
make_chroot() {
  local root=$1 release=$2 script=/usr/share/debootstrap/scripts/$2 key
  [[ -e $script ]] || script=/usr/share/debootstrap/scripts/sid # a release younger than this debootstrap
  key=$(sed -nE 's/^\[signed-by=([^]]*)\] .*/\1/p' <<<"$chroot_mirror")
  apart debootstrap --variant=minbase --include=ca-certificates ${key:+--keyring="$key"} "$release" "$root" "${chroot_mirror##* }" "$script"
  echo "deb ${chroot_mirror##* } $release main" >"$root/etc/apt/sources.list"
  # The settings with which this machine's apt reaches the mirror.
  apt-config dump | grep -E '^Acquire::(Check-|https?:)' >"$root/etc/apt/apt.conf.d/90machine" || true
  printf '#!/bin/sh\nexit 101\n' | install -m 755 /dev/stdin "$root/usr/sbin/policy-rc.d" # 101: start no service
}

# Copies the sources of this tree and keeps build/ in the copy. Changed files get the current time, whatever their time here,
# so that everything built from them is rebuilt.
copy_sources() {
  mkdir -p "$1/src"
  rsync --recursive --links --perms --checksum --delete --exclude=/build --exclude=/.git --exclude=/.cache --exclude=__pycache__ ./ "$1/src"
}
