import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Where the Python server listens while the client is developed with `npm run dev`. */
const backend = process.env['ANI_DEV_BACKEND'] ?? 'http://127.0.0.1:8080';

/**
 * Leaves out the part of hls.js that nothing here uses: I-frame playlists. Its default configuration is the only place that
 * names it; without it the bundler drops it.
 */
function slimHls(): Plugin {
  const unused = ['iframeController'];
  return {
    name: 'slim-hls',
    apply: 'build',
    transform(code, id) {
      if (!id.endsWith('hls.js/dist/hls.mjs')) return null;
      return unused.reduce((text, name) => {
        const entry = new RegExp(`^  ${name}: \\w+Controller`, 'm');
        if (!entry.test(text)) this.error(`hls.js no longer configures ${name} as slimHls() expects`);
        return text.replace(entry, `  ${name}: undefined`);
      }, code);
    },
  };
}

/** Puts a .gz and a .br beside each file of text: the server sends those to browsers that take them. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      const names = Object.keys(bundle).filter((name) => /\.(js|css|html)$/.test(name));
      await Promise.all(
        names.map(async (name) => {
          const path = join(dir ?? 'dist', name);
          const bytes = await readFile(path);
          await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
          await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes));
        }),
      );
    },
  };
}

/** Asks for the Latin letters along with the scripts: else they would wait until the styles and the first text are there. */
function preloadLatin(): Plugin {
  return {
    name: 'preload-latin',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const file = Object.keys(bundle ?? {}).find((name) => /manrope-latin-wght-.*\.woff2$/.test(name));
        if (file === undefined) throw new Error('the typeface is not in the bundle');
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `/${file}` };
        return [{ tag: 'link', attrs, injectTo: 'head' }];
      },
    },
  };
}

/** The licences of what is inside the bundle, as they want to be handed on with it: /licenses.txt. */
function licenses(): Plugin {
  return {
    name: 'licenses',
    apply: 'build',
    async generateBundle() {
      const own = JSON.parse(await readFile('package.json', 'utf8')) as { dependencies: Record<string, string> };
      const texts = await Promise.all(
        Object.entries(own.dependencies).map(async ([name, version]) => {
          const folder = join('node_modules', name);
          const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
          if (file === undefined) this.error(`${name} carries no licence`);
          return `${name} ${version}\n\n${await readFile(join(folder, file), 'utf8')}`;
        }),
      );
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: texts.join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}

export default defineConfig({
  plugins: [svelte(), slimHls(), preloadLatin(), licenses(), precompress()],
  server: {
    proxy: {
      '/api': backend,
      '/hls': backend,
      '/avatars': backend,
      '/posters': backend,
      '/socket.io': { target: backend, ws: true },
    },
  },
  build: {
    outDir: 'dist',
    target: 'es2022',
    // The server sends `default-src 'self'`: no module may be turned into a data: URI.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // How long plugins take is no news to whoever types `make run` on a slow machine.
      checks: { bundlerTimings: false },
      output: {
        codeSplitting: {
          groups: [
            // hls.js is two thirds of the client; only pages with a player load it.
            { name: 'hls', test: /node_modules\/hls\.js/ },
            // What every third page shares comes with the shell: a browser asks for six files at a time, and many of these
            // would be smaller than what asking for them costs.
            { name: 'shared', minShareCount: 12 },
            // The requests of the interface, a few hundred bytes of each feature, that several pages make: together.
            { name: 'api', test: /\/src\/api\/(?!limits|admin|moderation|teams|streaming\/tus)/, minShareCount: 2 },
          ],
        },
      },
    },
    chunkSizeWarningLimit: 600,
  },
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['src/testing.ts'],
    // Loading the modules anew for each of 80 files was half of what the tests take; who needs them untouched resets them.
    isolate: false,
    pool: 'threads',
    // On a machine with other work: none of them waits for time of its own.
    testTimeout: 30_000,
  },
});
