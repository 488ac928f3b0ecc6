/**
 * Runs around every file of tests. They share their modules (`isolate: false`), so that what one leaves behind would be what the next one
 * starts from, in an order that nobody chose: all texts are there for each, in English, and what was put in the place of the browser goes.
 */
import { afterAll, vi } from 'vitest';
import { language } from './i18n/i18n.svelte';
import { loadTexts, PARTS } from './i18n/translate';

await loadTexts('en', PARTS);

afterAll(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  if (language.locale !== 'en') {
    vi.stubGlobal('document', { documentElement: {} });
    await language.choose('en');
  }
  vi.unstubAllGlobals();
});
