import { describe, expect, it } from 'vitest';
import type { PromoDeed } from '../api/promos/promos';
import { BATCH, PromoDeeds } from './deeds';

function scene(answers: boolean[] = []): { deeds: PromoDeeds; told: (readonly PromoDeed[])[]; pass: () => Promise<void> } {
  const told: (readonly PromoDeed[])[] = [];
  const due: (() => void)[] = [];
  const deeds = new PromoDeeds({
    tell: async (events) => {
      told.push(events);
      return answers.shift() ?? true;
    },
    later: (work) => due.push(work),
  });
  const pass = async (): Promise<void> => {
    for (const work of due.splice(0)) work();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { deeds, told, pass };
}

describe('what is told of promos', () => {
  it('comes in one request, and each impression once', async () => {
    const { deeds, told, pass } = scene();
    for (const ticket of ['a', 'b', 'a']) deeds.seen(ticket);
    expect(told).toEqual([]);
    await pass();
    deeds.seen('b');
    await pass();
    expect(told).toEqual([[{ kind: 'impression', ticket: 'a' }, { kind: 'impression', ticket: 'b' }]]);
  });

  it('goes at once when somebody follows one, with what waits', async () => {
    const { deeds, told } = scene();
    deeds.seen('a');
    deeds.followed('a');
    expect(told).toEqual([[{ kind: 'impression', ticket: 'a' }, { kind: 'click', ticket: 'a' }]]);
  });

  it('is told again when the server did not hear it', async () => {
    const { deeds, told, pass } = scene([false, true]);
    deeds.seen('a');
    await pass();
    await pass();
    await pass();
    expect(told.map((batch) => batch.map((one) => one.ticket))).toEqual([['a'], ['a']]);
  });

  it('is never more than the server takes', async () => {
    const { deeds, told, pass } = scene();
    for (let number = 0; number < BATCH + 5; number++) deeds.seen(`t${number}`);
    await pass();
    expect(told[0]?.length).toBe(BATCH);
  });
});
