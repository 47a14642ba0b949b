import { MINUTE_MS } from '../../../time/durations.js';
import type { FormSection } from './schema.js';

/** Appsmith's default for remote plugins is 10 s, too short for Mixpanel; 60 s is the most it keeps reliably. */
const TIMEOUT_MS = MINUTE_MS;

/** The settings tab of a query, in the shape of Appsmith's own plugins. */
export const SETTINGS: FormSection[] = [
  {
    sectionName: '',
    id: 1,
    children: [
      {
        label: 'Run behavior',
        configProperty: 'runBehaviour',
        controlType: 'DROP_DOWN',
        initialValue: 'MANUAL',
        options: [
          {
            label: 'Automatic',
            subText: 'Runs when the page loads and when a value it depends on changes',
            value: 'AUTOMATIC',
          },
          {
            label: 'On page load',
            subText: 'Runs when the page loads, and when started by hand',
            value: 'ON_PAGE_LOAD',
          },
          { label: 'Manual', subText: 'Runs only when an event or code starts it', value: 'MANUAL' },
        ],
      },
      {
        label: 'Request confirmation before running this query',
        configProperty: 'confirmBeforeExecute',
        controlType: 'SWITCH',
        tooltipText: 'Asks the user of the app each time before the query runs.',
      },
      {
        label: 'Query timeout (in milliseconds)',
        subtitle: 'The longest time the query may take, waiting for the quota included',
        configProperty: 'actionConfiguration.timeoutInMillisecond',
        controlType: 'INPUT_TEXT',
        initialValue: TIMEOUT_MS,
        dataType: 'NUMBER',
      },
    ],
  },
];
