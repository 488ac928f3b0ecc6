import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Where the Python server listens while the client is developed with `npm run dev`. */
const backend = process.env['ANI_DEV_BACKEND'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte()],
  server: {
    proxy: {
      '/api': backend,
      '/hls': backend,
      '/socket.io': { target: backend, ws: true },
    },
  },
  build: {
    outDir: 'dist',
    target: 'es2022',
    // The server sends `default-src 'self'`: no module may be turned into a data: URI.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // hls.js is two thirds of the client; only pages with a player load it.
        codeSplitting: { groups: [{ name: 'hls', test: /node_modules\/hls\.js/ }] },
      },
    },
    chunkSizeWarningLimit: 600,
  },
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    environment: 'node',
  },
});
