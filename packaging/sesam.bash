# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# bash completion for sesam(1). Asks the command itself (--help), so that it is never out of date; never asks the device.

# _sesam_words [SUBCOMMAND]: of its help, the subcommands and options, one a line; "=" follows an option that takes a value.
_sesam_words() {
  "${COMP_WORDS[0]}" "$@" --help 2>/dev/null | awk '
    /^[A-Za-z]+:$/ { part = tolower($1); next }
    /^  [^ ]/ && part == "subcommands:" { print $1 }
    /^ +-/ { # how far in depends on the version of CLI11
      rest = $0; sub(/^ +/, "", rest); count = 0
      while (match(rest, /^-[-A-Za-z0-9_]+/)) {
        names[++count] = substr(rest, 1, RLENGTH); rest = substr(rest, RLENGTH + 1)
        if (!sub(/^, */, "", rest)) break
      }
      for (i = 1; i <= count; i++) print names[i] (rest ~ /^ [A-Z]/ ? "=" : "")
    }'
}

_sesam() {
  local current=$2 previous=$3 subcommand='' word words
  words=$(_sesam_words)
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word != -* && $'\n'$words$'\n' == *$'\n'"$word"$'\n'* ]]; then
      subcommand=$word
      words+=$'\n'$(_sesam_words "$subcommand") # the options for all of them may stand behind it too
      break
    fi
  done
  if [[ $previous == -* && $'\n'$words$'\n' == *$'\n'"$previous="$'\n'* ]] || [[ $subcommand && $current != -* ]]; then
    # A value, or what a subcommand works on: files it can know, keys it does not ask for.
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    return
  fi
  [[ $current == -* ]] || words=$(grep -v '^-' <<<"$words")
  mapfile -t COMPREPLY < <(compgen -W "${words//=/}" -- "$current" | sort -u)
}
complete -F _sesam sesam
