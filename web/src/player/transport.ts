/** Who decides when to play and where: the viewer alone, or a party. The controls speak to this and never to the video. */
import type { Player } from './player.svelte';

export interface LivePast {
  readonly pastS: number;
  readonly behindS: number;
  /** To so long before the present. */
  seek(behindS: number): void;
}

export interface Transport {
  /** False where only others may decide; the controls are then shown but do nothing. */
  readonly canControl: boolean;
  readonly paused: boolean;
  /** This player rests alone while the others watch on; `play` brings it back, whoever decides for all. */
  readonly aside?: boolean;
  /** Where things stand, ms: the picture's position, or the party's while there is no picture. */
  readonly positionMs: number;
  /** The speed people chose: a party's corrections of a few percent do not show. */
  readonly rate: number;
  play(): void;
  pause(): void;
  seek(positionMs: number): void;
  /** From where things stand now: several quick ones add up. */
  skip(byMs: number): void;
  setRate(rate: number): void;
  /** A live channel: how far back one can go, how far back one is, and the way to another moment; absent for what has an end. */
  readonly live?: LivePast | null;
  /** Makes this viewer's sound and subtitles everybody's; absent where there is nobody else. */
  readonly shareTracks?: ((audio: string, subtitles: string) => void) | undefined;
}

/** Watching alone: every verb goes straight to the player. */
export function soloTransport(player: Player, onBlocked: () => void): Transport {
  return {
    canControl: true,
    get paused() {
      return player.paused;
    },
    get rate() {
      return player.rate;
    },
    play() {
      if (player.ended) player.seek(0);
      void player.play().then((playing) => {
        if (!playing) onBlocked();
      });
    },
    pause: () => {
      player.pause();
    },
    get positionMs() {
      return player.positionMs;
    },
    seek: (positionMs) => {
      player.seek(positionMs);
    },
    skip: (byMs) => {
      player.seek(player.nowMs + byMs);
    },
    setRate: (rate) => {
      player.chooseRate(rate);
    },
  };
}
