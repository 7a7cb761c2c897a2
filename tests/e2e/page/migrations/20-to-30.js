// A migration as an app writes one: the worker imports this module.
export async function migrate({ table, key, value, from, to }) {
  if (from !== 20 || to !== 30) throw new Error(`called from ${from} to ${to}`);
  switch (table) {
    case 'orders': {
      if (value.status === 'void') return undefined;
      const { total, ...rest } = value;
      // A function may wait.
      if (key.endsWith('00')) await new Promise((resolve) => setTimeout(resolve, 1));
      return { ...rest, totalCents: BigInt(Math.round(total * 100)) };
    }
    case 'settings':
      return key === 'theme' ? { name: value } : value;
    default:
      return value;
  }
}
