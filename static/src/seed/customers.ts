import type { Customer } from '../db/types';
import { fold, wordsOf } from '../domain/words';
import { DAY_MS, HISTORY_END, HISTORY_START, tradingTime } from './calendar';
import { CUSTOMER_NOTES, FIRST_NAMES, LAST_NAMES, STREETS, TOWNS } from './people';
import { Random } from './random';

const EIRCODE_LETTERS = 'ACDEFHKNPRTVWXY';
const OLDEST_BIRTHDAY = Date.UTC(1938, 0, 1);
const YOUNGEST_AGE_MS = 16 * 365.25 * DAY_MS;

function eircode(routingKey: string, random: Random): string {
  const letter = (): string => EIRCODE_LETTERS[random.int(0, EIRCODE_LETTERS.length - 1)] ?? 'A';
  return `${routingKey} ${letter()}${random.int(0, 9)}${letter()}${random.int(0, 9)}`;
}

function makeCustomer(serial: number, random: Random): Customer {
  const first = random.pick(FIRST_NAMES);
  const last = random.pick(LAST_NAMES);
  const name = `${first} ${last}`;
  const place = random.pick(TOWNS);
  const since = tradingTime(random.unit());
  const mailbox = `${fold(first)}.${fold(last)}${serial}`.replace(/[^a-z0-9.]/g, '');
  const birthday = Math.floor(OLDEST_BIRTHDAY + random.unit() * (HISTORY_START - YOUNGEST_AGE_MS - OLDEST_BIRTHDAY));
  const flat = random.chance(0.18);
  return {
    id: random.uuid(),
    name,
    words: wordsOf(name),
    email: `${mailbox}@${random.pick(['example.ie', 'example.com', 'mail.example', 'post.example'])}`,
    phone: `+353 ${random.pick(['83', '85', '86', '87', '89'])} ${random.digits(3)} ${random.digits(4)}`,
    birthday: random.chance(0.7) ? new Date(birthday - (birthday % DAY_MS)) : undefined,
    since: new Date(since),
    points: random.chance(0.8) ? random.int(0, 4_800) : 0,
    address: {
      line1: `${random.int(1, 140)} ${random.pick(STREETS)}`,
      ...(flat ? { line2: `Apartment ${random.int(1, 48)}` } : {}),
      town: place.town,
      county: place.county,
      postcode: eircode(place.postcode, random),
      country: 'IE',
    },
    consent: {
      email: random.chance(0.62),
      phone: random.chance(0.3),
      recordedAt: new Date(Math.min(since + random.int(0, 90) * DAY_MS, HISTORY_END)),
      channel: random.pick(['till', 'web shop', 'loyalty card', 'telephone']),
    },
    note: random.chance(0.08) ? random.pick(CUSTOMER_NOTES) : null,
  };
}

export function* makeCustomers(count: number, seed: number): Generator<Customer> {
  const random = new Random(seed, 'customers');
  for (let serial = 1; serial <= count; serial++) yield makeCustomer(serial, random);
}
