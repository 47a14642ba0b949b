const MAX_NAMES = 3;

/** Returns what an empty result was asked for, and which of it to change. */
export function describeNoRows(parameters: Readonly<Record<string, unknown>>): {
  title: string;
  advice: string;
} {
  const textOf = (key: string) => String(parameters[key] ?? '').trim();
  const names = [...namesIn(textOf('events')), ...namesIn(textOf('event'))];
  const [from, to] = [textOf('fromDate'), textOf('toDate')];
  const filtered = textOf('where') !== '' || textOf('formData') !== '';
  const what = names.length === 0 ? 'Nothing' : `No ${listOf(names)}`;
  const range = from && to ? ` from ${from} to ${to}` : '';
  const changes = [
    ...(range ? ['Try a longer range'] : []),
    ...(filtered ? ['run it without the filter'] : []),
    ...(names.length > 0 ? ['check how the name is written'] : []),
  ];
  return {
    title: range || names.length > 0 ? `${what}${range}` : 'No rows',
    advice:
      changes.length > 0
        ? `${capitalize(changes.join(', or '))}.`
        : 'Mixpanel has nothing for these values. Check the project.',
  };
}

/** Reads a field of one name, or of several as a JSON array. */
function namesIn(text: string): string[] {
  if (!text.startsWith('[')) return text === '' ? [] : [text];
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) ? names.map(String) : [];
  } catch {
    return [];
  }
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
