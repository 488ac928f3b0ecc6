import { describe, expect, it } from 'vitest';
import { titleFor } from './facts';

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
