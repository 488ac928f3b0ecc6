/** Ads in breaks (HLS interstitials): which one is on, how far it is, and what the server is told of it, each thing once. */
import Hls, { Events, type InterstitialAssetEndedData, type InterstitialAssetErrorData, type InterstitialAssetStartedData } from 'hls.js';

/** What the list of a break says of an ad, beside its address. */
export interface AdDetails {
  readonly title: string;
  readonly advertiser: string;
  readonly erid: string;
  readonly click_url: string;
  /** 0: it cannot be skipped. */
  readonly skip_after_ms: number;
  readonly duration_ms: number;
  readonly beacons: string;
}

export interface AdNow {
  readonly details: AdDetails;
  readonly positionMs: number;
}

export type AdEvent = 'impression' | 'start' | 'firstQuartile' | 'midpoint' | 'thirdQuartile' | 'complete' | 'skip' | 'click' | 'error';

/** VAST 4.2 §3.14.1: when as much of the ad was played. */
const QUARTILES: readonly (readonly [AdEvent, number])[] = [
  ['firstQuartile', 0.25],
  ['midpoint', 0.5],
  ['thirdQuartile', 0.75],
];

export class AdCounter {
  readonly #told = new Set<AdEvent>();

  constructor(
    private readonly durationMs: number,
    private readonly tell: (event: AdEvent) => void,
  ) {}

  once(event: AdEvent): void {
    if (this.#told.has(event)) return;
    this.#told.add(event);
    this.tell(event);
  }

  /** It is shown, and has come so far. */
  at(positionMs: number): void {
    this.once('impression');
    this.once('start');
    for (const [event, part] of QUARTILES) if (this.durationMs > 0 && positionMs >= part * this.durationMs) this.once(event);
  }

  /** It ended by itself: whatever of it a slow timer missed was played. */
  complete(): void {
    if (this.#told.has('skip') || this.#told.has('error')) return;
    this.at(this.durationMs);
    this.once('complete');
  }
}

const BEACONS = '/api/v1/media/beacons/';

/**
 * What a list of assets says, if it is one of this server's: a stream from elsewhere may have lists of its own, and nobody follows
 * a link of theirs in our name, nor are they told anything.
 */
export function ownAd(said: unknown): AdDetails | null {
  const details = said as Partial<AdDetails> | null | undefined;
  if (typeof details?.beacons !== 'string' || !details.beacons.startsWith(BEACONS)) return null;
  if (typeof details.click_url !== 'string' || !/^(?:$|https:\/\/|\/(?![/\\]))/.test(details.click_url)) return null;
  return details as AdDetails;
}

/** A keepalive request outlives the page; nobody waits for it. */
function beacon(details: AdDetails): (event: AdEvent) => void {
  return (event) => void fetch(`${details.beacons}/${event}`, { method: 'POST', keepalive: true }).catch(() => undefined);
}

export class AdBreak {
  #details: AdDetails | null = null;
  #counter: AdCounter | null = null;
  #asset: InterstitialAssetStartedData['player'] | null = null;
  #inBreak = false;

  constructor(
    private readonly hls: Hls,
    private readonly video: HTMLVideoElement,
    private readonly onChange: (ad: AdNow | null) => void,
  ) {
    hls.on(Events.INTERSTITIAL_STARTED, () => (this.#inBreak = true));
    hls.on(Events.INTERSTITIAL_ASSET_STARTED, this.#started);
    hls.on(Events.INTERSTITIAL_ASSET_ENDED, this.#ended);
    hls.on(Events.INTERSTITIAL_ASSET_ERROR, this.#failed);
    hls.on(Events.INTERSTITIALS_PRIMARY_RESUMED, this.#over);
    video.addEventListener('timeupdate', this.#moved);
  }

  /** Whether what is on the screen is not the programme, or about to be none. */
  get isOn(): boolean {
    return this.#inBreak;
  }

  /** Where the programme stands, milliseconds. */
  get programmeMs(): number {
    return (this.hls.interstitialsManager?.primary.currentTime ?? 0) * 1000;
  }

  skip(): void {
    const details = this.#details;
    if (!details || details.skip_after_ms === 0 || this.#positionMs < details.skip_after_ms) return;
    this.#counter?.once('skip');
    this.hls.interstitialsManager?.skip();
  }

  clicked(): void {
    this.#counter?.once('click');
  }

  destroy(): void {
    this.video.removeEventListener('timeupdate', this.#moved);
  }

  get #positionMs(): number {
    return (this.#asset?.currentTime ?? 0) * 1000;
  }

  readonly #started = (_name: unknown, data: InterstitialAssetStartedData): void => {
    const assets = data.event.assetListResponse?.ASSETS as readonly { 'X-ANI-AD'?: unknown }[] | undefined;
    const details = ownAd(assets?.[data.assetListIndex]?.['X-ANI-AD']);
    this.#inBreak = true;
    this.#asset = data.player;
    this.#details = details;
    this.#counter = details ? new AdCounter(details.duration_ms, beacon(details)) : null;
    this.#moved();
  };

  readonly #moved = (): void => {
    if (!this.#details) return;
    // Before the first picture nobody has seen anything.
    if (!this.video.paused && this.#positionMs > 0) this.#counter?.at(this.#positionMs);
    this.onChange({ details: this.#details, positionMs: this.#positionMs });
  };

  readonly #ended = (_name: unknown, _data: InterstitialAssetEndedData): void => {
    this.#counter?.complete();
    this.#details = null;
  };

  readonly #failed = (_name: unknown, _data: InterstitialAssetErrorData): void => {
    this.#counter?.once('error');
    this.#details = null;
  };

  readonly #over = (): void => {
    this.#inBreak = false;
    this.#details = null;
    this.#asset = null;
    this.onChange(null);
  };
}
