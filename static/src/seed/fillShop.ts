import { LOGO_FILE, RECEIPT_TEMPLATE_FILE, shopDb } from '../db/shopDatabase';
import { DEFAULT_RECEIPT_TEMPLATE } from '../domain/receipt';
import { DEFAULT_SHOP, type ShopConfig } from '../domain/shopConfig';
import { languageState, preferencesState, printerState } from '../state/preferences';
import { shiftState } from '../state/session';
import { HISTORY_END } from './calendar';
import { drawPicture } from './picture';
import type { Rgb } from './png';

const LOGO_SIZE = 96;
const SAIL_WHITE: Rgb = [250, 250, 244];
const HARBOUR_GREEN: Rgb = [16, 104, 90];
const SIGNAL_YELLOW: Rgb = [255, 210, 63];

const DEMO_SHOP: ShopConfig = {
  ...DEFAULT_SHOP,
  name: 'Harbour Lane Provisions',
  address: ['4 Harbour Lane', 'Kinsale, Co. Cork', 'P17 XD82'],
  vatNumber: 'VAT IE 6388047V',
  receipt: { greeting: 'Go raibh maith agat! Thank you.', footer: 'Goods can be returned within 14 days with this receipt.' },
};

const SHIFT_STARTED = HISTORY_END + 8 * 3_600_000;

/** What the demo shop keeps outside the till's database: config, files, preferences and the shift. */
export async function fillShop(): Promise<void> {
  const paints = { ground: HARBOUR_GREEN, body: SIGNAL_YELLOW, shade: HARBOUR_GREEN, label: SAIL_WHITE, ink: SAIL_WHITE };
  const logo = new Blob([drawPicture('boat', LOGO_SIZE, paints)], { type: 'image/png' });
  const template = new Blob([DEFAULT_RECEIPT_TEMPLATE], { type: 'text/plain;charset=utf-8' });
  await shopDb.replace(DEMO_SHOP, { [LOGO_FILE]: logo, [RECEIPT_TEMPLATE_FILE]: template });
  languageState.set('en-IE');
  preferencesState.set({ tileSize: 'comfortable', showPictures: true, openReceipt: false });
  printerState.set({ name: 'Star TSP143, counter', paperMm: 80, copies: 1 });
  shiftState.set({ id: 'R1-2026-11-23', cashier: 'Maeve', float: 15_000, openedAt: SHIFT_STARTED });
}
