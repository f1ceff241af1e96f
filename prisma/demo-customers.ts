// Ten thousand plausible customers, the same on every machine: names, places and habits drawn from a seeded sequence.

const FIRST = [
  'Eva',
  'Jana',
  'Petra',
  'Lucia',
  'Zuzana',
  'Martina',
  'Anna',
  'Marie',
  'Sofia',
  'Emma',
  'Clara',
  'Hannah',
  'Olivia',
  'Amélie',
  'Ingrid',
  'Peter',
  'Martin',
  'Tomáš',
  'Jakub',
  'Lukáš',
  'Marek',
  'Jan',
  'Pavel',
  'Felix',
  'Jonas',
  'Paul',
  'Oliver',
  'George',
  'Louis',
  'Émile',
];
const LAST = [
  'Nová',
  'Kováč',
  'Horváth',
  'Varga',
  'Tóth',
  'Svoboda',
  'Dvořák',
  'Procházka',
  'Krejčí',
  'Müller',
  'Schmidt',
  'Weber',
  'Fischer',
  'Wagner',
  'Smith',
  'Taylor',
  'Brown',
  'Wilson',
  "O'Neill",
  'Martin',
  'Bernard',
  'Dubois',
  'Moreau',
  'Lindqvist',
  'Kowalska',
];
const PLACES = [
  { country: 'SK', city: 'Bratislava', language: 'sk', dial: '+421 9' },
  { country: 'SK', city: 'Košice', language: 'sk', dial: '+421 9' },
  { country: 'CZ', city: 'Praha', language: 'cs', dial: '+420 7' },
  { country: 'CZ', city: 'Brno', language: 'cs', dial: '+420 6' },
  { country: 'DE', city: 'Berlin', language: 'de', dial: '+49 15' },
  { country: 'AT', city: 'Wien', language: 'de', dial: '+43 66' },
  { country: 'GB', city: 'London', language: 'en', dial: '+44 7' },
  { country: 'FR', city: 'Lyon', language: 'fr', dial: '+33 6' },
];
const CATEGORIES = ['shoes', 'outdoor', 'kitchen', 'books', 'toys', 'garden'];

export interface DemoCustomer {
  registered: string;
  cookie: string | null;
  properties: Record<string, unknown>;
  events: { type: string; daysAgo: number; properties: Record<string, unknown> }[];
}

/** Customers 1 to `count`, always the same for the same count. */
export function demoCustomers(count: number): DemoCustomer[] {
  const random = sequence(20_261_124);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    const first = index === 0 ? 'Eva' : pick(FIRST);
    const last = index === 0 ? 'Nová' : pick(LAST);
    const place = index === 0 ? PLACES[0]! : pick(PLACES);
    const orders = Math.max(0, between(-2, 4));
    const totals = Array.from({ length: orders }, () => between(900, 24_000) / 100);
    const tier = orders >= 4 ? 'gold' : orders >= 2 ? 'silver' : 'basic';
    return {
      registered: `cust-${String(number).padStart(5, '0')}`,
      cookie: random() < 0.6 ? `ck-${Math.floor(random() * 2 ** 48).toString(16)}` : null,
      properties: {
        first_name: first,
        last_name: last,
        email: `${plain(first)}.${plain(last)}.${number}@example.com`,
        phone: `${place.dial}${between(10, 99)} ${between(100, 999)} ${between(100, 999)}`,
        country: place.country,
        city: place.city,
        language: place.language,
        birth_date: `${between(1950, 2006)}-${two(between(1, 12))}-${two(between(1, 28))}`,
        loyalty_tier: tier,
        loyalty_points: orders * between(20, 120),
        total_spent: Math.round(totals.reduce((sum, total) => sum + total, 0) * 100) / 100,
        favourite_category: pick(CATEGORIES),
        consent_sms: random() < 0.8,
        // A few do not have one, as in life: templates must cope.
        ...(random() < 0.03 ? {} : { store: `${place.city} ${between(1, 4)}` }),
      },
      events: [
        {
          type: 'session_start',
          daysAgo: between(0, 60),
          properties: { device: pick(['mobile', 'desktop', 'tablet']), page: `/${pick(CATEGORIES)}` },
        },
        ...totals.map((total, order) => ({
          type: 'purchase',
          daysAgo: between(1, 360),
          properties: {
            order_id: `o-${number}-${order + 1}`,
            total,
            currency: 'EUR',
            category: pick(CATEGORIES),
            items: between(1, 5),
          },
        })),
      ],
    };
  });
}

const two = (value: number) => String(value).padStart(2, '0');

const plain = (name: string) =>
  name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();

/** A small seeded generator (mulberry32): the same numbers from 0 to 1 for the same seed. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
