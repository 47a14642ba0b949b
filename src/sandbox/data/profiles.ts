import type { JsonObject, Write } from '../records/write.js';
import { DAY_MS } from '../time/zone.js';
import { type Customer, emailOf, planAt } from './dataset/customers.js';
import type { Endowment } from './dataset/dataset.js';
import { COMPANIES } from './dataset/projects.js';
import { fraction, mix } from './dataset/random.js';
import { applyUpdate } from './profile-updates.js';

/** A user or group with its properties. */
export interface Profile {
  id: string;
  properties: JsonObject;
}

/** The profiles of one project. */
export interface People {
  /** In a fixed order: those made up first, then those written. */
  users(): Iterable<Profile>;
  user(id: string): Profile | undefined;
  /** The group profiles of that data group, `undefined` when there is no such group. */
  groups(dataGroupId: string): Iterable<Profile> | undefined;
  update(write: Extract<Write, { kind: 'profile' | 'group' }>): void;
}

/** Made when first asked for, as they are at that moment. */
export function createPeople(endowment: Endowment, now: () => number): People {
  let made: Map<string, Profile> | undefined;
  const groups = new Map<string, { id: string; profiles: Map<string, Profile> }>();

  function users(): Map<string, Profile> {
    if (!made) {
      const at = now();
      made = new Map();
      for (const customer of endowment.customers) {
        if (!customer.hasProfile || customer.signupAt > at) continue;
        made.set(customer.id, { id: customer.id, properties: createProfile(customer, at) });
      }
    }
    return made;
  }

  function groupsOf(key: string) {
    let known = groups.get(key);
    if (!known) {
      const id = key === COMPANIES.key ? COMPANIES.id : `${mix(...Buffer.from(key))}`;
      known = { id, profiles: key === COMPANIES.key ? createCompanies(endowment) : new Map() };
      groups.set(key, known);
    }
    return known;
  }
  if (endowment.kind === 'shop') groupsOf(COMPANIES.key);

  return {
    users: () => users().values(),
    user: (id) => users().get(id),
    groups: (dataGroupId) => [...groups.values()].find(({ id }) => id === dataGroupId)?.profiles.values(),
    update({ kind, update, at }) {
      const profiles = kind === 'profile' ? users() : groupsOf(String(update.$group_key)).profiles;
      const id = String(kind === 'profile' ? update.$distinct_id : update.$group_id);
      const properties = applyUpdate(profiles.get(id)?.properties, update);
      if (!properties) {
        profiles.delete(id);
        return;
      }
      // Any update of a profile moves its last sign of life, unless it asks not to.
      const seen: JsonObject =
        kind === 'profile' && !isTrue(update.$ignore_time) ? { $last_seen: secondsText(at) } : {};
      profiles.set(id, { id, properties: { ...properties, ...seen } });
    },
  };
}

function isTrue(value: unknown): boolean {
  return String(value) === 'true';
}

/** As profiles have it, without a zone: `2026-11-24T21:55:43`. */
function secondsText(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}

function createProfile(customer: Customer, now: number): JsonObject {
  const { seed, signupAt } = customer;
  const lastSeen = signupAt + (now - signupAt) * (1 - fraction(seed, 1) ** 3);
  const birthday = new Date(0).setUTCFullYear(
    1950 + Math.floor(fraction(seed, 2) * 55),
    Math.floor(fraction(seed, 3) * 12),
  );
  const properties: JsonObject = {
    $email: emailOf(customer),
    $name: `${customer.firstName} ${customer.lastName}`,
    $first_name: customer.firstName,
    $last_name: customer.lastName,
    $created: secondsText(signupAt),
    $last_seen: secondsText(lastSeen),
    $city: customer.city,
    $region: customer.region,
    $country_code: customer.country,
    plan: planAt(customer, now),
    country: customer.country,
    company: customer.company,
    orders: Math.floor(fraction(seed, 4) ** 2 * 30),
    credit: Math.round(fraction(seed, 5) * 5000) / 100,
    newsletter: fraction(seed, 6) < 0.6,
    referrer: customer.referrer,
    tags: fraction(seed, 7) < 0.2 ? ['vip', 'early bird'] : [],
    preferences: { roast: fraction(seed, 8) < 0.5 ? 'light' : 'dark', grind: { size: 4 } },
    birthday: new Date(birthday).toISOString().slice(0, 10),
  };
  // Some never told their birthday; some were imported with a name that is dangerous to copy carelessly.
  if (fraction(seed, 9) < 0.3) delete properties.birthday;
  if (customer.index % 50 === 0) {
    Object.defineProperty(properties, '__proto__', {
      value: 'old system',
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return properties;
}

function createCompanies({ customers, period }: Endowment): Map<string, Profile> {
  const companies = new Map<string, Profile>();
  for (const { company, seed, country } of customers) {
    const known = companies.get(company);
    if (known) known.properties.employees = Number(known.properties.employees) + 1;
    else {
      companies.set(company, {
        id: company,
        properties: {
          $name: `Company ${company.slice('company-'.length)}`,
          employees: 1,
          country,
          contract: fraction(seed, 11) < 0.5 ? 'yearly' : null,
          $created: secondsText(period.startsAt - Math.floor(fraction(seed, 12) * 300) * DAY_MS),
        },
      });
    }
  }
  return companies;
}
