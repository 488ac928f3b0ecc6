import { describe, expect, it } from 'vitest';
import { playedTitle, titleFor } from './labels';

const frieren = { main: '葬送のフリーレン', english: 'Frieren: Beyond Journey’s End', alternative: 'Провожающая в последний путь Фрирен' };
const plain = { main: '葬送のフリーレン', english: null, alternative: null };
const translated = (language: string, name: string) => ({ language, name, description: '' });

describe('titleFor', () => {
  it.each([
    ['en', { name: frieren, translation: null }, frieren.english],
    ['ru', { name: frieren, translation: null }, frieren.alternative],
    ['ru', { name: { ...frieren, alternative: 'Sousou no Frieren' }, translation: null }, frieren.english],
    ['ru', { name: { ...frieren, main: 'Ёлки' }, translation: null }, 'Ёлки'],
    ['ru', { name: frieren, translation: translated('ru', 'Фрирен') }, 'Фрирен'],
    ['en', { name: frieren, translation: translated('en', 'Frieren') }, 'Frieren'],
    ['en', { name: frieren, translation: translated('en', '') }, frieren.english],
    ['en', { name: plain, translation: null }, plain.main],
    ['ru', { name: plain, translation: null }, plain.main],
  ] as const)('%s %o', (locale, release, title) => {
    expect(titleFor(locale, release)).toBe(title);
  });
});

describe('playedTitle', () => {
  const series = { name: frieren, translation: null, episodes_total: 28 };
  const film = { ...series, episodes_total: 1 };
  const episode = { ordinal: 2, name: '', translation: null };
  it.each([
    ['en', series, episode, `${frieren.english} – 2`],
    ['ru', series, { ...episode, ordinal: 2.5, name: 'Magic' }, `${frieren.alternative} – 2.5. Magic`],
    ['ru', series, { ...episode, name: 'Magic', translation: translated('ru', 'Магия') }, `${frieren.alternative} – 2. Магия`],
    ['en', film, episode, frieren.english],
    ['en', film, { ...episode, name: 'Part' }, `${frieren.english} – 2. Part`],
  ] as const)('%s %o %o', (locale, release, played, title) => {
    expect(playedTitle(locale, release, played)).toBe(title);
  });
});
