/** What of the chat passes by itself and is kept nowhere: who is typing, and reactions over the picture. */
import type { Socket } from 'socket.io-client';

export interface Reaction {
  readonly key: number;
  readonly name: string;
  readonly emoji: string;
  /** Where across the picture it rises, 0 to 1. */
  readonly lane: number;
}

export const TYPING_SHOWN_MS = 4_000;
export const REACTION_SHOWN_MS = 3_200;
export const REACTIONS_AT_ONCE = 24;

export class ChatEphemera {
  typing = $state.raw<readonly { readonly id: string; readonly name: string }[]>([]);
  reactions = $state.raw<readonly Reaction[]>([]);

  #reactionKey = 0;
  readonly #typingTimers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #reactionTimers = new Set<ReturnType<typeof setTimeout>>();

  listen(socket: Socket): void {
    socket.on('chat:typing', (message: { member_id: string; name: string; typing: boolean }) => {
      this.setTyping(message.member_id, message.name, message.typing);
    });
    // Who has said it is no longer typing it.
    socket.on('chat:message', (message: { member_id: string; name: string }) => {
      this.setTyping(message.member_id, message.name, false);
    });
    socket.on('chat:reaction', (message: { name: string; emoji: string }) => {
      this.addReaction(message.name, message.emoji);
    });
  }

  /** Forgets the timers; what is shown then stays. */
  stop(): void {
    for (const timer of [...this.#typingTimers.values(), ...this.#reactionTimers]) clearTimeout(timer);
  }

  /** For a while only: the word that somebody stopped may get lost. */
  setTyping(id: string, name: string, typing: boolean): void {
    clearTimeout(this.#typingTimers.get(id));
    const others = this.typing.filter((person) => person.id !== id);
    if (typing) {
      this.typing = [...others, { id, name }];
      this.#typingTimers.set(
        id,
        setTimeout(() => {
          this.setTyping(id, name, false);
        }, TYPING_SHOWN_MS),
      );
    } else if (others.length !== this.typing.length) {
      this.typing = others;
    }
  }

  addReaction(name: string, emoji: string): void {
    const key = (this.#reactionKey += 1);
    this.reactions = [...this.reactions, { key, name, emoji, lane: Math.random() }].slice(-REACTIONS_AT_ONCE);
    const timer = setTimeout(() => {
      this.#reactionTimers.delete(timer);
      this.reactions = this.reactions.filter((reaction) => reaction.key !== key);
    }, REACTION_SHOWN_MS);
    this.#reactionTimers.add(timer);
  }
}
