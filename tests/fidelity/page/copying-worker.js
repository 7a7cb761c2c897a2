// What a worker of this browser can do without us: reads a value and stores it again under another key.
import { VALUES, add, answer, open } from './store.js';

onmessage = async ({ data: { from, to } }) => {
  const database = await open();
  try {
    const value = await answer(database.transaction(VALUES).objectStore(VALUES).get(from));
    await add(database, VALUES, value, to);
    postMessage(null);
  } catch (error) {
    postMessage(String(error));
  }
  database.close();
};
