/** How many notifications are unread: asked once, then kept up to date by what the server pushes. */
import { session } from '../account/session.svelte';
import { api } from '../api/client';
import { onConnect, onUpdate } from '../realtime/updates.svelte';

/** A notification as it is pushed; to very many people at once it goes out without everybody's own count. */
export interface Pushed {
  readonly id: string;
  readonly unread_count?: number;
}

class Unread {
  count = $state(0);

  async load(): Promise<void> {
    try {
      this.count = (await api.get<{ unread_count: number }>('/notifications/unread')).unread_count;
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
        unread.count = pushed.unread_count ?? unread.count + 1;
      }),
      onUpdate<{ unread_count: number }>('notifications:unread', (news) => {
        unread.count = news.unread_count;
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
