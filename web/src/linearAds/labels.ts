/** What ads in videos are called, and how a new one begins. */
import { t } from '../i18n/i18n.svelte';
import type { MessageKey } from '../i18n/translate';
import type { AdPlacement, LinearAd, LinearAdDraft } from '../api/promos/linearAds';

export const PLACEMENTS = {
  pre_roll: 'ads.pre_roll',
  mid_roll: 'ads.mid_roll',
} as const satisfies Record<AdPlacement, string>;

/** What players tell of an ad, in the order in which it comes. */
export const EVENTS = {
  impression: 'ads.impressions',
  start: 'ads.started',
  firstQuartile: 'ads.first_quartile',
  midpoint: 'ads.midpoint',
  thirdQuartile: 'ads.third_quartile',
  complete: 'ads.completed',
  skip: 'ads.skipped',
  click: 'ads.clicks',
  error: 'ads.errors',
} as const;

type CodeName = Extract<MessageKey, `ads.code_${string}`>;

/** What VAST error codes mean (VAST 4.2 §2.3.6.3), as far as they come up. */
const CODES: Readonly<Record<number, CodeName>> = {
  100: 'ads.code_100',
  102: 'ads.code_102',
  201: 'ads.code_201',
  202: 'ads.code_202',
  205: 'ads.code_205',
  206: 'ads.code_206',
  300: 'ads.code_300',
  301: 'ads.code_301',
  302: 'ads.code_302',
  303: 'ads.code_303',
  401: 'ads.code_401',
  403: 'ads.code_403',
  407: 'ads.code_407',
  408: 'ads.code_408',
  411: 'ads.code_411',
};

/** What went wrong, with its code for whoever looks it up. */
export const codeText = (code: number): string => `${t(CODES[code] ?? 'ads.code_other')} (VAST ${code})`;

/** A first break within a programme: five minutes from its start. */
export const USUAL_OFFSET_MS = 300_000;
export const USUAL_SKIP_MS = 5_000;

/** Of those that saw it, how many saw it to the end; null where nobody did. */
export function completionRate(events: LinearAd['events']): number | null {
  const seen = events['impression'] ?? 0;
  return seen === 0 ? null : (events['complete'] ?? 0) / seen;
}

export function emptyAd(now = Date.now()): LinearAdDraft {
  return {
    title: '',
    advertiser: '',
    erid: '',
    click_url: '',
    creative_episode_id: null,
    tag_url: '',
    placement: 'pre_roll',
    offset_ms: 0,
    skip_after_ms: USUAL_SKIP_MS,
    starts_at: new Date(Math.floor(now / 60_000) * 60_000).toISOString(),
    ends_at: null,
    weight: 100,
    audience: { roles: [], languages: [], regions: [], kinds: [], genres: [], release_ids: [] },
    cap: { impressions: 0, days: 0 },
  };
}
