/** Names of people, some of which break what assumes ASCII or single words. */
export const FIRST_NAMES = [
  'Ada',
  'Björn',
  'Chloé',
  'Dmitri',
  'Élodie',
  'Fatima',
  'Grace',
  'Hiroshi',
  'Ines',
  'João',
  'Kwame',
  'Lena',
  'Mary Ann',
  'Nguyễn',
  'Olga',
  'Priya',
  'Quentin',
  'Rosa',
  'Søren',
  'Tatiana',
  'Uma',
  'Victor',
  'Wei',
  'Zoë',
] as const;

export const LAST_NAMES = [
  'Andersen',
  'Bianchi',
  "D'Angelo",
  'Fernández',
  'García-López',
  'Ito',
  'Jones',
  'Kowalski',
  'Müller',
  'Nakamura',
  "O'Brien",
  'Okafor',
  'Patel',
  'Rossi',
  'Schmidt',
  'Silva',
  'Smith',
  'van der Berg',
  '山田',
  'Иванова',
] as const;

/** City, region, country; the repeated ones have more customers. */
export const CITIES: readonly (readonly [city: string, region: string, country: string])[] = [
  ['San Francisco', 'California', 'US'],
  ['San Francisco', 'California', 'US'],
  ['Austin', 'Texas', 'US'],
  ['New York', 'New York', 'US'],
  ['New York', 'New York', 'US'],
  ['Portland', 'Oregon', 'US'],
  ['London', 'England', 'GB'],
  ['London', 'England', 'GB'],
  ['Manchester', 'England', 'GB'],
  ['Berlin', 'Berlin', 'DE'],
  ['München', 'Bayern', 'DE'],
  ['Paris', 'Île-de-France', 'FR'],
  ['São Paulo', 'São Paulo', 'BR'],
  ['東京', '東京都', 'JP'],
  ['Bengaluru', 'Karnataka', 'IN'],
  ['Toronto', 'Ontario', 'CA'],
];

/** Browsers by operating system; the repeated ones are more common. */
export const BROWSERS: Readonly<Record<string, readonly string[]>> = {
  iOS: ['Mobile Safari', 'Mobile Safari', 'Chrome iOS'],
  Android: ['Chrome', 'Chrome', 'Samsung Internet'],
  'Mac OS X': ['Safari', 'Chrome', 'Firefox'],
  Windows: ['Chrome', 'Microsoft Edge', 'Firefox'],
  Linux: ['Firefox', 'Chrome'],
};
export const PHONES: ReadonlySet<string> = new Set(['iOS', 'Android']);

export const REFERRERS = ['google', 'instagram', 'friend', 'newsletter', 'podcast', null, null] as const;

export const PAGES = ['/', '/pricing', '/coffees', '/about', '/blog/grind-size', '/account'] as const;

export interface Product {
  sku: string;
  name: string;
  category: string;
  price: number;
  tags: readonly string[];
}

export const PRODUCTS: readonly Product[] = [
  { sku: 'YIR-250', name: 'Yirgacheffe', category: 'beans', price: 14.5, tags: ['light', 'floral', 'new'] },
  { sku: 'HUI-250', name: 'Huila', category: 'beans', price: 12.9, tags: ['medium', 'chocolate'] },
  { sku: 'SUM-500', name: 'Sumatra', category: 'beans', price: 21, tags: ['dark'] },
  { sku: 'DEC-250', name: 'Decaf “Nightcap”', category: 'beans', price: 13.75, tags: ['decaf', 'medium'] },
  { sku: 'GRD-001', name: 'Hand grinder', category: 'gear', price: 89, tags: [] },
  { sku: 'FLT-100', name: 'Filter papers, 100', category: 'gear', price: 5.2, tags: ['refill'] },
  { sku: 'MUG-002', name: 'Mug, 300 ml ☕', category: 'gift', price: 16, tags: ['gift', 'new'] },
];

export const SEARCHES = [
  'decaf',
  'grinder',
  'gift',
  'light roast',
  'ethiopia',
  '50% off',
  'filter "size 4"',
  'кофе',
] as const;

/** The line and paragraph separators are legal inside JSON strings and end lines in some readers. */
export const REVIEWS = [
  'Lovely, will order again.',
  'Great beans,\u2028even better service.',
  'Arrived late.\u2029Tastes fine.',
  'Too dark for me 🙁',
  'Line one\nline two\ttabbed "quoted" \\ backslash',
  'おいしい',
] as const;

export const TOPICS = ['delivery', 'billing', 'taste', 'account'] as const;
export const COUPONS = ['WELCOME10', 'FRIEND', 'FREESHIP', null, null, null] as const;
export const CAMPAIGNS = ['Weekly roast', 'We miss you', 'Black Friday'] as const;
