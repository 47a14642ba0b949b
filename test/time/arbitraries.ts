import fc from 'fast-check';
import { addDays } from '../../src/time/day.js';

/** Days from 1990 to 2060. */
export const anyDay = fc.integer({ min: 0, max: 25_566 }).map((days) => addDays('1990-01-01', days));

/** Zones whose clocks change at midnight, by half an hour, not at all, or that skipped a day. */
export const ZONES = [
  'UTC',
  'US/Pacific',
  'America/Sao_Paulo',
  'America/Havana',
  'Atlantic/Azores',
  'Europe/Berlin',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Pacific/Niue',
] as const;

export const anyZone = fc.constantFrom(...ZONES);

/** Times from 2005 to 2040. */
export const anyTime = fc.integer({ min: Date.UTC(2005, 0, 1), max: Date.UTC(2040, 0, 1) });
