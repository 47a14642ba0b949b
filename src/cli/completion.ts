import { Argument, type Command } from 'commander';
import { SHELLS, type Shell } from './completion-scripts.js';
import { examples } from './help.js';
import { withErrorReporting } from './report.js';
import type { Terminal } from './terminal.js';

/** Defines `completion <shell>`: prints what a shell needs to complete commands, options and fields. */
export function define(command: Command, terminal: Terminal): void {
  command
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText(
      'after',
      `
bash   add to ~/.bashrc:                   source <(mixpanel-datasource completion bash)
zsh    add to ~/.zshrc, after compinit:    source <(mixpanel-datasource completion zsh)
fish   once:                               mixpanel-datasource completion fish > ~/.config/fish/completions/mixpanel-datasource.fish
${examples(['completion bash'], ['completion zsh'], ['completion fish'])}`,
    )
    .action(
      withErrorReporting(terminal, async (shell: Shell, _options: object, _: Command) => {
        const { completionScript } = await import('./completion-scripts.js');
        terminal.stdout.write(completionScript(shell));
      }),
    );
}
