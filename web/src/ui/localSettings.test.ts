import { beforeEach, expect, it, vi } from 'vitest';
import { forgetFormerSettings } from './localSettings';

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', { removeItem: (name: string) => void kept.delete(name) });
});

it('leaves nothing behind that earlier versions of the player kept, and all else', () => {
  for (const name of ['quality', 'audio', 'subtitles', 'player', 'volume', 'muted']) kept.set(`ani.${name}`, '1');
  kept.set('quality', 'of another program');
  forgetFormerSettings();
  expect([...kept.keys()]).toEqual(['ani.player', 'ani.volume', 'ani.muted', 'quality']);
});

it('does without storage', () => {
  vi.stubGlobal('localStorage', undefined);
  expect(forgetFormerSettings).not.toThrow();
});
