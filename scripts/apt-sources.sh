# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Where this machine's packages come from. Sourced by scripts/install and scripts/matrix, so that no mirror is named here.

# apt_sources CODENAME: the sources of a release, of its updates and of its security, as apt itself reads the machine's
# (whatever their format), in lines of a sources.list. A mirror of CODENAME is in the line that ends in "CODENAME main".
apt_sources() {
  local suite uri entry key
  # shellcheck disable=SC2016 # apt expands these
  local format='$(RELEASE) $(REPO_URI) $(SOURCESENTRY)' # "suite uri file:entry"
  apt-get indextargets --no-release-info --format "$format" 'Created-By: Packages' 'Component: main' |
    awk -v name="$1" '$1 == name || index($1, name "-") == 1' | sort -u |
    while read -r suite uri entry; do
      # The key file that entry's file names; without one apt's own trusted keys decide.
      key=$(grep -ioE 'signed-by *[:=] */[^] ,]+' "${entry%:*}" 2>/dev/null | head -n 1 | grep -oE '/.*' || true)
      echo "deb ${key:+[signed-by=$key] }$uri $suite main"
    done
}

# apt_mirror CODENAME: of that release, "[signed-by=FILE] URI" or "URI", as a line of sources.list has them; else nothing.
apt_mirror() { apt_sources "$1" | sed -nE "s/^deb (.*) $1 main\$/\\1/p" | tail -n 1; }
