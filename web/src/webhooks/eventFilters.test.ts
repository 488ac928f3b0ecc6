import { expect, it } from 'vitest';
import { filtersIn, toggled } from './eventFilters';

it('takes filters apart however they are written', () => {
  expect(filtersIn(' Release*,ReleaseCreated\nEpisode* , Release*')).toEqual(['Release*', 'ReleaseCreated', 'Episode*']);
  expect(filtersIn(' , ')).toEqual([]);
});

it('puts a filter in and takes it out', () => {
  expect(toggled('', '*')).toBe('*');
  expect(toggled('Release*', 'EpisodeAdded')).toBe('Release*, EpisodeAdded');
  expect(toggled('Release*, EpisodeAdded', 'Release*')).toBe('EpisodeAdded');
});
