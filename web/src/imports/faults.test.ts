import { expect, it, vi } from 'vitest';
import { language } from '../i18n/i18n.svelte';
import { faultText, placeText } from './faults';

it('speaks the language of the reader', async () => {
  vi.stubGlobal('document', { documentElement: {} });
  await language.need(['imports', 'importFaults']);
  await language.choose('ru');
  expect(faultText({ code: 'answers', params: { status: 503 } }, 'The source answers 503.')).toBe('Источник отвечает 503.');
  expect(placeText('line 9')).toBe('Строка 9');
  await language.choose('en');
  vi.unstubAllGlobals();
});

it('says what the server said where it has no words for it', () => {
  expect(faultText(null, 'its process was lost')).toBe('its process was lost');
  expect(faultText({ code: 'of_tomorrow', params: {} }, 'Of tomorrow.')).toBe('Of tomorrow.');
  expect(faultText({ code: 'answers', params: {} }, 'It answers 503.')).toBe('It answers 503.');
});

it('leaves other places alone', () => {
  expect(['#3', 'line x', 'serial-12', ''].map(placeText)).toEqual(['#3', 'line x', 'serial-12', '']);
});
