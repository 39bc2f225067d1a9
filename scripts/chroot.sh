# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Chroots of Debian's releases, from the machine's own mirror. Sourced by scripts/matrix and scripts/package, from the top of the
# tree, which have a function die. Needs root.
# shellcheck source=scripts/apt-sources.sh
source scripts/apt-sources.sh

# prepare_chroots: before all others. Installs debootstrap.
prepare_chroots() {
  ((EUID == 0)) || die 'root is needed, for chroots and their mounts'
  SESAM_CHROOT=1 scripts/install
  chroot_mirror=$(apt_mirror "$(. /etc/os-release && echo "$VERSION_CODENAME")")
  [[ $chroot_mirror ]] || die 'this machine has no apt source of its own release'
}

# apart COMMAND…: what it mounts and starts is in namespaces of its own, and vanishes with them, however this script ends.
apart() { unshare --mount --pid --fork --kill-child --mount-proc "$@" </dev/null; }

# in_chroot ROOT COMMAND…
in_chroot() {
  # shellcheck disable=SC2016 # the inner shell expands these
  # A mount point itself: programs in it make namespaces of mounts, too.
  apart bash -c 'mount --bind "$1" "$1" && mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" &&
    exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 "${@:2}"' - "$@"
}

# make_chroot ROOT RELEASE: the smallest Debian of that release. Starts no service, ever.
make_chroot() {
  local root=$1 release=$2 script=/usr/share/debootstrap/scripts/$2 key
  [[ -e $script ]] || script=/usr/share/debootstrap/scripts/sid # a release younger than this debootstrap
  key=$(sed -nE 's/^\[signed-by=([^]]*)\] .*/\1/p' <<<"$chroot_mirror")
  apart debootstrap --variant=minbase --include=ca-certificates ${key:+--keyring="$key"} "$release" "$root" "${chroot_mirror##* }" "$script"
  echo "deb ${chroot_mirror##* } $release main" >"$root/etc/apt/sources.list"
  # As this machine's apt reaches the mirror.
  apt-config dump | grep -E '^Acquire::(Check-|https?:)' >"$root/etc/apt/apt.conf.d/90machine" || true
  printf '#!/bin/sh\nexit 101\n' | install -m 755 /dev/stdin "$root/usr/sbin/policy-rc.d" # starts no service
}

# The files of this tree that are not built. build/ inside stays: a file whose content differs is a new one there, whatever its
# time here, so that all that is built from it is built anew.
copy_sources() {
  mkdir -p "$1/src"
  rsync --recursive --links --perms --checksum --delete --exclude=/build --exclude=/.git --exclude=/.cache --exclude=__pycache__ ./ "$1/src"
}
