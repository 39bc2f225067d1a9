# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# This machine's own apt sources, so that no script names a mirror. Sourced by scripts/install and others.

# apt_sources CODENAME: prints this machine's sources for a release, its updates and its security updates, as lines of a
# sources.list, whatever their own format. The line for CODENAME itself ends in "CODENAME main".
apt_sources() {
  local suite uri entry key
  # shellcheck disable=SC2016 # apt expands these
  local format='$(RELEASE) $(REPO_URI) $(SOURCESENTRY)' # "suite uri file:entry"
  apt-get indextargets --no-release-info --format "$format" 'Created-By: Packages' 'Component: main' |
    awk -v name="$1" '$1 == name || index($1, name "-") == 1' | sort -u |
    while read -r suite uri entry; do
      # The key file that the entry's file names; without one, apt uses its own trusted keys.
      key=$(grep -ioE 'signed-by *[:=] */[^] ,]+' "${entry%:*}" 2>/dev/null | head -n 1 | grep -oE '/.*' || true)
      echo "deb ${key:+[signed-by=$key] }$uri $suite main"
    done
}

# apt_mirror CODENAME: prints that release's "[signed-by=FILE] URI" or "URI", as in sources.list, or nothing.
apt_mirror() { apt_sources "$1" | sed -nE "s/^deb (.*) $1 main\$/\\1/p" | tail -n 1; }
