import { asBackupError } from './errors.js';
import { assertJson } from './json.js';
import type { Config, Migration } from './protocol.js';

/**
 * The config as the worker takes it: its migrations' modules by URLs that do not depend on where the worker's script is.
 *
 * @throws BackupError `UNSUPPORTED_VALUE` for a value of a step that JSON cannot say, and that would so become another one;
 * `INVALID_MESSAGE` for a module that has no URL
 */
export function configForWorker(config: Config): Config {
  // What is no config the worker refuses, with its place.
  if (!Array.isArray(config?.migrations)) {
    return config;
  }
  const migrations = config.migrations.map(withAbsoluteUrl);
  assertJson(migrations, '/config/migrations');
  return { ...config, migrations };
}

function withAbsoluteUrl(migration: Migration): Migration {
  const module: unknown = migration?.module;
  if (module instanceof URL) {
    return { ...migration, module: module.href };
  }
  // What is no migration the worker refuses, with its place.
  if (typeof module !== 'string' || module === '') {
    return migration;
  }
  try {
    return { ...migration, module: new URL(module, document.baseURI).href };
  } catch (error) {
    throw asBackupError(error, 'INVALID_MESSAGE', `Give the URL of a module as a migration's \`module\`; this is none: ${module}`);
  }
}
