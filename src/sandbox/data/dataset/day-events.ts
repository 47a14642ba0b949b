import { toUtcDay, weekdayOf } from '../../../time/day.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../time/durations.js';
import { LargeInteger } from '../../records/large-integer.js';
import type { Json, JsonObject, StoredEvent } from '../../records/write.js';
import { type Customer, getEmail, getPlanAt, isPhone } from './customers.js';
import type { Dataset } from './dataset.js';
import { createRandom, hashIntegers, type Random } from './random.js';
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

/** By day of the week, Sunday first. */
const WEEKDAY_FACTORS = [0.78, 1.16, 1.12, 1.06, 1.04, 0.98, 0.66];
/** Paying customers come more often. */
const PLAN_FACTORS = { Free: 0.7, Basic: 1.5, Premium: 1.9 };
const DUPLICATE_SHARE = 0.004;
/** 2^53 and a bit: odd numbers from here on cannot be held by a double. */
const FIRST_ORDER_ID = 9_007_199_254_740_993n;

/** Returns the shop's events of one day in UTC, in order of time. The same data set and day give the same events. */
export function createDayEvents(dataset: Dataset, day: number): StoredEvent[] {
  const { customers, period, incidentDay, visitsPerCustomer } = dataset;
  const startsAt = period.startsAt + day * DAY_MS;
  const weekday = WEEKDAY_FACTORS[weekdayOf(startsAt)] ?? 1;
  const events: StoredEvent[] = [];
  for (const customer of customers) {
    if (customer.signupAt >= startsAt + DAY_MS) continue;
    const random = createRandom(hashIntegers(customer.seed, day));
    const writer = new EventWriter(events, customer, random, dataset.kind === 'shop');
    writeLifecycleEvents(writer, customer, startsAt, day === incidentDay);
    const expected =
      visitsPerCustomer * weekday * customer.visitRate * PLAN_FACTORS[getPlanAt(customer, startsAt)];
    const visits = Math.floor(expected) + (random.chance(expected % 1) ? 1 : 0);
    for (let visit = 0; visit < visits; visit += 1) {
      const at = startsAt + pickVisitTime(random, dataset.busiestHour);
      if (at > customer.signupAt) writeVisit(writer, at, day === incidentDay, dataset.kind);
    }
  }
  return events.sort((a, b) => getEventTime(a) - getEventTime(b));
}

/** Epoch milliseconds. */
export function getEventTime({ properties }: StoredEvent): number {
  return properties.time as number;
}

/** Adds up to a day with a morning, a noon and an evening; every visit ends within its day. */
function pickVisitTime(random: Random, busiestHour: number): number {
  const spread = (random.next() + random.next() - 1) * 11;
  return Math.floor((((busiestHour + spread + 24) % 24) / 24) * 23 * HOUR_MS);
}

/** The steps of becoming and remaining a customer that fall on this day. */
function writeLifecycleEvents(
  writer: EventWriter,
  customer: Customer,
  startsAt: number,
  isIncidentDay: boolean,
): void {
  const isToday = (at: number | undefined): at is number =>
    at !== undefined && at >= startsAt && at < startsAt + DAY_MS;
  const { signupAt, onboardedAt, trialAt, subscribedAt, upgradedAt, cancelledAt, firstPlan } = customer;
  if (isToday(signupAt)) {
    writer.write(signupAt, 'Signup', {
      method: customer.index % 3 === 0 ? 'google' : 'email',
      referrer: customer.referrer,
      // The names an old version of the app used.
      PlanType: firstPlan,
      Country: customer.country,
    });
  }
  if (isToday(onboardedAt)) writer.write(onboardedAt, 'Onboarding Completed', { steps: 4, skipped: [] });
  if (isToday(trialAt)) writer.write(trialAt, 'Trial Started', { trial_days: 14, PlanType: firstPlan });
  if (isToday(subscribedAt)) {
    writer.write(subscribedAt, 'Subscription Started', {
      price: firstPlan === 'Premium' ? 29 : 15,
      renews_on: toUtcDay(subscribedAt + 30 * DAY_MS),
    });
  }
  if (isToday(upgradedAt))
    writer.write(upgradedAt, 'Subscription Upgraded', { from: 'Basic', to: 'Premium' });
  if (isToday(cancelledAt)) {
    writer.write(cancelledAt, 'Subscription Cancelled', {
      reason: customer.index % 4 === 0 ? null : 'too much coffee',
      after_incident: isIncidentDay,
    });
  }
}

function writeVisit(
  writer: EventWriter,
  startsAt: number,
  isIncidentDay: boolean,
  kind: Dataset['kind'],
): void {
  const { random, customer } = writer;
  let at = startsAt;
  // Not longer than half an hour in all, so that a visit stays within its day.
  const next = () => (at += 1000 + random.integer(90_000));

  if (random.chance(0.12)) {
    writer.write(at, 'Email Opened', { campaign: random.pick(CAMPAIGNS), $email: getEmail(customer) });
  }
  if (isPhone(customer.os)) writer.write(next(), 'App Opened', { from_push: random.chance(0.2) });
  for (let page = random.integer(3); page >= 0; page -= 1) {
    writer.write(next(), 'Page View', { path: random.pick(PAGES), seconds: random.integer(180) });
  }
  if (kind === 'website') {
    if (random.chance(0.2))
      writer.write(next(), 'Case Study Viewed', { path: '/case-studies/roast-and-post' });
    if (random.chance(0.05)) writer.write(next(), 'Contact Form Sent', { topic: random.pick(TOPICS) });
    return;
  }

  if (random.chance(0.3)) {
    const query = random.pick(SEARCHES);
    writer.write(next(), 'Product Searched', { query, results: random.integer(8) });
  }
  for (let view = random.integer(4); view > 0; view -= 1) {
    writer.write(next(), 'Product Viewed', toProductProperties(random.pick(PRODUCTS)));
  }
  if (random.chance(0.04)) writeSupportTicket(writer, next());
  if (random.chance(0.02))
    writer.write(next(), 'Referral Sent', { channel: 'email', friends: 1 + random.integer(4) });
  if (random.chance(0.03)) {
    writer.write(next(), 'Review Written', { text: random.pick(REVIEWS), stars: 1 + random.integer(5) });
  }
  if (random.chance(0.42)) writeOrder(writer, next, isIncidentDay);
}

/** From the cart to the money, each step losing some. */
function writeOrder(writer: EventWriter, next: () => number, isIncidentDay: boolean): void {
  const { random, customer } = writer;
  const items = Array.from({ length: 1 + random.integer(3) }, () => ({
    product: random.pick(PRODUCTS),
    quantity: 1 + random.integer(2),
  }));
  for (const { product, quantity } of items) {
    writer.write(next(), 'Added To Cart', { sku: product.sku, price: product.price, quantity });
  }
  if (!random.chance(0.62)) return;
  const amount =
    Math.round(items.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0) * 100) / 100;
  writer.write(next(), 'Checkout Started', { amount, items: items.length });
  const coupon = random.pick(COUPONS);
  if (coupon !== null) writer.write(next(), 'Coupon Applied', { coupon, percent: 10 });
  if (!random.chance(0.8)) return;

  // The payment provider was down for a day: customers tried again and wrote to support.
  for (let attempt = 1; isIncidentDay ? attempt <= 4 : random.chance(0.06); attempt += 1) {
    writer.write(next(), 'Payment Failed', {
      amount,
      attempt,
      code: isIncidentDay ? 'provider_down' : 'card_declined',
    });
  }
  if (isIncidentDay && random.chance(0.95)) {
    if (random.chance(0.5)) writeSupportTicket(writer, next());
    return;
  }
  const at = next();
  writer.write(at, 'Purchase', {
    amount,
    currency: customer.country === 'US' ? 'USD' : 'EUR',
    quantity: items.reduce((sum, { quantity }) => sum + quantity, 0),
    items: items.map(({ product, quantity }) => ({ sku: product.sku, price: product.price, quantity })),
    coupon,
    gift: random.chance(0.1),
    order_id: new LargeInteger(String(FIRST_ORDER_ID + 2n * BigInt(random.integer(1_000_000_000)))),
    delivery_date: toUtcDay(at + 3 * DAY_MS),
    address: { city: customer.city, geo: { lat: 37.77, lon: -122.42 } },
    PlanType: getPlanAt(customer, at),
    Country: customer.country,
  });
}

/** Property names that trip over what a language or a table already means by them. */
function writeSupportTicket(writer: EventWriter, at: number): void {
  const { random, customer } = writer;
  const properties: JsonObject = {
    event: 'contact form',
    topic: random.pick(TOPICS),
    $email: getEmail(customer),
    constructor: 'widget v2',
    '42': 'the answer',
    'waiting time (min)': random.integer(90),
  };
  // A literal would set the prototype.
  Object.defineProperty(properties, '__proto__', PROTO_PROPERTY);
  writer.write(at, 'Support Ticket Opened', properties);
}

const PROTO_PROPERTY = { value: 'legacy import', enumerable: true, configurable: true, writable: true };

function toProductProperties({ sku, name, category, price, tags }: Product): JsonObject {
  return { product: { sku, name, category }, price, tags: [...tags] };
}

/** Writes down what one customer does. */
class EventWriter {
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

  write(at: number, event: string, ownProperties: JsonObject): void {
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
    if (this.#withPlan) properties.plan = getPlanAt(customer, at);
    for (const name in ownProperties) {
      // Assigned, this one would set the prototype.
      if (name === '__proto__')
        Object.defineProperty(properties, name, { ...PROTO_PROPERTY, value: ownProperties[name] });
      else properties[name] = ownProperties[name]!;
    }
    this.#events.push({ event, properties });
    if (random.chance(DUPLICATE_SHARE)) {
      const duplicateProcessedAt = Number(properties.mp_processing_time_ms) + 2000 + random.integer(HOUR_MS);
      this.#events.push({
        event,
        properties: { ...properties, mp_processing_time_ms: duplicateProcessedAt },
      });
    }
  }
}
