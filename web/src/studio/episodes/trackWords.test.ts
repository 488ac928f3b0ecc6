import { describe, expect, it } from 'vitest';
import { editOf, NEW_TRACK } from './trackWords';

describe('an edit of a track', () => {
  it('says only what changed', () => {
    const before = { ...NEW_TRACK, language: 'ja', label: '日本語', isDefault: true };
    expect(editOf(before, before, 'audio')).toEqual({});
    expect(editOf(before, { ...before, label: 'TV', isDefault: false, forced: true }, 'audio')).toEqual({ label: 'TV', is_default: false });
  });
  it('gives up a language by an empty one', () => {
    expect(editOf(NEW_TRACK, { ...NEW_TRACK, language: 'und' }, 'audio')).toEqual({ language: '' });
  });
  it('flags subtitles', () => {
    expect(editOf(NEW_TRACK, { ...NEW_TRACK, forced: true, sdh: true, isDefault: true }, 'subtitles')).toEqual({ forced: true, sdh: true });
  });
});
