import { Dexie, type EntityTable, type Table } from 'dexie';
import type { Action, Customer, Order, Payment, Product, SettingKey, SettingValue, StockMove } from './types';

export const DATABASE_NAME = 'pos';
export const ACTION_QUEUE = 'actionQueue';
export const APP_VERSION = '2.3.0';

export class TillDatabase extends Dexie {
  products!: EntityTable<Product, 'id'>;
  customers!: EntityTable<Customer, 'id'>;
  orders!: EntityTable<Order, 'id'>;
  payments!: EntityTable<Payment, 'id'>;
  stockMoves!: Table<StockMove, [number, Date, string]>;
  settings!: Table<SettingValue, SettingKey>;
  actionQueue!: EntityTable<Action, 'id'>;

  constructor(name: string = DATABASE_NAME) {
    // Dexie's query cache does not see what the backup worker writes during a restore.
    super(name, { cache: 'disabled' });
    this.version(1).stores({
      products: '++id, &sku, barcode, [category+name], *tags, *words',
      customers: 'id, &email, phone, since, *words',
      orders: '++id, &number, customerId, openedAt, [status+openedAt]',
      payments: 'id, orderId, at',
      stockMoves: '[productId+at+ref], [reason+at]',
      settings: '',
      actionQueue: '++id, [status+createdAt]',
    });
  }
}

export const db = new TillDatabase();
