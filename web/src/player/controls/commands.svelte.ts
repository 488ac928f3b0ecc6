/** What keys, taps and buttons do to the player, and the short word that is shown for it. */
import { t } from '../../i18n/i18n.svelte';
import type { Frame } from '../frame.svelte';
import type { Player } from '../player.svelte';
import type { Transport } from '../transport';
import { nextRate, type Action } from './shortcuts';

export class Commands {
  /** The last word, with a number so that the same word twice is shown twice. */
  hint = $state.raw<{ readonly text: string; readonly id: number } | null>(null);

  constructor(
    private readonly player: () => Player,
    private readonly transport: () => Transport,
    private readonly frame: Frame,
    private readonly durationMs: () => number,
    private readonly toggleHelp: () => void,
    private readonly toggleStats: () => void,
  ) {}

  toggle(): void {
    const transport = this.transport();
    if (transport.aside) transport.play();
    else if (!transport.canControl) this.#show(t('party.no_control'));
    else if (transport.paused) transport.play();
    else transport.pause();
  }

  skip(byMs: number): void {
    const transport = this.transport();
    if (!transport.canControl) {
      this.#show(t('party.no_control'));
      return;
    }
    transport.skip(byMs);
    this.#show(`${byMs > 0 ? '+' : '−'}${Math.abs(byMs) / 1000}`);
  }

  run(action: Action): void {
    const player = this.player();
    const transport = this.transport();
    switch (action.kind) {
      case 'toggle':
        this.toggle();
        break;
      case 'skip':
        this.skip(action.byMs);
        break;
      case 'seek':
        if (transport.canControl && this.durationMs() > 0) transport.seek(this.durationMs() * action.fraction);
        break;
      case 'volume':
        this.#changeVolume(action.by);
        break;
      case 'mute':
        player.setMuted(!player.muted);
        break;
      case 'fullscreen':
        void this.frame.toggleFullscreen(player.video);
        break;
      case 'pip':
        void this.frame.togglePip(player.video);
        break;
      case 'subtitles':
        if (player.subtitleTracks.length > 0) player.toggleSubtitles();
        break;
      case 'slower':
        this.#changeRate(-1);
        break;
      case 'faster':
        this.#changeRate(1);
        break;
      case 'stats':
        this.toggleStats();
        break;
      case 'help':
        this.toggleHelp();
    }
  }

  #changeRate(step: 1 | -1): void {
    const transport = this.transport();
    if (!transport.canControl || transport.live) return;
    const rate = nextRate(transport.rate, step);
    transport.setRate(rate);
    this.#show(`${rate}×`);
  }

  #changeVolume(by: number): void {
    const player = this.player();
    const volume = Math.min(Math.max((player.muted ? 0 : player.volume) + by, 0), 1);
    player.setVolume(volume);
    this.#show(`${t('player.volume')} ${Math.round(volume * 100)} %`);
  }

  #show(text: string): void {
    this.hint = { text, id: (this.hint?.id ?? 0) + 1 };
  }
}
