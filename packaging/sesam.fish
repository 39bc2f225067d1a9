# SPDX-License-Identifier: Apache-2.0
# fish completion for sesam(1). The command itself prints the completions, so that this file is never out of date.

function __sesam_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :file
                __fish_complete_path (string replace -r -- '^--[^=]*=' '' "$current")
            case :directory
                __fish_complete_directories (string replace -r -- '^--[^=]*=' '' "$current")
            case '*'
                echo $line
        end
    end
end

complete -c sesam -f -a '(__sesam_complete)'
