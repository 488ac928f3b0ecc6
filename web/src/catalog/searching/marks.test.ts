import { expect, it } from 'vitest';
import { pieces } from './marks';

const shown = (name: string, ranges: [number, number][]): string => pieces({ name, ranges }).map(({ text, marked }) => (marked ? `[${text}]` : text)).join('');

it.each([
  ['Attack on Titan', [[0, 12]], '[Attack on Ti]tan'],
  ['Shingeki no Kyojin', [[0, 1], [9, 10], [12, 13]], '[S]hingeki [n]o [K]yojin'],
  ['𠮷野家 𠮷', [[0, 2]], '[𠮷野]家 𠮷'],
  ['進撃', [[0, 2]], '[進撃]'],
  ['Naruto', [], 'Naruto'],
] as [string, [number, number][], string][])('cuts %s', (name, ranges, expected) => {
  expect(shown(name, ranges)).toBe(expected);
});
