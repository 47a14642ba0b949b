/** What the system refused, as a sentence that says what to change; nothing for errors that are none of its. */
export function describeSystemError(thrown: unknown): string | undefined {
  if (!isSystemError(thrown)) return undefined;
  const { code, path = 'the file', hostname, address = 'this machine', port = 0, message } = thrown;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `There is no ${path}. Check the name, and that its folder exists.`;
    case 'EISDIR':
      return `${path} is a folder. Name a file.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return path === 'the file'
        ? `This account may not use port ${port} of ${address}. Choose a port above 1023 with --port.`
        : `This account may not use ${path}. Choose another place, or change who may use it.`;
    case 'ENOSPC':
      return 'The disk is full. Make room, then repeat the command.';
    case 'EADDRINUSE':
      return `Port ${port} of ${address} is taken by another program. Choose another with --port; 0 takes a free one.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${hostname ?? address}. Choose one of its own with --host.`;
    default:
      return `The system refused: ${message}.`;
  }
}

interface SystemError extends NodeJS.ErrnoException {
  hostname?: string;
  address?: string;
  port?: number;
}

function isSystemError(thrown: unknown): thrown is SystemError {
  return thrown instanceof Error && 'syscall' in thrown && 'code' in thrown;
}
