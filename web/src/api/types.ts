/** The shapes of the REST interface that the client reads (`/api/openapi.json` is their source). Times end in `_ms`. */

export type Role = 'user' | 'editor' | 'moderator' | 'admin';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly nickname: string;
  readonly role: Role;
  readonly avatar_url: string | null;
  readonly has_password: boolean;
  /** The password was made for the first sign-in, and is used up. */
  readonly choose_password: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly page: number;
  readonly page_size: number;
}

export interface Genre {
  readonly id: string;
  readonly name: string;
}

/** Identifiers in other catalogues. */
export type ExternalIds = Readonly<Record<ExternalCatalogue, string | null>>;
export type ExternalCatalogue = 'mal' | 'shikimori' | 'anilist' | 'anidb' | 'kinopoisk' | 'imdb';

export interface ReleaseName {
  readonly main: string;
  readonly english: string | null;
  readonly alternative: string | null;
}

export interface Release {
  readonly id: string;
  readonly alias: string;
  readonly type: string;
  readonly year: number | null;
  readonly season: string | null;
  readonly name: ReleaseName;
  readonly description: string;
  readonly poster_url: string | null;
  /** The youngest age it is meant for, years. */
  readonly age_rating: number;
  readonly is_ongoing: boolean;
  readonly external_ids: ExternalIds;
  readonly genres: readonly Genre[];
  readonly episodes_total: number | null;
  readonly status: 'draft' | 'published';
  readonly version: number;
  /** In the language it was asked for in, if somebody translated it. */
  readonly translation: Translated | null;
}

/** Empty where the original stands. */
export interface Translated {
  readonly language: string;
  readonly name: string;
  readonly description: string;
}

export interface Span {
  readonly start_ms: number;
  readonly stop_ms: number;
}

export interface Episode {
  readonly id: string;
  readonly release_id: string;
  readonly ordinal: number;
  readonly name: string;
  readonly opening: Span | null;
  readonly ending: Span | null;
  readonly duration_ms: number | null;
  readonly playable: boolean;
  readonly thumbnail_url: string | null;
  readonly status: 'draft' | 'published';
  readonly version: number;
  readonly translation: Translated | null;
}

export interface Playback {
  readonly session_id: string;
  readonly hls_url: string;
  readonly storyboard_url: string | null;
  readonly poster_url: string | null;
  readonly markers: { readonly opening: Span | null; readonly ending: Span | null };
  readonly resume_position_ms: number;
  /** The voice-over this viewer heard the series in last. */
  readonly preferred_audio: Voice | null;
  readonly duration_ms: number;
}

/** A voice-over: a language, and a label where there are several in it. */
export interface Voice {
  readonly language: string;
  readonly label: string;
}

/** An episode begun (`resume`), or the one after the last that was finished (`next`). */
export interface ContinueItem {
  readonly kind: 'resume' | 'next';
  readonly release_id: string;
  readonly episode_id: string;
  readonly position_ms: number;
  readonly duration_ms: number | null;
}

/** One signed-in device. */
export interface SignedIn {
  readonly id: string;
  readonly device: string | null;
  readonly browser: string | null;
  readonly address: string;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly current: boolean;
}

/** A device that asks to be logged in, as the person who approves it sees it. */
export interface WaitingDevice {
  readonly user_code: string;
  readonly device: string | null;
  readonly browser: string | null;
  readonly address: string;
  readonly same_network: boolean;
  readonly created_at: string;
}

/** What a device shows to be logged in, and asks with (RFC 8628 §3.2); both times are seconds. */
export interface DeviceAuthorization {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly expires_in: number;
  readonly interval: number;
  readonly qr_svg: string;
}

export interface ProgressItem {
  readonly episode_id: string;
  readonly position_ms: number;
  readonly duration_ms: number;
  /** When the viewer was there, Unix ms by the viewer's clock. */
  readonly at_ms: number;
  /** What is listened to; left out where there is nothing to choose. */
  readonly audio?: Voice;
}

export interface PartySummary {
  readonly id: string;
  readonly title: string;
  readonly members_count: number;
  readonly access: PartyAccess;
  readonly needs_password: boolean;
  readonly media: { readonly episode_id: string; readonly title?: string } | null;
}

export type PartyAccess = 'public' | 'unlisted' | 'private' | 'password';
export type ControlMode = 'everyone' | 'host' | 'cohosts' | 'vote';

export interface Job {
  readonly id: string;
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed';
  readonly stage: string | null;
  /** 0 to 1. */
  readonly progress: number;
  /** The message is meant for people. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** `job:progress`, to whoever ordered the job. */
export interface JobNews {
  readonly job_id: string;
  readonly state: Job['state'];
  readonly stage: string;
  readonly progress: number;
}

/** Somebody who vouches for people: an OpenID Connect provider the operator set up. */
export interface Provider {
  readonly id: string;
  readonly name: string;
}

/** An account at a provider that lets its owner in here. */
export interface LinkedAccount {
  readonly id: string;
  /** null: the operator took this provider away. */
  readonly provider: Provider | null;
  readonly issuer: string;
  readonly email: string | null;
  readonly linked_at: string;
}
