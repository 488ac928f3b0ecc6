import { beforeEach, describe, expect, it, vi } from 'vitest';

const NOW = 1_764_500_000_000;
const DAY_MS = 24 * 3_600_000;

async function fresh() {
  vi.resetModules();
  return import('./link');
}

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
});

describe('the link of this browser', () => {
  it('is remembered for a month', async () => {
    const { rememberLink, rememberedLink } = await fresh();
    expect(rememberedLink(NOW)).toBeNull();
    rememberLink(2_500_000.4, NOW);
    expect(rememberedLink(NOW + 30 * DAY_MS)).toBe(2_500_000);
    expect(rememberedLink(NOW + 30 * DAY_MS + 1)).toBeNull();
    expect(rememberedLink(NOW - 1)).toBeNull();
  });

  it('is written every few seconds at most', async () => {
    const { rememberLink, rememberedLink } = await fresh();
    rememberLink(1_000_000, NOW);
    rememberLink(2_000_000, NOW + 4_999);
    expect(rememberedLink(NOW + 5_000)).toBe(1_000_000);
    rememberLink(3_000_000, NOW + 5_000);
    expect(rememberedLink(NOW + 5_000)).toBe(3_000_000);
  });

  it('is nothing where nothing was measured, or somebody wrote something else there', async () => {
    const { rememberLink, rememberedLink } = await fresh();
    rememberLink(NaN, NOW);
    rememberLink(0, NOW);
    expect(rememberedLink(NOW)).toBeNull();
    for (const text of ['', 'x', '1e9 1', '99999999999 1', '0 1']) {
      localStorage.setItem('ani.link', text);
      expect(rememberedLink(NOW), text).toBeNull();
    }
  });
});
