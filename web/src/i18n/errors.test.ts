import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Problem, problemOf } from '../api/problem';
import { errorText, fieldTexts } from './errors';
import { language } from './i18n.svelte';
import { loadTexts } from './translate';

beforeAll(async () => {
  await Promise.all([loadTexts('en', ['errors']), loadTexts('ru', ['errors'])]);
});

async function refused(...errors: object[]): Promise<Problem> {
  const body = { code: 'invalid_payload', detail: 'The request body or query is not as described.', errors };
  return problemOf(new Response(JSON.stringify(body), { status: 422 }));
}

describe('a refused field', () => {
  it('is told what is wrong with it', async () => {
    const problem = await refused(
      { pointer: '/name/main', code: 'required', detail: 'String should have at least 1 character' },
      { pointer: '/genres/4', code: 'too_long', limit: 50, detail: 'String should have at most 50 characters' },
      { pointer: '/year', code: 'too_small', limit: 1900, detail: 'Input should be greater than or equal to 1900' },
    );
    const texts = fieldTexts(problem);
    expect(texts).toEqual({ main: 'Fill this in.', genres: 'Too long: at most 50 characters.', year: 'Too small: the least is 1900.' });
  });

  it('is told so where the form has no place beside it', async () => {
    const problem = await refused({ pointer: '/title', code: 'too_long', limit: 100 }, { pointer: '/note', code: 'too_long', limit: 100 });
    expect(errorText(problem)).toBe('Too long: at most 100 characters.');
  });

  it('never shows what the server says in English, whatever its code', async () => {
    const detail = 'Input should be a valid integer, unable to parse string as an integer';
    for (const code of ['born_tomorrow', undefined, 'too_long', 'format']) {
      const problem = await refused({ pointer: '/year', code, detail });
      expect(fieldTexts(problem)['year']).toMatch(/^(Check this field|This is not in the right form)\.$/);
      expect(errorText(problem)).not.toContain('Input');
    }
  });

  it('has its words in the reader’s language', async () => {
    vi.stubGlobal('document', { documentElement: {} });
    await language.choose('ru');
    const problem = await refused({ pointer: '/title', code: 'too_long', limit: 22 });
    expect(fieldTexts(problem)['title']).toBe('Слишком длинно: не больше 22 символов.');
    await language.choose('en');
    vi.unstubAllGlobals();
  });
});
