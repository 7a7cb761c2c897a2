import type { SettingKey, SettingValue } from '../db/types';
import { DAY_MS, HISTORY_DAYS, HISTORY_END, HISTORY_START } from './calendar';
import { CASHIERS } from './people';
import { Random } from './random';

export type Setting = readonly [SettingKey, SettingValue];

/** What every till keeps, each value in the type that suits it. */
function fixedSettings(random: Random): Setting[] {
  const day = { open: '08:00', close: '19:00' };
  return [
    ['shop.openingHours', new Map([...['mon', 'tue', 'wed', 'thu', 'fri', 'sat'].map((name) => [name, day] as const), ['sun', { open: '10:00', close: '17:00' }]])],
    ['shop.closedOn', new Set(['2026-12-25', '2026-12-26', '2027-01-01', '2027-02-01'])],
    ['shop.openedOn', new Date(HISTORY_START)],
    ['fiscal.grandTotal', 0n],
    ['fiscal.lastClosing', new Date(HISTORY_END - 5 * 3_600_000)],
    ['fiscal.deviceSerial', 'IE-77-0001942-B'],
    ['display.greeting', 'Good morning!'],
    ['display.brightness', 0.75],
    ['drawer.pulse', Uint16Array.of(50, 500)],
    ['printer.codepage', Uint8Array.from({ length: 128 }, (_, i) => 128 + ((i * 37) % 128))],
    ['printer.resetSequence', Uint8Array.of(0x1b, 0x40, 0x1b, 0x74, 0x10).buffer],
    ['scale.calibration', Float64Array.of(0.0, 0.99987, 1.00012, 4.99931, 9.99874)],
    ['scale.tare', new Map([['bag', 4], ['tub', 18], ['basket', 212]])],
    ['loyalty.rules', { pointsPerEuro: 1, redeemAt: 500, worthCents: 500, doubleOn: ['tue'], expiresAfterDays: undefined }],
    ['scanner.ignoredPrefixes', new Set(['977', '978', '979'])],
    ['cashiers', CASHIERS.map((name, i) => ({ name, pinHash: random.hex(64), role: i === 0 ? 'manager' : 'cashier', since: new Date(HISTORY_START + i * 40 * DAY_MS) }))],
    [['terminal', 1], { host: '192.168.10.21', port: 7784, key: Uint8Array.from({ length: 32 }, () => random.int(0, 255)), limitCents: 500_00n }],
    [['terminal', 2], { host: '192.168.10.22', port: 7784, key: Uint8Array.from({ length: 32 }, () => random.int(0, 255)), limitCents: 250_00n }],
  ];
}

/** The settings, then one day's customers per hour after the other until there are `count`. */
export function* makeSettings(count: number, seed: number, grandTotal: bigint): Generator<Setting> {
  const random = new Random(seed, 'settings');
  const fixed = fixedSettings(random);
  for (const [key, value] of fixed) yield [key, key === 'fiscal.grandTotal' ? grandTotal : value];
  const days = Math.min(count - fixed.length, HISTORY_DAYS);
  for (let i = 0; i < days; i++) {
    const date = new Date(HISTORY_END - (i + 1) * DAY_MS).toISOString().slice(0, 10);
    yield [['footfall', date], Uint32Array.from({ length: 24 }, (_, hour) => (hour < 8 || hour > 18 ? 0 : random.int(2, 34)))];
  }
}
