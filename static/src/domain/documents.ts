/** An order's number as receipts print it. */
export function orderNumber(serial: number): string {
  return `HL-${String(serial).padStart(6, '0')}`;
}

/** The serial within an order's number; 0 when it has none. */
export function orderSerial(number: string): number {
  return Number(/(\d+)$/.exec(number)?.[1] ?? 0);
}

/** How a stock move names the sale behind it. */
export function saleRef(number: string): string {
  return `sale:${number}`;
}
