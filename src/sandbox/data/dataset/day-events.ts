import { LargeInteger } from '../../records/large-integer.js';
import type { Json, JsonObject, StoredEvent } from '../../records/write.js';
import { DAY_MS, dateText } from '../../time/zone.js';
import { type Customer, emailOf, isPhone, planAt } from './customers.js';
import type { Endowment } from './dataset.js';
import { createRandom, mix, type Random } from './random.js';
import {
  CAMPAIGNS,
  COUPONS,
  PAGES,
  PRODUCTS,
  type Product,
  REVIEWS,
  SEARCHES,
  TOPICS,
} from './sample-values.js';

const HOUR_MS = DAY_MS / 24;
const MINUTE_MS = HOUR_MS / 60;
/** By day of the week, Sunday first. */
const WEEKDAYS = [0.78, 1.16, 1.12, 1.06, 1.04, 0.98, 0.66];
/** Paying customers come more often. */
const VISITS_BY_PLAN = { Free: 0.7, Basic: 1.5, Premium: 1.9 };
const DUPLICATES = 0.004;
/** 2^53 and a bit: odd numbers from here on cannot be held by a double. */
const FIRST_ORDER = 9_007_199_254_740_993n;

/** What happened in the shop on one day of UTC, in order of time. The same for the same endowment and day. */
export function createDay(endowment: Endowment, day: number): StoredEvent[] {
  const { customers, period, incidentDay, visitsPerCustomer } = endowment;
  const startsAt = period.startsAt + day * DAY_MS;
  const weekday = WEEKDAYS[new Date(startsAt).getUTCDay()] ?? 1;
  const events: StoredEvent[] = [];
  for (const customer of customers) {
    if (customer.signupAt >= startsAt + DAY_MS) continue;
    const random = createRandom(mix(customer.seed, day));
    const teller = new Teller(events, customer, random, endowment.kind === 'shop');
    tellSteps(teller, customer, startsAt, day === incidentDay);
    const expected = visitsPerCustomer * weekday * customer.zeal * VISITS_BY_PLAN[planAt(customer, startsAt)];
    const visits = Math.floor(expected) + (random.chance(expected % 1) ? 1 : 0);
    for (let visit = 0; visit < visits; visit += 1) {
      const at = startsAt + visitTime(random, endowment.busiestHour);
      if (at > customer.signupAt) tellVisit(teller, at, day === incidentDay, endowment.kind);
    }
  }
  return events.sort((one, other) => timeOf(one) - timeOf(other));
}

/** Epoch milliseconds. */
export function timeOf({ properties }: StoredEvent): number {
  return properties.time as number;
}

/** Adds up to a day with a morning, a noon and an evening; every visit ends within its day. */
function visitTime(random: Random, busiestHour: number): number {
  const spread = (random.next() + random.next() - 1) * 11;
  return Math.floor((((busiestHour + spread + 24) % 24) / 24) * 23 * HOUR_MS);
}

/** The steps of becoming and remaining a customer that fall on this day. */
function tellSteps(teller: Teller, customer: Customer, startsAt: number, incident: boolean): void {
  const today = (at: number | undefined): at is number =>
    at !== undefined && at >= startsAt && at < startsAt + DAY_MS;
  const { signupAt, onboardedAt, trialAt, subscribedAt, upgradedAt, cancelledAt, firstPlan } = customer;
  if (today(signupAt)) {
    teller.tell(signupAt, 'Signup', {
      method: customer.index % 3 === 0 ? 'google' : 'email',
      referrer: customer.referrer,
      // The names an old version of the app used.
      PlanType: firstPlan,
      Country: customer.country,
    });
  }
  if (today(onboardedAt)) teller.tell(onboardedAt, 'Onboarding Completed', { steps: 4, skipped: [] });
  if (today(trialAt)) teller.tell(trialAt, 'Trial Started', { trial_days: 14, PlanType: firstPlan });
  if (today(subscribedAt)) {
    teller.tell(subscribedAt, 'Subscription Started', {
      price: firstPlan === 'Premium' ? 29 : 15,
      renews_on: dateText(subscribedAt + 30 * DAY_MS),
    });
  }
  if (today(upgradedAt)) teller.tell(upgradedAt, 'Subscription Upgraded', { from: 'Basic', to: 'Premium' });
  if (today(cancelledAt)) {
    teller.tell(cancelledAt, 'Subscription Cancelled', {
      reason: customer.index % 4 === 0 ? null : 'too much coffee',
      after_incident: incident,
    });
  }
}

function tellVisit(teller: Teller, startsAt: number, incident: boolean, kind: Endowment['kind']): void {
  const { random, customer } = teller;
  let at = startsAt;
  // Not longer than half an hour in all, so that a visit stays within its day.
  const next = () => (at += 1000 + random.integer(90_000));

  if (random.chance(0.12)) {
    teller.tell(at, 'Email Opened', { campaign: random.pick(CAMPAIGNS), $email: emailOf(customer) });
  }
  if (isPhone(customer.os)) teller.tell(next(), 'App Opened', { from_push: random.chance(0.2) });
  for (let page = random.integer(3); page >= 0; page -= 1) {
    teller.tell(next(), 'Page View', { path: random.pick(PAGES), seconds: random.integer(180) });
  }
  if (kind === 'website') {
    if (random.chance(0.2))
      teller.tell(next(), 'Case Study Viewed', { path: '/case-studies/roast-and-post' });
    if (random.chance(0.05)) teller.tell(next(), 'Contact Form Sent', { topic: random.pick(TOPICS) });
    return;
  }

  if (random.chance(0.3)) {
    const query = random.pick(SEARCHES);
    teller.tell(next(), 'Product Searched', { query, results: random.integer(8) });
  }
  for (let view = random.integer(4); view > 0; view -= 1) {
    teller.tell(next(), 'Product Viewed', viewed(random.pick(PRODUCTS)));
  }
  if (random.chance(0.04)) tellTicket(teller, next());
  if (random.chance(0.02))
    teller.tell(next(), 'Referral Sent', { channel: 'email', friends: 1 + random.integer(4) });
  if (random.chance(0.03)) {
    teller.tell(next(), 'Review Written', { text: random.pick(REVIEWS), stars: 1 + random.integer(5) });
  }
  if (random.chance(0.42)) tellOrder(teller, next, incident);
}

/** From the cart to the money, each step losing some. */
function tellOrder(teller: Teller, next: () => number, incident: boolean): void {
  const { random, customer } = teller;
  const items = Array.from({ length: 1 + random.integer(3) }, () => ({
    product: random.pick(PRODUCTS),
    quantity: 1 + random.integer(2),
  }));
  for (const { product, quantity } of items) {
    teller.tell(next(), 'Added To Cart', { sku: product.sku, price: product.price, quantity });
  }
  if (!random.chance(0.62)) return;
  const amount =
    Math.round(items.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0) * 100) / 100;
  teller.tell(next(), 'Checkout Started', { amount, items: items.length });
  const coupon = random.pick(COUPONS);
  if (coupon !== null) teller.tell(next(), 'Coupon Applied', { coupon, percent: 10 });
  if (!random.chance(0.8)) return;

  // The payment provider was down for a day: whoever tried, tried again, and wrote to the support.
  for (let attempt = 1; incident ? attempt <= 4 : random.chance(0.06); attempt += 1) {
    teller.tell(next(), 'Payment Failed', {
      amount,
      attempt,
      code: incident ? 'provider_down' : 'card_declined',
    });
  }
  if (incident && random.chance(0.95)) {
    if (random.chance(0.5)) tellTicket(teller, next());
    return;
  }
  const at = next();
  teller.tell(at, 'Purchase', {
    amount,
    currency: customer.country === 'US' ? 'USD' : 'EUR',
    quantity: items.reduce((sum, { quantity }) => sum + quantity, 0),
    items: items.map(({ product, quantity }) => ({ sku: product.sku, price: product.price, quantity })),
    coupon,
    gift: random.chance(0.1),
    order_id: new LargeInteger(String(FIRST_ORDER + 2n * BigInt(random.integer(1_000_000_000)))),
    delivery_date: dateText(at + 3 * DAY_MS),
    address: { city: customer.city, geo: { lat: 37.77, lon: -122.42 } },
    PlanType: planAt(customer, at),
    Country: customer.country,
  });
}

/** Property names that trip over what a language or a table already means by them. */
function tellTicket(teller: Teller, at: number): void {
  const { random, customer } = teller;
  const properties: JsonObject = {
    event: 'contact form',
    topic: random.pick(TOPICS),
    $email: emailOf(customer),
    constructor: 'widget v2',
    '42': 'the answer',
    'waiting time (min)': random.integer(90),
  };
  // A literal would set the prototype.
  Object.defineProperty(properties, '__proto__', OWN_PROTO);
  teller.tell(at, 'Support Ticket Opened', properties);
}

const OWN_PROTO = { value: 'legacy import', enumerable: true, configurable: true, writable: true };

function viewed({ sku, name, category, price, tags }: Product): JsonObject {
  return { product: { sku, name, category }, price, tags: [...tags] };
}

/** Writes down what one customer does. */
class Teller {
  readonly customer: Customer;
  readonly random: Random;
  readonly #events: StoredEvent[];
  readonly #withPlan: boolean;

  constructor(events: StoredEvent[], customer: Customer, random: Random, withPlan: boolean) {
    this.#events = events;
    this.customer = customer;
    this.random = random;
    this.#withPlan = withPlan;
  }

  tell(at: number, event: string, own: JsonObject): void {
    const { customer, random } = this;
    const properties: Record<string, Json> = {
      time: at,
      distinct_id: customer.id,
      $insert_id: random.hex(16),
      $user_id: customer.id,
      $os: customer.os,
      $browser: customer.browser,
      $city: customer.city,
      $region: customer.region,
      mp_country_code: customer.country,
      country: customer.country,
      mp_lib: isPhone(customer.os) ? 'swift' : 'web',
      mp_processing_time_ms: at + 300 + random.integer(4 * MINUTE_MS),
    };
    if (this.#withPlan) properties.plan = planAt(customer, at);
    for (const name in own) {
      // Assigned, this one would set the prototype.
      if (name === '__proto__') Object.defineProperty(properties, name, { ...OWN_PROTO, value: own[name] });
      else properties[name] = own[name]!;
    }
    this.#events.push({ event, properties });
    if (random.chance(DUPLICATES)) {
      const again = Number(properties.mp_processing_time_ms) + 2000 + random.integer(HOUR_MS);
      this.#events.push({ event, properties: { ...properties, mp_processing_time_ms: again } });
    }
  }
}
