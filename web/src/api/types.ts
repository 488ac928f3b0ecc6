/** The shapes of the REST interface that the client reads, under the names it has for them. */
import type { components } from './schema';

export type Schemas = components['schemas'];

export type Role = User['role'];

export type User = Schemas['UserOut'];

export type Page<T> = Omit<Schemas['ReleasePage'], 'items'> & { readonly items: readonly T[] };

export type Genre = Schemas['GenreOut'];

/** Identifiers in other catalogues. */
export type ExternalIds = Schemas['ExternalIdsOut'];
export type ExternalCatalogue = keyof ExternalIds;

/** The name that something was found by. */
export type Matched = Schemas['MatchedOut'];

/** `matched` where a list was searched. */
export type Release = Schemas['ReleaseOut'] & { readonly matched?: Matched | null };

/** Empty where the original stands. */
export type Translated = Schemas['TranslatedOut'];

export type Span = Schemas['SpanIO'];

/** With who says so. */
export type MarkedSpan = Schemas['SpanOut'];
/** Of an episode, where what one may skip is. */
export type Markers = Schemas['MarkersOut'];

export type Episode = Schemas['EpisodeOut'];

export type Playback = Schemas['PlaybackOut'];

/** What is watched under one's account; `current`: from this sign-in. */
export type WatchedStream = Schemas['WatchedStreamOut'];
export type WatchedStreams = Schemas['WatchedStreamsOut'];

/** What somebody watches, for moderators. */
export type ViewerStream = Schemas['ViewerStreamOut'];

/** A voice-over: a language, and a label where there are several in it. */
export type Voice = Schemas['OriginAudioOut'];

/** An episode begun (`resume`), or the one after the last that was finished (`next`). */
export type ContinueItem = Schemas['ContinueOut'];

/** One signed-in device. */
export type SignedIn = Schemas['SessionOut'];

/** A device that asks to be logged in, as the person who approves it sees it. */
export type WaitingDevice = Schemas['WaitingDeviceOut'];

/** What a device shows to be logged in, and asks with (RFC 8628 §3.2); both times are seconds. */
export type DeviceAuthorization = Schemas['DeviceAuthorizationOut'];

export type ProgressItem = Schemas['ReportsIn']['items'][number];

export type PartySummary = Schemas['PartyOut'];

/** A party in the list of open ones. */
export type PartyLine = Schemas['PartyLineOut'];

export type PartyAccess = Schemas['PartyOut']['access'];
export type ControlMode = Schemas['PartyOut']['control'];

export type Job = Schemas['JobOut'];

/** `job:progress`, to whoever ordered the job. */
export interface JobNews {
  readonly job_id: string;
  readonly state: Job['state'];
  readonly stage: string;
  readonly progress: number;
}

/** Somebody who vouches for people: an OpenID Connect provider the operator set up. */
export type Provider = Schemas['ProviderOut'];

/** An account at a provider that lets its owner in here. */
export type LinkedAccount = Schemas['IdentityOut'];

/** How somebody watches. */
export type PlayerSettings = Schemas['PlayerSettingsOut'];
export type PlayerSettingsPatch = Schemas['PlayerSettingsPatch'];
export type OwnPlayerSettings = Schemas['OwnPlayerSettingsOut'];
export type DevicePlayerSettings = Schemas['DevicePlayerSettingsOut'];
/** A row of the table of languages: this sound with these subtitles. */
export type TrackWish = Schemas['TrackWishIO'];
export type CaptionStyle = Schemas['CaptionsIO'];
export type SeriesChoicePatch = Schemas['SeriesChoicePatch'];
export type GuestTracks = Schemas['GuestIn'];
