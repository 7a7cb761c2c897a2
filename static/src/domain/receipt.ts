import type { Formats } from './format';
import { FULL_PERCENT } from './money';
import { changeDue, type Sale } from './sale';
import type { ShopConfig } from './shopConfig';

export const DEFAULT_RECEIPT_TEMPLATE = `{{shop}}
{{address}}
{{vatNumber}}

{{number}}  {{time}}
Served by {{cashier}}
{{customer}}
--------------------------------
{{lines}}
--------------------------------
{{totals}}

{{greeting}}
{{footer}}
`;

const COLUMNS = { 58: 32, 80: 42 } as const;

/** A name on the left and an amount on the right; a long name wraps. */
function columns(left: string, right: string, width: number): string {
  const room = width - right.length - 1;
  const rows: string[] = [];
  let rest = left;
  while (rest.length > room) {
    const space = rest.lastIndexOf(' ', room);
    const cut = space > 0 ? space : room;
    rows.push(rest.slice(0, cut));
    rest = rest.slice(cut).trimStart();
  }
  rows.push(`${rest.padEnd(room)} ${right}`);
  return rows.join('\n');
}

/** A sale by the shop's template: `{{name}}` is replaced, and a line left empty by it goes. */
export function renderReceipt(template: string, sale: Sale, number: string, shop: ShopConfig, formats: Formats, paperMm: 58 | 80): string {
  const width = COLUMNS[paperMm];
  const lines = sale.lines.map((line) => {
    const detail = `  ${line.qty} × ${formats.money(line.price)}${line.discount > 0 ? ` − ${formats.money(line.discount)}` : ''}`;
    return `${columns(line.name, formats.money(line.total), width)}${line.qty > 1 || line.discount > 0 ? `\n${detail}` : ''}`;
  });
  const { totals, tender } = sale;
  const sums = [
    columns('TOTAL', formats.money(totals.due), width),
    ...totals.byRate.map((rate) => columns(`VAT ${formats.percent(rate.basisPoints / FULL_PERCENT)} in ${formats.money(rate.net + rate.tax)}`, formats.money(rate.tax), width)),
    columns(tender.method === 'cash' ? 'Cash' : 'Card', formats.money(tender.tendered), width),
    ...(tender.method === 'cash' ? [columns('Change', formats.money(changeDue(sale)), width)] : []),
  ];
  const values: Record<string, string> = {
    shop: shop.name,
    address: shop.address.join('\n'),
    vatNumber: shop.vatNumber,
    number,
    time: formats.dateTime(sale.at),
    cashier: sale.cashier,
    customer: sale.customer ? `Customer: ${sale.customer.name}` : '',
    lines: lines.join('\n'),
    totals: sums.join('\n'),
    greeting: shop.receipt.greeting,
    footer: shop.receipt.footer,
  };
  return template
    .split('\n')
    .flatMap((row) => {
      const filled = row.replace(/\{\{(\w+)\}\}/g, (_whole, name: string) => values[name] ?? '');
      return filled.trim() === '' && row.trim() !== '' ? [] : [/^-+$/.test(filled) ? '-'.repeat(width) : filled];
    })
    .join('\n');
}
