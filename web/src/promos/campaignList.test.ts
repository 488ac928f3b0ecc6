import { describe, expect, it } from 'vitest';
import { CampaignList } from './campaignList.svelte';

describe('a list of promos or ads', () => {
  it('shows the page that was asked for last, whichever answer comes last', async () => {
    const answers: (() => void)[] = [];
    const list = new CampaignList<string>((state, page) => new Promise((done) => answers.push(() => done({ items: [`${state} ${page}`], total: 40 }))));
    const first = list.load();
    list.page = 2;
    const second = list.load();
    answers[1]?.();
    await second;
    answers[0]?.();
    await first;
    expect(list.items).toEqual(['null 2']);
    list.show('running');
    expect([list.items, list.page]).toEqual([null, 1]);
    const third = list.load();
    answers[2]?.();
    await third;
    expect(list.items).toEqual(['running 1']);
  });

  it('keeps what it had where asking fails', async () => {
    const list = new CampaignList<string>((_, page) => (page === 1 ? Promise.resolve({ items: ['Tea'], total: 21 }) : Promise.reject(new Error('away'))));
    await list.load();
    list.page = 2;
    await list.load();
    expect([list.items, (list.error as Error).message]).toEqual([['Tea'], 'away']);
  });
});
