import { fileURLToPath } from 'node:url'

import { defineConfig } from 'vite'

// The browser app: from src/client into public/, beside the files that were written by hand.
export default defineConfig({
  root: fileURLToPath(new URL('src/client', import.meta.url)),
  publicDir: false,
  build: {
    outDir: fileURLToPath(new URL('public', import.meta.url)),
    emptyOutDir: false,
    assetsDir: 'app',
    // What every browser of the last two years knows: `light-dark()`, nesting, `oklch()`.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // Its inline script would need a hole in the content security policy.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
