import { describe, expect, it } from 'vitest';
import { matchPath } from './match';

const patterns = { home: '/', release: '/releases/:id', newRelease: '/studio/releases/new', editRelease: '/studio/releases/:id' };

describe('matchPath', () => {
  it.each([
    ['/', 'home', {}],
    ['/releases/42', 'release', { id: '42' }],
    ['/releases/42/', 'release', { id: '42' }],
    ['/releases/a%2Fb', 'release', { id: 'a/b' }],
    ['/studio/releases/new', 'newRelease', {}],
    ['/studio/releases/7', 'editRelease', { id: '7' }],
  ])('finds %s', (path, name, params) => {
    expect(matchPath(patterns, path)).toEqual({ name, params });
  });

  it.each(['/releases', '/releases/1/2', '/nowhere', '/releases/%E0%A4%A'])('refuses %s', (path) => {
    expect(matchPath(patterns, path)).toBeNull();
  });
});
