/** How events are counted: all of them, the users who did them, or events per user. */
export const COUNT_TYPES = ['general', 'unique', 'average'] as const;
export type CountType = (typeof COUNT_TYPES)[number];

/** What people save in a project: reports, funnels, cohorts, annotations, descriptions of events. */

/** A saved report, whatever its kind. All of them are read with `GET /api/query/insights`. */
export type SavedReport = InsightsReport | FunnelReport | RetentionReport;

interface ReportBase {
  id: number;
  name: string;
  description: string;
  /** Days the report covers, ending today. */
  lastDays: number;
  /** Days before the end of the data on which it was saved. */
  createdDaysAgo: number;
}

export interface InsightsReport extends ReportBase {
  type: 'insights';
  metrics: readonly { event: string; count: CountType }[];
  /** Properties the events are broken down by, one level each. */
  breakdowns: readonly string[];
  /** Only `line` has a time axis. */
  chart: 'line' | 'bar' | 'table' | 'metric';
  unit: 'hour' | 'day' | 'week' | 'month';
  /** Adds the period before, of the same length; `lift` also adds the relative change. */
  comparison?: 'previous' | 'lift';
  /** The share of users that Mixpanel looks at; 1 by default. */
  samplingFactor?: number;
  /** The largest number of values of a breakdown. */
  segmentLimit?: number;
}

export interface FunnelReport extends ReportBase {
  type: 'funnels';
  steps: readonly string[];
  /** The time a user has for all steps. */
  windowDays: number;
  breakdown?: string;
  /** Adds a level of dates. */
  trend?: 'day' | 'week' | 'month';
}

export interface RetentionReport extends ReportBase {
  type: 'retention';
  bornEvent: string;
  event: string;
  unit: 'day' | 'week' | 'month';
  /** Periods that are counted, the one of the first event included. */
  periods: number;
  breakdown?: string;
}

const SHOP_REPORTS: readonly SavedReport[] = [
  {
    type: 'insights',
    id: 67890,
    name: 'Signups and purchases by day',
    description: '',
    metrics: [
      { event: 'Signup', count: 'general' },
      { event: 'Purchase', count: 'general' },
    ],
    breakdowns: [],
    chart: 'line',
    unit: 'day',
    lastDays: 30,
    createdDaysAgo: 80,
  },
  {
    type: 'insights',
    id: 67891,
    name: 'Purchases by country',
    description: 'Buyers a week.',
    metrics: [{ event: 'Purchase', count: 'unique' }],
    breakdowns: ['country'],
    chart: 'line',
    unit: 'week',
    lastDays: 84,
    createdDaysAgo: 75,
  },
  {
    type: 'insights',
    id: 67892,
    name: 'What people do, last 7 days',
    description: '',
    metrics: [
      { event: 'Page View', count: 'general' },
      { event: 'Product Viewed', count: 'general' },
      { event: 'Added To Cart', count: 'general' },
      { event: 'Purchase', count: 'general' },
    ],
    breakdowns: [],
    chart: 'bar',
    unit: 'day',
    lastDays: 7,
    createdDaysAgo: 70,
  },
  {
    type: 'insights',
    id: 67893,
    name: 'Purchases by plan and system',
    description: '',
    metrics: [{ event: 'Purchase', count: 'general' }],
    breakdowns: ['plan', '$os'],
    chart: 'line',
    unit: 'week',
    lastDays: 28,
    createdDaysAgo: 65,
  },
  {
    type: 'insights',
    id: 67894,
    name: 'Purchases per buyer by plan',
    description: '',
    metrics: [{ event: 'Purchase', count: 'average' }],
    breakdowns: ['plan'],
    chart: 'bar',
    unit: 'day',
    lastDays: 30,
    createdDaysAgo: 60,
  },
  {
    type: 'insights',
    id: 67895,
    name: 'Buyers, last 30 days',
    description: 'One number.',
    metrics: [{ event: 'Purchase', count: 'unique' }],
    breakdowns: [],
    chart: 'metric',
    unit: 'day',
    lastDays: 30,
    createdDaysAgo: 55,
  },
  {
    type: 'insights',
    id: 67896,
    name: 'Orders by country and plan',
    description: 'A table with totals.',
    metrics: [{ event: 'Purchase', count: 'general' }],
    breakdowns: ['country', 'plan'],
    chart: 'table',
    unit: 'day',
    lastDays: 30,
    createdDaysAgo: 50,
  },
  {
    type: 'insights',
    id: 67897,
    name: 'Orders this week and the week before',
    description: '',
    metrics: [{ event: 'Purchase', count: 'general' }],
    breakdowns: [],
    chart: 'line',
    unit: 'day',
    comparison: 'previous',
    lastDays: 7,
    createdDaysAgo: 45,
  },
  {
    type: 'insights',
    id: 67898,
    name: 'Orders by country and plan, compared with the month before',
    description: '',
    metrics: [{ event: 'Purchase', count: 'general' }],
    breakdowns: ['country', 'plan'],
    chart: 'bar',
    unit: 'day',
    comparison: 'lift',
    lastDays: 30,
    createdDaysAgo: 40,
  },
  {
    type: 'insights',
    id: 67899,
    name: 'Page views by the hour',
    description: '',
    metrics: [{ event: 'Page View', count: 'general' }],
    breakdowns: [],
    chart: 'line',
    unit: 'hour',
    lastDays: 2,
    createdDaysAgo: 35,
  },
  {
    type: 'insights',
    id: 67900,
    name: 'Page views by city, a sample',
    description: 'Looks at a tenth of the users and shows the ten largest cities.',
    metrics: [{ event: 'Page View', count: 'general' }],
    breakdowns: ['$city'],
    chart: 'bar',
    unit: 'day',
    samplingFactor: 0.1,
    segmentLimit: 10,
    lastDays: 30,
    createdDaysAgo: 30,
  },
  {
    type: 'funnels',
    id: 67901,
    name: 'From product to purchase',
    description: '',
    steps: ['Product Viewed', 'Added To Cart', 'Checkout Started', 'Purchase'],
    windowDays: 1,
    lastDays: 30,
    createdDaysAgo: 28,
  },
  {
    type: 'funnels',
    id: 67902,
    name: 'From signup to subscription, by system',
    description: '',
    steps: ['Signup', 'Onboarding Completed', 'Trial Started', 'Subscription Started'],
    windowDays: 30,
    breakdown: '$os',
    lastDays: 60,
    createdDaysAgo: 26,
  },
  {
    type: 'funnels',
    id: 67903,
    name: 'From cart to purchase by week',
    description: '',
    steps: ['Added To Cart', 'Purchase'],
    windowDays: 1,
    trend: 'week',
    lastDays: 28,
    createdDaysAgo: 24,
  },
  {
    type: 'retention',
    id: 67904,
    name: 'Do new customers come back?',
    description: '',
    bornEvent: 'Signup',
    event: 'Page View',
    unit: 'week',
    periods: 5,
    lastDays: 56,
    createdDaysAgo: 22,
  },
  {
    type: 'retention',
    id: 67905,
    name: 'Do buyers buy again, by system?',
    description: '',
    bornEvent: 'Purchase',
    event: 'Purchase',
    unit: 'week',
    periods: 4,
    breakdown: '$os',
    lastDays: 28,
    createdDaysAgo: 20,
  },
  {
    type: 'insights',
    id: 67906,
    name: 'Orders by country and plan, this week and the week before',
    description: '',
    metrics: [{ event: 'Purchase', count: 'general' }],
    breakdowns: ['country', 'plan'],
    chart: 'line',
    unit: 'day',
    comparison: 'previous',
    lastDays: 7,
    createdDaysAgo: 18,
  },
];

/** A funnel; the window is what its owner saved. */
export interface SavedFunnel {
  id: number;
  name: string;
  steps: readonly string[];
  length: number;
  lengthUnit: 'day' | 'hour' | 'minute' | 'second';
}

const SHOP_FUNNELS: readonly SavedFunnel[] = [
  {
    id: 7509,
    name: 'Signup funnel',
    steps: ['Signup', 'Onboarding Completed', 'Trial Started', 'Subscription Started'],
    length: 30,
    lengthUnit: 'day',
  },
  {
    id: 9070,
    name: 'Checkout',
    steps: ['Product Viewed', 'Added To Cart', 'Checkout Started', 'Purchase'],
    length: 1,
    lengthUnit: 'day',
  },
];

/** A cohort: users by their profile, or by having done something lately. */
export interface SavedCohort {
  id: number;
  name: string;
  description: string;
  visible: boolean;
  /** Days before the end of the data on which it was made. */
  createdDaysAgo: number;
  criteria: { where: string } | { event: string; lastDays: number; minCount: number };
}

const SHOP_COHORTS: readonly SavedCohort[] = [
  {
    id: 1000,
    name: 'Premium subscribers',
    description: 'Profiles whose plan is Premium.',
    visible: true,
    createdDaysAgo: 200,
    criteria: { where: 'properties["plan"] == "Premium"' },
  },
  {
    id: 2000,
    name: 'US customers',
    description: 'Profiles in the United States.',
    visible: true,
    createdDaysAgo: 120,
    criteria: { where: 'properties["country"] == "US"' },
  },
  {
    id: 3000,
    name: 'Bought in the last 30 days',
    description: 'Did Purchase at least once, with or without a profile.',
    visible: true,
    createdDaysAgo: 45,
    criteria: { event: 'Purchase', lastDays: 30, minCount: 1 },
  },
  {
    id: 4000,
    name: 'Old newsletter test',
    description: 'Not shown any more.',
    visible: false,
    createdDaysAgo: 300,
    criteria: { where: 'properties["newsletter"] == true' },
  },
];

/** A board: a page of saved reports. */
export interface SavedBoard {
  id: number;
  title: string;
  description: string;
  createdDaysAgo: number;
}

const SHOP_BOARDS: readonly SavedBoard[] = [
  { id: 3001, title: 'Shop at a glance', description: 'Signups, orders and buyers.', createdDaysAgo: 80 },
  { id: 3002, title: 'Conversion and retention', description: '', createdDaysAgo: 28 },
];

/** What belongs to one project; ids differ from project to project, as Mixpanel's do. */
export interface SavedObjects {
  reports: readonly SavedReport[];
  funnels: readonly SavedFunnel[];
  cohorts: readonly SavedCohort[];
  boards: readonly SavedBoard[];
}

/** @param idOffset added to every id. */
export function createShopObjects(idOffset: number): SavedObjects {
  const withOffset = <T extends { id: number }>(each: T): T => ({ ...each, id: each.id + idOffset });
  return {
    reports: SHOP_REPORTS.map(withOffset),
    funnels: SHOP_FUNNELS.map(withOffset),
    cohorts: SHOP_COHORTS.map(withOffset),
    boards: SHOP_BOARDS.map(withOffset),
  };
}

export const WEBSITE_OBJECTS: SavedObjects = {
  reports: [
    {
      type: 'insights',
      id: 87890,
      name: 'Visits by country',
      description: '',
      metrics: [{ event: 'Page View', count: 'unique' }],
      breakdowns: ['country'],
      chart: 'line',
      unit: 'day',
      lastDays: 30,
      createdDaysAgo: 80,
    },
  ],
  funnels: [
    {
      id: 27509,
      name: 'From visit to contact',
      steps: ['Page View', 'Contact Form Sent'],
      length: 7,
      lengthUnit: 'day',
    },
  ],
  cohorts: [
    {
      id: 21000,
      name: 'Wrote to us',
      description: 'Sent the contact form in the last 30 days.',
      visible: true,
      createdDaysAgo: 60,
      criteria: { event: 'Contact Form Sent', lastDays: 30, minCount: 1 },
    },
  ],
  boards: [{ id: 23001, title: 'Visits', description: '', createdDaysAgo: 80 }],
};

export interface SavedAnnotation {
  id: number;
  daysAgo: number;
  description: string;
  tag?: { id: number; name: string };
}

export const ANNOTATION_AUTHOR = { id: 42, first_name: 'Ada', last_name: 'Roast' };

/** Days before the last on which the payment provider was down: in sight in any chart of the last month. */
export const INCIDENT_DAYS_AGO = 17;

export const ANNOTATIONS: readonly SavedAnnotation[] = [
  {
    id: 501,
    daysAgo: INCIDENT_DAYS_AGO,
    description: 'Payment provider down all day',
    tag: { id: 1, name: 'incident' },
  },
  { id: 502, daysAgo: 40, description: 'New checkout' },
  { id: 503, daysAgo: 70, description: 'Podcast ad started', tag: { id: 2, name: 'marketing' } },
];

export const SCHEMAS = [
  schema('event', 'Purchase', 'An order that was paid.', {
    amount: { type: 'number', description: 'Total of the order, without shipping.' },
    currency: { type: 'string' },
    items: { type: 'array' },
    gift: { type: 'boolean' },
    order_id: { type: 'integer' },
    delivery_date: { type: 'string', description: 'The day it is to arrive.' },
  }),
  schema('event', 'Signup', 'An account was made.', {
    method: { type: 'string' },
    referrer: { type: 'string' },
  }),
  schema('profile', '$user', 'A customer.', { plan: { type: 'string' }, newsletter: { type: 'boolean' } }),
];

function schema(
  entityType: 'event' | 'profile',
  name: string,
  description: string,
  properties: Record<string, Record<string, string>>,
) {
  return {
    entityType,
    name,
    // As recorded in July 2026: NangoHQ/integration-templates, list-schemas-for-entity.
    schemaJson: {
      $schema: 'http://json-schema.org/draft-07/schema',
      description,
      metadata: {
        'com.mixpanel': {
          displayName: '',
          dropped: false,
          hidden: false,
          platforms: [],
          tags: [],
          contacts: [],
          teamContacts: [],
        },
      },
      properties,
      additionalProperties: true,
      required: [],
    },
  };
}
