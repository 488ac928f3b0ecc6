/** How many notifications are unread: asked once, then kept up to date by what the server pushes. */
import { session } from '../account/session.svelte';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { onConnect, onUpdate } from '../realtime/updates.svelte';

/** A notification as it is pushed; to very many people at once it goes out without everybody's own count. */
export interface Pushed {
  readonly id: string;
  readonly unread_count?: number;
}

class Unread {
  count = $state(0);

  /** How often the count was told since the page began. */
  told = 0;

  /** What the server says by itself; without a number one more came, of which it was told to very many at once. */
  tell(count: number | undefined): void {
    this.told += 1;
    this.count = count ?? this.count + 1;
  }

  async load(): Promise<void> {
    const told = this.told;
    try {
      const { unread_count } = await api.get<Schemas['UnreadOut']>('/notifications/unread');
      // On a slow line the answer may be older than what was told meanwhile.
      if (told === this.told) this.count = unread_count;
    } catch {
      // The bell stays as it is; the next push or connection puts it right.
    }
  }
}

export const unread = new Unread();

/** Keeps the count right while somebody is signed in. Call while a component of every page initialises. */
export function keepUnread(): void {
  const user = $derived(session.user?.id ?? null);
  $effect(() => {
    if (user === null) return;
    void unread.load();
    const stops = [
      onUpdate<Pushed>('notification', (pushed) => {
        unread.tell(pushed.unread_count);
      }),
      onUpdate<Schemas['UnreadOut']>('notifications:unread', (news) => {
        unread.tell(news.unread_count);
      }),
      // Logging in is itself told to its owner, before the socket of that visit is there.
      onConnect(() => void unread.load()),
    ];
    return () => {
      for (const stop of stops) stop();
      unread.count = 0;
    };
  });
}
