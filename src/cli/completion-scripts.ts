export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What the scripts call, with the shell and the words up to the cursor. It is not in the help. */
export const COMPLETE = '__complete';
/** Says that the shell shall complete file names. */
export const FILES = ':files';

/**
 * Returns the script that makes a shell complete the command line. What there is to complete is decided by the program
 * itself, so a script stays right when commands and options change.
 */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

const SCRIPTS: Record<Shell, string> = {
  // Bash takes "=" for the end of a word; the program joins the parts again. compopt is missing in bash 3 (macOS).
  bash: `# bash completion for mixpanel-datasource
_mixpanel_datasource() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == ${FILES} ]]; then
      type compopt &>/dev/null && compopt -o default 2>/dev/null
    elif [[ -n $line ]]; then
      COMPREPLY+=("$line")
      [[ $line == *= ]] && type compopt &>/dev/null && compopt -o nospace 2>/dev/null
    fi
  done < <("$1" ${COMPLETE} bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _mixpanel_datasource mixpanel-datasource
`,
  zsh: `#compdef mixpanel-datasource
# zsh completion for mixpanel-datasource
_mixpanel_datasource() {
  local line value
  local -a plain open
  for line in "\${(@f)$("\${words[1]}" ${COMPLETE} zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    value=\${line%%$'\\t'*}
    if [[ $line == ${FILES} ]]; then
      _files
      return
    elif [[ $value == *= ]]; then
      open+=("$value")
    elif [[ -n $value ]]; then
      plain+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  local found=1
  if (( $#open )); then compadd -S '' -- $open && found=0; fi
  if (( $#plain )); then _describe 'mixpanel-datasource' plain && found=0; fi
  return found
}
if [[ \${funcstack[1]} == _mixpanel_datasource ]]; then
  _mixpanel_datasource "$@"
else
  compdef _mixpanel_datasource mixpanel-datasource
fi
`,
  fish: `# fish completion for mixpanel-datasource
function __mixpanel_datasource_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] ${COMPLETE} fish -- $words[2..-1] "$current" 2>/dev/null)
    if test "$lines[1]" = ${FILES}
        __fish_complete_path "$current"
    else if set -q lines[1]
        printf '%s\\n' $lines
    end
end
complete -c mixpanel-datasource -f -a '(__mixpanel_datasource_complete)'
`,
};
