/** Who is in voice, as the server tells it, and what follows from that for this person. Pure. */

export interface VoicePerson {
  readonly member_id: string;
  /** By themselves. */
  readonly muted: boolean;
  readonly may_speak: boolean;
  readonly connected: boolean;
  readonly speaking: boolean;
  /** 0 to 1; null where nothing of theirs arrives at the server. */
  readonly level: number | null;
  /** How many browsers their last words were sent to. */
  readonly heard_by: number;
  /** Percent of their packets lost on the way. */
  readonly loss: number | null;
}

export interface VoiceNews {
  readonly members: readonly VoicePerson[];
  readonly gone: readonly string[];
  readonly count: number;
}

export type People = ReadonlyMap<string, VoicePerson>;

/** `missed`: the server counts others than we know, so that the list has to be asked for again. */
export function withNews(people: People, news: VoiceNews): { readonly people: People; readonly missed: boolean } {
  const next = new Map(people);
  for (const id of news.gone) next.delete(id);
  for (const person of news.members) next.set(person.member_id, person);
  return { people: next, missed: next.size !== news.count };
}

export function peopleOf(list: readonly VoicePerson[]): People {
  return new Map(list.map((person) => [person.member_id, person]));
}

export type Unheard = 'not_allowed' | 'alone' | 'not_arriving' | 'crowded' | 'lossy';

/** Some of what is said gets lost from here on: a voice with every fifth packet missing is hard to follow. */
const LOSSY_PERCENT = 20;

/** Why nobody, or hardly anybody, hears what this person says right now; null while they do, or say nothing. */
export function unheard(people: People, self: string, talking: boolean): Unheard | null {
  const own = people.get(self);
  if (!own?.connected || !talking) return null;
  if (!own.may_speak) return 'not_allowed';
  if (![...people.values()].some((person) => person.member_id !== self && person.connected)) return 'alone';
  if (own.muted) return null; // What the server was told just now is still on its way back.
  if (own.level === null) return 'not_arriving';
  if (own.speaking && own.heard_by === 0) return 'crowded';
  return own.loss !== null && own.loss >= LOSSY_PERCENT ? 'lossy' : null;
}

export type TalkMode = 'auto' | 'open' | 'push';

export function isTalkMode(value: string): value is TalkMode {
  return value === 'auto' || value === 'open' || value === 'push';
}

/** Whether one holds a key to talk: as chosen, else as soon as more are in voice than can leave their microphones open. */
export function pushesToTalk(mode: TalkMode, count: number, above: number): boolean {
  return mode === 'push' || (mode === 'auto' && count > above);
}

export type MicrophoneFault = 'denied' | 'missing' | 'busy' | 'insecure';

/** What one can do about a microphone that was not given (`getUserMedia`, Media Capture and Streams §10.2). */
export function microphoneFault(error: unknown): MicrophoneFault {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return name === 'NotAllowedError' || name === 'SecurityError' ? 'denied' : 'insecure';
}
