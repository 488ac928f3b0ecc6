import { describe, expect, it } from 'vitest';
import { Problem } from '../api/problem';
import { Versions } from './versions.svelte';

interface Thing {
  readonly version: number;
  readonly name: string;
}

const stale = (): Problem => new Problem(412, 'stale', '');

/** A form of one field over a server that knows one thing. */
function editing(server: Thing): { versions: Versions<Thing>; typed: () => string; type: (text: string) => void; save: () => Promise<boolean>; elsewhere: (name: string) => void } {
  let [stored, name] = [server, ''];
  const save = (): Promise<boolean> => {
    const [from, wanted] = [versions.seen, name];
    return versions.saved(
      () => {
        if (from?.version !== stored.version) return Promise.reject(stale());
        stored = { version: stored.version + 1, name: wanted };
        return Promise.resolve(stored);
      },
      () => Promise.resolve(stored),
    );
  };
  const versions = new Versions<Thing>((found) => (name = found.name), save);
  versions.take(stored);
  return { versions, typed: () => name, type: (text) => (name = text), save, elsewhere: (other) => (stored = { version: stored.version + 1, name: other }) };
}

describe('two who edit at once', () => {
  it('are told of nothing while one of them rests', async () => {
    const form = editing({ version: 1, name: 'Snow' });
    form.type('Rain');
    expect(await form.save()).toBe(true);
    expect(form.versions.seen).toEqual({ version: 2, name: 'Rain' });
    expect(form.versions.theirs).toBeNull();
  });

  it('see both, and what was typed stays until they choose', async () => {
    const form = editing({ version: 1, name: 'Snow' });
    form.type('Rain');
    form.elsewhere('Hail');
    expect(await form.save()).toBe(false);
    expect(form.versions.theirs).toEqual({ version: 2, name: 'Hail' });
    expect(form.typed()).toBe('Rain');
  });

  it('may keep their own', async () => {
    const form = editing({ version: 1, name: 'Snow' });
    form.type('Rain');
    form.elsewhere('Hail');
    await form.save();
    await form.versions.keepMine();
    expect(form.versions.theirs).toBeNull();
    expect(form.versions.seen).toEqual({ version: 3, name: 'Rain' });
  });

  it('may take the other', async () => {
    const form = editing({ version: 1, name: 'Snow' });
    form.type('Rain');
    form.elsewhere('Hail');
    await form.save();
    form.versions.takeTheirs();
    expect([form.typed(), form.versions.theirs, form.versions.seen?.version]).toEqual(['Hail', null, 2]);
  });

  it('hear of everything else that goes wrong, and of something new it is no other version', async () => {
    const versions = new Versions<Thing>(
      () => undefined,
      () => Promise.resolve(),
    );
    await expect(versions.saved(() => Promise.reject(stale()), () => Promise.reject(new Error('never asked')))).rejects.toBeInstanceOf(Problem);
    versions.take({ version: 1, name: 'Snow' });
    await expect(versions.saved(() => Promise.reject(new Error('offline')), () => Promise.reject(new Error('never asked')))).rejects.toThrow('offline');
    await expect(versions.saved(() => Promise.reject(stale()), () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  });
});
