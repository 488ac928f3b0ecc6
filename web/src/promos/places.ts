/** Where promos were the last time, so that their room is kept and the page does not jump; and who looks, for those without an account. */
import { session } from '../account/session.svelte';
import { shownPromos, type Placement, type ShownPromo } from '../api/promos/promos';
import { language } from '../i18n/i18n.svelte';
import { randomId } from '../realtime/ids';
import { readSetting, saveSetting } from '../ui/localSettings';

/** How long a page that was never seen before waits for its promos before it goes on without them. */
export const PATIENCE_MS = 300;

export type Memory = 'some' | 'none' | 'unknown';

export function remembered(placement: Placement): Memory {
  return (readSetting(`promos-${placement}`, (value) => value === 'some' || value === 'none') as Memory | null) ?? 'unknown';
}

let viewer = '';
function viewerName(): string {
  viewer ||= readSetting('viewer', (value) => /^[0-9a-f]{32}$/.test(value)) ?? '';
  if (!viewer) {
    viewer = randomId();
    saveSetting('viewer', viewer);
  }
  return viewer;
}

/** What is shown in a place; nothing where the server does not say: a page is whole without promos. */
export async function promosFor(placement: Placement, release?: string): Promise<readonly ShownPromo[]> {
  try {
    const items = await shownPromos(placement, { language: language.locale, viewer: session.user ? '' : viewerName(), ...(release ? { release } : {}) });
    saveSetting(`promos-${placement}`, items.length > 0 ? 'some' : 'none');
    return items;
  } catch {
    return [];
  }
}

/** The answer if it comes soon, else nothing: for what is shown at once or not at all. */
export function soon<T>(answer: Promise<readonly T[]>, ms = PATIENCE_MS): Promise<readonly T[]> {
  return Promise.race([answer, new Promise<readonly T[]>((resolve) => setTimeout(() => { resolve([]); }, ms))]);
}
