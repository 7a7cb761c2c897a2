// Makes tests/fixtures/archives/till-*.zip anew: backups of the app of page/versions.js in its older versions, made in
// Chromium. Those that are there are what older versions have made; make them anew only where the app itself changes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pull } from './lib/archive.js';
import { launchSuite } from './lib/browser.js';

const folder = join(import.meta.dirname, '../fixtures/archives');
const suite = await launchSuite();
try {
  const page = await suite.openPage();
  for (const version of [1, 2]) {
    await page.evaluate(async (version) => {
      await e2e.openTill(version);
      if (version === 1) await e2e.fillTill();
      localStorage.setItem('version', String(version));
      await e2e.connect({ database: 'till', appVersion: `${version}.4.0` });
      await e2e.backUp();
      await client.close();
      till.close();
    }, version);
    writeFileSync(join(folder, `till-${version}.zip`), await pull(page));
  }
} finally {
  await suite.close();
}
