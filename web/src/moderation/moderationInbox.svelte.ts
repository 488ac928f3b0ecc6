/** What the signed-in person decides on: as a moderator of the site, or for teams. Asked once a visit. */
import { session } from '../account/session.svelte';
import { api } from '../api/client';
import type { Inbox } from '../api/moderation';
import type { MyTeam } from '../api/teams';

class ModerationInbox {
  /** The teams for which they decide. */
  teams = $state.raw<readonly MyTeam[]>([]);
  /** How much waits, where they decide on something. */
  waiting = $state(0);
  /** True once the teams are known. */
  ready = $state(false);
  /** Why they are not. */
  error = $state<unknown>(null);

  get isOpen(): boolean {
    return session.may('moderator') || this.teams.length > 0;
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      // Asked here, as the menu is on every page and most of them need nothing else of teams.
      this.teams = (await api.get<{ items: readonly MyTeam[] }>('/teams/mine?permission=review')).items;
      this.ready = true;
    } catch (problem) {
      this.error = problem; // The page of moderation says so; the menu does without.
    }
    await this.count();
  }

  async count(): Promise<void> {
    if (!this.isOpen) return;
    try {
      const { pending, taken, reports } = await api.get<Inbox>('/moderation/inbox');
      this.waiting = pending + taken + reports;
    } catch {
      // The number stays as it was until the next occasion.
    }
  }

  forget(): void {
    this.teams = [];
    this.waiting = 0;
    this.ready = false;
    this.error = null;
  }
}

export const moderationInbox = new ModerationInbox();

/** Knows the moderationInbox of whoever is signed in. Call while a component of every page initialises. */
export function followModerationInbox(): void {
  const user = $derived(session.user?.id ?? null);
  $effect(() => {
    if (user === null) return;
    void moderationInbox.load();
    return () => {
      moderationInbox.forget();
    };
  });
}
