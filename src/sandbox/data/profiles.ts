import { DAY_MS } from '../../time/durations.js';
import { addPeriods } from '../../time/period.js';
import { formatUtc } from '../../time/utc.js';
import type { JsonObject, Write } from '../records/write.js';
import { type Customer, getEmail, getPlanAt } from './dataset/customers.js';
import type { Dataset } from './dataset/dataset.js';
import { COMPANY_GROUP } from './dataset/projects.js';
import { hashFraction, hashIntegers } from './dataset/random.js';
import { applyUpdate } from './profile-updates.js';

/** A user or group with its properties. */
export interface Profile {
  id: string;
  properties: JsonObject;
}

/** The profiles of one project. */
export interface Profiles {
  /** In a fixed order: those made up first, then those written. */
  users(): Iterable<Profile>;
  user(id: string): Profile | undefined;
  /** The group profiles of that data group, `undefined` when there is no such group. */
  groups(dataGroupId: string): Iterable<Profile> | undefined;
  update(write: Extract<Write, { kind: 'profile' | 'group' }>): void;
}

/** Created on first use, as the profiles are at that moment. */
export function createProfiles(dataset: Dataset, now: () => number): Profiles {
  let generated: Map<string, Profile> | undefined;
  const groups = new Map<string, { id: string; profiles: Map<string, Profile> }>();

  function users(): Map<string, Profile> {
    if (!generated) {
      const at = now();
      generated = new Map();
      for (const customer of dataset.customers) {
        if (!customer.hasProfile || customer.signupAt > at) continue;
        generated.set(customer.id, { id: customer.id, properties: createProfile(customer, at) });
      }
    }
    return generated;
  }

  function getGroup(key: string) {
    let existing = groups.get(key);
    if (!existing) {
      const id = key === COMPANY_GROUP.key ? COMPANY_GROUP.id : `${hashIntegers(...Buffer.from(key))}`;
      existing = { id, profiles: key === COMPANY_GROUP.key ? createCompanies(dataset) : new Map() };
      groups.set(key, existing);
    }
    return existing;
  }
  if (dataset.kind === 'shop') getGroup(COMPANY_GROUP.key);

  return {
    users: () => users().values(),
    user: (id) => users().get(id),
    groups: (dataGroupId) => [...groups.values()].find(({ id }) => id === dataGroupId)?.profiles.values(),
    update({ kind, update, at }) {
      const profiles = kind === 'profile' ? users() : getGroup(String(update.$group_key)).profiles;
      const id = String(kind === 'profile' ? update.$distinct_id : update.$group_id);
      const properties = applyUpdate(profiles.get(id)?.properties, update);
      if (!properties) {
        profiles.delete(id);
        return;
      }
      // Any update of a profile moves its last sign of life, unless it asks not to.
      const lastSeenUpdate: JsonObject =
        kind === 'profile' && !isTrueText(update.$ignore_time) ? { $last_seen: formatDateTime(at) } : {};
      profiles.set(id, { id, properties: { ...properties, ...lastSeenUpdate } });
    },
  };
}

function isTrueText(value: unknown): boolean {
  return String(value) === 'true';
}

/** As profiles have it, without a zone: `2026-11-24T21:55:43`. */
function formatDateTime(at: number): string {
  return formatUtc(at, "yyyy-MM-dd'T'HH:mm:ss");
}

function createProfile(customer: Customer, now: number): JsonObject {
  const { seed, signupAt } = customer;
  const lastSeen = signupAt + (now - signupAt) * (1 - hashFraction(seed, 1) ** 3);
  const birthday = addPeriods(
    'month',
    '1950-01-01',
    12 * Math.floor(hashFraction(seed, 2) * 55) + Math.floor(hashFraction(seed, 3) * 12),
  );
  const properties: JsonObject = {
    $email: getEmail(customer),
    $name: `${customer.firstName} ${customer.lastName}`,
    $first_name: customer.firstName,
    $last_name: customer.lastName,
    $created: formatDateTime(signupAt),
    $last_seen: formatDateTime(lastSeen),
    $city: customer.city,
    $region: customer.region,
    $country_code: customer.country,
    plan: getPlanAt(customer, now),
    country: customer.country,
    company: customer.company,
    orders: Math.floor(hashFraction(seed, 4) ** 2 * 30),
    credit: Math.round(hashFraction(seed, 5) * 5000) / 100,
    newsletter: hashFraction(seed, 6) < 0.6,
    referrer: customer.referrer,
    tags: hashFraction(seed, 7) < 0.2 ? ['vip', 'early bird'] : [],
    preferences: { roast: hashFraction(seed, 8) < 0.5 ? 'light' : 'dark', grind: { size: 4 } },
    birthday,
  };
  // Some have no birthday; some were imported with a name that is dangerous to copy carelessly.
  if (hashFraction(seed, 9) < 0.3) delete properties.birthday;
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

function createCompanies({ customers, period }: Dataset): Map<string, Profile> {
  const companies = new Map<string, Profile>();
  for (const { company, seed, country } of customers) {
    const existing = companies.get(company);
    if (existing) existing.properties.employees = Number(existing.properties.employees) + 1;
    else {
      companies.set(company, {
        id: company,
        properties: {
          $name: `Company ${company.slice('company-'.length)}`,
          employees: 1,
          country,
          contract: hashFraction(seed, 11) < 0.5 ? 'yearly' : null,
          $created: formatDateTime(period.startsAt - Math.floor(hashFraction(seed, 12) * 300) * DAY_MS),
        },
      });
    }
  }
  return companies;
}
