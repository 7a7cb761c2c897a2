import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const outDir = process.env.POS_BACKUP_OUT_DIR ?? resolve(import.meta.dirname, '../dist');

export default defineConfig(({ command }) => ({
  // The page is served from any sub-path.
  base: './',
  resolve: { conditions: ['pos-backup-source', 'module', 'browser', 'development|production'] },
  // Everything stays a file of its own: a content security policy can forbid inline code and data.
  build: {
    outDir,
    emptyOutDir: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    rolldownOptions: {
      external: command === 'build' ? ['pos-backup'] : [],
      output: {
        // The client is beside the page, one folder above the page's own scripts.
        paths: { 'pos-backup': '../client.js' },
        // Without hashes, as client.js and worker.js have none: a build replaces the one before.
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name].js',
        assetFileNames: 'assets/[name][extname]',
      },
    },
  },
}));
