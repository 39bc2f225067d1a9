# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# bash completion for sesam(1). The command itself prints the completions, so that this file is never out of date.

_sesam() {
  local words=() word line value joins='' current reply=()
  # COMP_WORDS is also split at ':' and '=', which occur in URIs and settings.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ ($word == [:=]* || $joins) && ${#words[@]} -gt 0 ]]; then words[-1]+=$word; else words+=("$word"); fi
    joins=''
    [[ $word == [:=] ]] && joins=1
  done
  words=("${words[@]//\\/}")
  words=("${words[@]#[\'\"]}")
  [[ ${#words[@]} -gt 0 ]] || words=('')
  current=${words[-1]}

  while IFS= read -r line; do
    value=${line%%$'\t'*}
    case $value in
      :file | :directory)
        compopt -o filenames 2>/dev/null
        [[ $current == --*=* ]] && current=${current#*=}
        if [[ $value == :file ]]; then mapfile -t COMPREPLY < <(compgen -f -- "$current")
        else mapfile -t COMPREPLY < <(compgen -d -- "$current"); fi
        return ;;
      *= | file: | env:) compopt -o nospace 2>/dev/null ;;
    esac
    # If bash has split the word, it expects only the last part.
    [[ $current == *[:=]* && ${COMP_WORDBREAKS-} == *:* ]] && value=${value#"${current%"${current##*[:=]}"}"}
    [[ $2 == [\'\"]* ]] || printf -v value %q "$value"
    reply+=("$value")
  done < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
  COMPREPLY=("${reply[@]}")
}
complete -F _sesam sesam
