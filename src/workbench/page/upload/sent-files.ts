/** What this browser remembers of a file it sent: no content, only its hash. */
interface KnownFile {
  hash: string;
  /** Epoch seconds that events without a time get. */
  time: number;
  /** When it was sent whole; ISO 8601. */
  sentAt?: string;
}

const STORAGE_KEY = 'mixpanel-workbench.files';
const MAX_FILES = 50;

/**
 * Returns what is known of a file. Its time is the same whenever it is chosen again, so that its events without a time
 * are the same events again.
 */
export function recallFile(hash: string, now: number): KnownFile {
  const known = readFiles().find((file) => file.hash === hash) ?? { hash, time: now };
  keepFile(known);
  return known;
}

/** Notes that a file was sent. */
export function noteSent(hash: string, sentAt: string): void {
  const known = readFiles().find((file) => file.hash === hash);
  if (known) keepFile({ ...known, sentAt });
}

function keepFile(file: KnownFile): void {
  const others = readFiles().filter(({ hash }) => hash !== file.hash);
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify([file, ...others].slice(0, MAX_FILES)));
  } catch {
    // Without storage a file is only known while the page is open.
  }
}

function readFiles(): KnownFile[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isKnownFile) : [];
  } catch {
    return [];
  }
}

function isKnownFile(value: unknown): value is KnownFile {
  if (typeof value !== 'object' || value === null) return false;
  const { hash, time, sentAt } = value as Record<string, unknown>;
  return (
    typeof hash === 'string' &&
    typeof time === 'number' &&
    (sentAt === undefined || typeof sentAt === 'string')
  );
}
