// Generated from the OpenAPI document by `make api-types`; do not edit.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Whether what was made by a proposal is published at once. */
        readonly AcceptIn: {
            /**
             * @description Show something new to viewers at once.
             * @default false
             */
            readonly publish?: boolean;
        };
        /**
         * @description What a row came to.
         * @enum {string}
         */
        readonly Action: "created" | "updated" | "unchanged" | "conflict" | "ignored" | "blacklisted" | "removed" | "failed";
        /** @description A day on which something was watched. */
        readonly ActiveDayOut: {
            /** Format: date */
            readonly day: string;
            /** @description By when each was watched last */
            readonly episodes: number;
        };
        /** @description What all nodes saw of a source; those that did not answer this request report every few seconds. */
        readonly ActivityOut: {
            readonly ad_seconds_cut: number;
            /** @description Ad segments: of a live stream each once, of a complete playlist once for a node. */
            readonly ads_cut: number;
            readonly bytes_passed: number;
            readonly cached: number;
            /** @description Of the node that answers. open: it failed too often in a row and is left alone for some seconds. */
            readonly circuit: components["schemas"]["Circuit"];
            readonly failed: number;
            readonly guard_trips: number;
            readonly last_error: string;
            readonly playlists: number;
            readonly requests: number;
            /** @description When counting began; null before the first request, or while this node counts for itself. */
            readonly since: string | null;
            /** @description Mean time of an answer. */
            readonly upstream_ms: number | null;
        };
        /** @description Why an account is shown no ads. */
        readonly AdExemptionIn: {
            /** @default  */
            readonly reason?: string;
        };
        /** @description That one is shown no promos, and why. */
        readonly AdExemptionKept: {
            /** Format: date-time */
            readonly granted_at: string;
            readonly reason: string;
        };
        /** @description An account that is shown neither promos nor ads. */
        readonly AdExemptionOut: {
            /** Format: date-time */
            readonly granted_at: string;
            /** @description `null`: the account is gone. */
            readonly nickname: string | null;
            readonly reason: string;
            readonly user_id: string;
        };
        /** @description A page of exemptions, the newest first. */
        readonly AdExemptionPage: {
            readonly items: readonly components["schemas"]["AdExemptionOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description The model in the database. */
        readonly AdminModelOut: {
            /** @description Releases that take part at most, the most liked ones. */
            readonly items_max: number;
            /** @description People who like a release that takes part, at least. */
            readonly likes_min: number;
            readonly model: components["schemas"]["ModelOut"] | null;
            readonly took_s: number | null;
            readonly version: string | null;
        };
        /**
         * @description In which break an ad is shown.
         * @enum {string}
         */
        readonly AdPlacement: "pre_roll" | "mid_roll";
        /**
         * @description What to do with ads.
         * @enum {string}
         */
        readonly AdPolicy: "off" | "replace" | "delete";
        /** @description Breaks of this stream, which `hls_url` has as HLS interstitials. */
        readonly AdsOut: {
            /** @description Where they are; 0 is before it. */
            readonly breaks_ms: readonly number[];
            /** @description VAST 4.2 of a break, for players without interstitials: `&offset=` is one of `breaks_ms`. */
            readonly vast_url: string;
        };
        /**
         * @description The youngest age a release is meant for.
         * @enum {integer}
         */
        readonly AgeRating: 0 | 6 | 12 | 16 | 18;
        /** @description An age rating and what it is called. */
        readonly AgeReferenceOut: {
            readonly label: string;
            /** @description The youngest age it is for. */
            readonly value: number;
        };
        /** @description Airings by moment. */
        readonly AiringList: {
            readonly items: readonly components["schemas"]["AiringOut"][];
            /** Format: date */
            readonly since: string;
            readonly tz: string;
            /**
             * Format: date
             * @description The last day, included.
             */
            readonly until: string;
        };
        /** @description An episode, when and where it airs. */
        readonly AiringOut: {
            readonly address: string;
            /** Format: date-time */
            readonly airs_at: string;
            readonly broadcast: components["schemas"]["BroadcastTimeOut"];
            /**
             * Format: date
             * @description In the time zone asked for.
             */
            readonly day: string;
            readonly duration_min: number;
            /** @description Where it can be watched here. */
            readonly episode_id: string | null;
            readonly ordinal: number;
            /** @description When the recurrence has it; null beside it. */
            readonly planned_at: string | null;
            readonly regions: readonly string[];
            readonly release: components["schemas"]["ListedReleaseOut"];
            readonly site: string;
            readonly state: components["schemas"]["AiringState"];
        };
        /**
         * @description What is known of an airing.
         * @enum {string}
         */
        readonly AiringState: "planned" | "moved" | "cancelled" | "postponed" | "estimated";
        /**
         * @description How far a work has come out, where it is shown first.
         * @enum {string}
         */
        readonly AiringStatus: "announced" | "ongoing" | "paused" | "finished" | "cancelled";
        /** @description How it is to be written; without it as most people wrote it. */
        readonly AliasAcceptIn: {
            /** @default null */
            readonly text?: string | null;
        };
        /** @description What people call a release that has no such name. */
        readonly AliasCandidateOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly decided_at: string | null;
            readonly decided_by: string | null;
            readonly id: string;
            /** @description `null` where the release is deleted. */
            readonly release_alias: string | null;
            readonly release_id: string;
            readonly release_name: components["schemas"]["NamesOut"] | null;
            readonly state: components["schemas"]["CandidateState"];
            readonly text: string;
            /** @description People who had meant it when it was asked about. */
            readonly voices: number;
        };
        /** @description A page of names that people use. */
        readonly AliasCandidatePage: {
            readonly items: readonly components["schemas"]["AliasCandidateOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description How many, and how much they take. */
        readonly AmountOut: {
            readonly count: number;
            readonly size_bytes: number;
        };
        /** @description A job as an administrator sees it; ``progress`` runs from 0 to 1. */
        readonly AnyJobOut: {
            readonly attempts: number;
            /** Format: date-time */
            readonly created_at: string;
            readonly ended_at: string | null;
            readonly error: components["schemas"]["JobError"] | null;
            readonly id: string;
            /** @description `POST /jobs/{job_id}/cancel` takes jobs of this kind. */
            readonly is_stoppable: boolean;
            /** @description It was stopped, and its worker is about to hear of it. */
            readonly is_stopping: boolean;
            readonly kind: string;
            readonly owner_id: string | null;
            /** @description `null` for the program's own work, and for accounts that are gone. */
            readonly owner_nickname: string | null;
            readonly priority: components["schemas"]["PriorityName"];
            readonly progress: number;
            readonly stage: string;
            /** @enum {string} */
            readonly state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /** @description When it is begun again after `error`, such as a storage that does not answer; `null` unless it waits for that. */
            readonly tried_again_at: string | null;
        };
        /** @description What to do with rows that the library has already, and which releases the uncertain ones mean. */
        readonly ApplyIn: {
            /**
             * @description For ambiguous and unmatched rows
             * @default []
             */
            readonly choices?: readonly components["schemas"]["ChoiceIn"][];
            /** @default newest */
            readonly policy?: components["schemas"]["Policy"];
        };
        /**
         * @description Who may watch.
         * @enum {string}
         */
        readonly Audience: "public" | "members";
        /** @description Whom something is for: what is empty asks for nothing, the others must all fit. */
        readonly AudienceIn: {
            /** @description Slugs; one of them fits. */
            readonly genres?: readonly string[];
            /** @description Types of releases: `MOVIE`. */
            readonly kinds?: readonly string[];
            /** @description Primary subtags of BCP 47: `en`, `ru`. */
            readonly languages?: readonly string[];
            /** @description ISO 3166-1 alpha-2. */
            readonly regions?: readonly string[];
            readonly release_ids?: readonly string[];
            /** @description `guest` is whoever has not signed in. */
            readonly roles?: readonly string[];
        };
        /** @description A voice-over: its language (BCP 47), and its label where there are several in one language. */
        readonly AudioChoiceIO: {
            /** @default  */
            readonly label?: string;
            readonly language: string;
        };
        /** @description A voice-over: its language (BCP 47), and its label where there are several in one language. */
        readonly AudioIn: {
            /** @default  */
            readonly label?: string;
            readonly language: string;
        };
        /** @description One thing that happened. */
        readonly AuditEntryOut: {
            readonly actor_id: string | null;
            readonly address: string | null;
            /** Format: date-time */
            readonly at: string;
            readonly details: {
                readonly [key: string]: unknown;
            };
            readonly event: string;
            readonly id: string;
            readonly request_id: string | null;
        };
        /** @description A page of the audit log. */
        readonly AuditPage: {
            readonly items: readonly components["schemas"]["AuditEntryOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description Why somebody is locked out. */
        readonly BanIn: {
            /** @description For other moderators and the audit log; the user does not see it */
            readonly reason: string;
        };
        /** @description What a source may not bring in. */
        readonly BlacklistEntryOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly created_by: string | null;
            readonly id: string;
            readonly mark: components["schemas"]["Mark"];
            readonly reason: string;
            readonly source_id: string | null;
            readonly value: string;
        };
        /** @description A work that is never imported. */
        readonly BlacklistIn: {
            readonly mark: components["schemas"]["Mark"];
            /** @default  */
            readonly reason?: string;
            /**
             * @description Left out: from no source at all.
             * @default null
             */
            readonly source_id?: string | null;
            readonly value: string;
        };
        /** @description A page of the blacklist. */
        readonly BlacklistOut: {
            readonly items: readonly components["schemas"]["BlacklistEntryOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description Where a release may not be shown. */
        readonly BlocksIn: {
            /**
             * @description Nowhere.
             * @default false
             */
            readonly copyright?: boolean;
            /**
             * @description ISO 3166-1 alpha-2: `DE`, `JP`.
             * @default []
             */
            readonly regions?: readonly string[];
        };
        /** @description Where it is not shown; editors see it all the same. */
        readonly BlocksOut: {
            readonly copyright: boolean;
            readonly regions: readonly string[];
        };
        /** @description Broadcast days, the last included, without an episode; what would have aired follows after them. */
        readonly BreakIO: {
            /** Format: date */
            readonly first: string;
            /** Format: date */
            readonly last: string;
            /** @default  */
            readonly note?: string;
        };
        /** @description When it is on as its broadcaster lists it: what is on at night belongs to the day before. */
        readonly BroadcastTimeOut: {
            /**
             * @description From 05:00 to 28:59.
             * @example 25:15
             */
            readonly clock: string;
            /** Format: date */
            readonly day: string;
            readonly zone: string;
        };
        /** @description A job; `GET /jobs/{job_id}` says how far it is. */
        readonly BuildOut: {
            readonly job_id: string;
        };
        /**
         * @description What happens to each release after it was edited.
         * @enum {string}
         */
        readonly BulkAction: "publish" | "unpublish" | "delete";
        /** @description What a bulk edit changes in a field. */
        readonly BulkChangeOut: {
            readonly after: unknown;
            readonly before: unknown;
            readonly field: string;
        };
        /** @description Why a release could not be changed. */
        readonly BulkErrorOut: {
            readonly code: string;
            readonly detail: string;
        };
        /** @description What each release is to have; what is left out stays as it is, and null empties it. */
        readonly BulkFieldsIn: {
            /** @default 0 */
            readonly age_rating?: components["schemas"]["AgeRating"];
            /** @default finished */
            readonly airing_status?: components["schemas"]["AiringStatus"];
            /** @default null */
            readonly season?: components["schemas"]["Season"] | null;
            /** @default TV */
            readonly type?: components["schemas"]["ReleaseType"];
            /** @default null */
            readonly year?: number | null;
        };
        /** @description One change of many releases. */
        readonly BulkIn: {
            /** @default null */
            readonly action?: components["schemas"]["BulkAction"] | null;
            readonly add_genres?: readonly string[];
            /**
             * @description Change none where one cannot be changed.
             * @default false
             */
            readonly all_or_nothing?: boolean;
            /**
             * @description Say what would change, and change nothing.
             * @default false
             */
            readonly dry_run?: boolean;
            readonly ids: readonly string[];
            /** @description Names or slugs. */
            readonly remove_genres?: readonly string[];
            /**
             * @default {
             *       "type": "TV",
             *       "year": null,
             *       "season": null,
             *       "age_rating": 0,
             *       "airing_status": "finished"
             *     }
             */
            readonly set?: components["schemas"]["BulkFieldsIn"];
        };
        /** @description What a bulk edit does, or did, to one release. */
        readonly BulkItemOut: {
            readonly changes: readonly components["schemas"]["BulkChangeOut"][];
            readonly error: components["schemas"]["BulkErrorOut"] | null;
            readonly id: string;
            /** @description With `applied` false: what it would be. */
            readonly state: components["schemas"]["BulkState"];
            readonly title: string;
        };
        /** @description What became of each release, in the order they were named. */
        readonly BulkOut: {
            /** @description Whether anything was written: not in a dry run, nor where nothing was to be. */
            readonly applied: boolean;
            readonly changed: number;
            readonly failed: number;
            readonly items: readonly components["schemas"]["BulkItemOut"][];
            readonly unchanged: number;
        };
        /**
         * @description What became of a release.
         * @enum {string}
         */
        readonly BulkState: "changed" | "unchanged" | "failed";
        /** @description A calendar address one made; the address itself is known to nobody. */
        readonly CalendarKept: {
            /** Format: date-time */
            readonly created_at: string;
            readonly id: string;
            readonly label: string;
        };
        /**
         * @description How far something is that is shown for a time.
         * @enum {string}
         */
        readonly CampaignState: "stopped" | "scheduled" | "running" | "ended";
        /**
         * @description What somebody decided on a name that people use, or that nobody has yet.
         * @enum {string}
         */
        readonly CandidateState: "open" | "accepted" | "rejected";
        /** @description How often one viewer sees it; 0 of both: as often as it comes. */
        readonly CapIn: {
            /** @default 0 */
            readonly days?: number;
            /** @default 0 */
            readonly impressions?: number;
        };
        /**
         * @description What sets letters off from the picture.
         * @enum {string}
         */
        readonly CaptionEdge: "none" | "outline" | "shadow";
        /** @description How subtitles look. */
        readonly CaptionsIO: {
            readonly background: string;
            /** @description How much it covers. */
            readonly background_percent: number;
            /** @description `#rrggbb`, in lower case. */
            readonly color: string;
            readonly edge: components["schemas"]["CaptionEdge"];
            readonly size_percent: number;
        };
        /** @description A favourite that came or went since a revision. */
        readonly ChangedFavoriteOut: {
            /** Format: date-time */
            readonly added_at: string;
            readonly release_id: string;
            readonly removed: boolean;
        };
        /** @description That a list changed; what is in it is read by itself, if its ``version`` is another than the one known. */
        readonly ChangedListOut: {
            readonly id: string;
            readonly items_count: number;
            readonly removed: boolean;
            readonly title: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
            readonly visibility: components["schemas"]["Visibility"];
        };
        /** @description Progress that changed or went since a revision. */
        readonly ChangedProgressOut: {
            readonly duration_ms: number;
            readonly episode_id: string;
            /** @description 0 once the episode is over */
            readonly position_ms: number;
            readonly release_id: string;
            readonly removed: boolean;
            /** @description Where a player should start */
            readonly resume_position_ms: number;
            readonly rewatches: number;
            /**
             * Format: date-time
             * @description By the clock of the device that reported it
             */
            readonly updated_at: string;
            readonly watched: boolean;
        };
        /** @description A release that came onto a shelf, moved or went since a revision. */
        readonly ChangedShelfItemOut: {
            /** Format: date-time */
            readonly changed_at: string;
            readonly finished_at: string | null;
            readonly release_id: string;
            readonly removed: boolean;
            readonly started_at: string | null;
            readonly type: components["schemas"]["ShelfName"];
        };
        /** @description A field's new value; ``before`` is what the author saw there, and may be left out for what stands now. */
        readonly ChangeIn: {
            readonly after: components["schemas"]["JsonValue"];
            /** @default null */
            readonly before?: components["schemas"]["JsonValue"];
        };
        /** @description What changed in a library since a revision; with ``more``, ask again from the one given here. */
        readonly ChangesOut: {
            readonly collections: readonly components["schemas"]["ChangedShelfItemOut"][];
            readonly favorites: readonly components["schemas"]["ChangedFavoriteOut"][];
            readonly lists: readonly components["schemas"]["ChangedListOut"][];
            /** @description Whether to ask again at once */
            readonly more: boolean;
            /** @description What to send as `since` the next time */
            readonly revision: number;
            readonly timecodes: readonly components["schemas"]["ChangedProgressOut"][];
        };
        /** @description How a channel does. */
        readonly ChannelHealthOut: {
            /** @description Whether the publisher's media can arrive. */
            readonly connected: boolean;
            /** @description Why the last publisher is gone. */
            readonly last_end: components["schemas"]["EndReason"] | null;
            readonly live: boolean;
            /** @description What a publisher may send. */
            readonly max_kbps: number;
            /** @description How many people the node takes over WebRTC now, in all channels. */
            readonly places: number;
            readonly publisher: components["schemas"]["PublisherHealthOut"] | null;
            /** @description Who watches it over WebRTC. */
            readonly viewers: number;
            /** @description Who watches it by Low-Latency HLS until there is a place over WebRTC, and listens. */
            readonly waiting: number;
        };
        /** @description A channel as its owner describes it. */
        readonly ChannelIn: {
            /**
             * @description `public`: everybody; `members`: who is signed in.
             * @default public
             */
            readonly audience?: components["schemas"]["Audience"];
            /** @default  */
            readonly description?: string;
            readonly title: string;
        };
        /** @description A live channel. */
        readonly ChannelOut: {
            readonly audience: components["schemas"]["Audience"];
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            /** @description Whether there is a stream key; its owner alone is told. */
            readonly has_key: boolean | null;
            /**
             * @description The same as Low-Latency HLS, for a while; from `GET` of one channel, where the node asked carries it, or knows the address of the one that does.
             * @default null
             */
            readonly hls_url: string | null;
            readonly id: string;
            /** @description Whether somebody was live a moment ago: viewers are kept, and Low-Latency HLS shows a slate. */
            readonly is_away: boolean;
            readonly is_live: boolean;
            readonly key_made_at: string | null;
            readonly live_since: string | null;
            readonly owner_id: string;
            /** @description Nickname; empty where the account is gone. */
            readonly owner_name: string;
            /** @description Whether what is sent is recorded whenever it is live; its owner alone is told. */
            readonly records: boolean | null;
            /**
             * @description How far back `hls_url` goes at the moment, in seconds; 0 where viewers may not seek back.
             * @default 0
             */
            readonly rewind_s: number;
            readonly taken_down_at: string | null;
            readonly taken_down_reason: string;
            readonly title: string;
            /** @description For `If-Match`: `"v<version>"`. */
            readonly version: number;
            /** @description Who watches now, to within a few seconds. */
            readonly viewers: number;
            /** @description Where a player posts its offer (draft-ietf-wish-whep-03). */
            readonly whep_url: string;
            /** @description Where its owner publishes (RFC 9725); nobody else is told. */
            readonly whip_url: string | null;
        };
        /** @description A page of channels, those that are live first. */
        readonly ChannelsOut: {
            readonly items: readonly components["schemas"]["ChannelOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description A channel with its stream key, which is told this once. */
        readonly ChannelWithKeyOut: {
            readonly audience: components["schemas"]["Audience"];
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            /** @description Whether there is a stream key; its owner alone is told. */
            readonly has_key: boolean | null;
            /**
             * @description The same as Low-Latency HLS, for a while; from `GET` of one channel, where the node asked carries it, or knows the address of the one that does.
             * @default null
             */
            readonly hls_url: string | null;
            readonly id: string;
            /** @description Whether somebody was live a moment ago: viewers are kept, and Low-Latency HLS shows a slate. */
            readonly is_away: boolean;
            readonly is_live: boolean;
            readonly key_made_at: string | null;
            readonly live_since: string | null;
            readonly owner_id: string;
            /** @description Nickname; empty where the account is gone. */
            readonly owner_name: string;
            /** @description Whether what is sent is recorded whenever it is live; its owner alone is told. */
            readonly records: boolean | null;
            /**
             * @description How far back `hls_url` goes at the moment, in seconds; 0 where viewers may not seek back.
             * @default 0
             */
            readonly rewind_s: number;
            /** @description Shown this once: `Authorization: Bearer` at `POST /api/v1/live/whip`. */
            readonly stream_key: string;
            readonly taken_down_at: string | null;
            readonly taken_down_reason: string;
            readonly title: string;
            /** @description For `If-Match`: `"v<version>"`. */
            readonly version: number;
            /** @description Who watches now, to within a few seconds. */
            readonly viewers: number;
            /** @description Where a player posts its offer (draft-ietf-wish-whep-03). */
            readonly whep_url: string;
            /** @description Where its owner publishes (RFC 9725); nobody else is told. */
            readonly whip_url: string | null;
        };
        /** @description Which release the row of this number means. */
        readonly ChoiceIn: {
            readonly number: number;
            readonly release_id: string;
        };
        /**
         * @description Whether requests go through.
         * @enum {string}
         */
        readonly Circuit: "closed" | "open" | "half-open";
        /** @description A licence (W3C EME §9.1.4). */
        readonly ClearKeyOut: {
            readonly keys: readonly components["schemas"]["JsonWebKey"][];
            readonly type: string;
        };
        /**
         * @description What times of a playlist are measured by.
         * @enum {string}
         */
        readonly Clock: "measured" | "dated" | "numbered";
        /** @description A sign-in by the six digits that were sent by e-mail. */
        readonly CodeIn: {
            /** @description Six digits, from the letter; spaces do not matter */
            readonly code: string;
            /**
             * @default body
             * @enum {string}
             */
            readonly delivery?: "body" | "cookie";
            readonly email: string;
        };
        /** @description Where a release stands, in a file. */
        readonly CollectionPart: {
            /** Format: date-time */
            readonly changed_at: string;
            /** @default null */
            readonly finished_at: string | null;
            /** @default null */
            readonly started_at: string | null;
            readonly type: components["schemas"]["ShelfName"];
        };
        /** @description What somebody says on a proposal. */
        readonly CommentIn: {
            readonly text: string;
        };
        /** @description A comment somebody wrote on a proposal. */
        readonly CommentKept: {
            /** Format: date-time */
            readonly created_at: string;
            readonly deleted_at: string | null;
            readonly edited_at: string | null;
            readonly id: string;
            readonly proposal_id: string;
            readonly text: string;
        };
        /** @description The comments on a proposal, the oldest first. */
        readonly CommentList: {
            readonly items: readonly components["schemas"]["CommentOut"][];
        };
        /** @description A comment on a proposal; the text of a deleted one is empty. */
        readonly CommentOut: {
            readonly author: components["schemas"]["PersonOut"];
            /** Format: date-time */
            readonly created_at: string;
            readonly deleted_at: string | null;
            readonly edited_at: string | null;
            readonly id: string;
            readonly proposal_id: string;
            /** @description Empty once it is deleted. */
            readonly text: string;
            readonly version: number;
        };
        /** @description How alike the scores of two people are. */
        readonly CompatibilityOut: {
            /** @description Releases that both gave a score */
            readonly common: number;
            /** @description From so many on there is a percentage */
            readonly minimum_common: number;
            /** @description From 0 (opposite) over 50 (no relation) to 100 (alike), in steps of 5: the correlation of the common scores, drawn to 50 where they are few. Null with too few, or where one gave everything the same score */
            readonly percent: number | null;
        };
        /** @description A record that may be several releases, or none. */
        readonly ConflictOut: {
            readonly candidates: readonly components["schemas"]["ConflictsCandidateOut"][];
            /** Format: date-time */
            readonly created_at: string;
            readonly decided_at: string | null;
            readonly decided_by: string | null;
            readonly decision: components["schemas"]["Decision"] | null;
            readonly doubt: components["schemas"]["Doubt"];
            readonly id: string;
            readonly key: string;
            /** @description What the source says of it. */
            readonly record: {
                readonly [key: string]: unknown;
            };
            readonly release_id: string | null;
            readonly source_id: string;
            readonly title: string;
        };
        /** @description A release that it may be. */
        readonly ConflictsCandidateOut: {
            readonly alias: string;
            readonly english: string | null;
            readonly episodes_total: number | null;
            readonly external_ids: {
                readonly [key: string]: string;
            };
            readonly id: string;
            readonly poster_url: string | null;
            readonly title: string;
            readonly type: string;
            readonly year: number | null;
        };
        /** @description A page of conflicts. */
        readonly ConflictsOut: {
            readonly items: readonly components["schemas"]["ConflictOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description What to go on with, the latest first. */
        readonly ContinueListOut: {
            readonly items: readonly components["schemas"]["ContinueOut"][];
        };
        /** @description What to go on with: an episode that was begun, or the one after the last that was finished. */
        readonly ContinueOut: {
            /** @description The voice-over the series was heard in last */
            readonly audio: components["schemas"]["LibraryAudioOut"] | null;
            readonly duration_ms: number | null;
            readonly episode_id: string;
            /**
             * @description An episode begun, or the one after the last that was finished
             * @enum {string}
             */
            readonly kind: "resume" | "next";
            readonly position_ms: number;
            readonly release_id: string;
            /** Format: date-time */
            readonly updated_at: string;
        };
        /**
         * @description What the new release says as the old one does, until somebody edits it: who made it, and what it is about.
         * @enum {string}
         */
        readonly CopiedList: "credits" | "studios" | "tags";
        /** @description A stretch of a source that is, or is not, advertising, whatever the detector thinks. */
        readonly CorrectionIn: {
            /** @description As the explanation of this source says. */
            readonly clock: components["schemas"]["Clock"];
            readonly end: number;
            readonly is_ad: boolean;
            readonly start: number;
        };
        /** @description A stretch that an operator said is, or is not, advertising; ``start`` and ``end`` are on its ``clock``. */
        readonly CorrectionOut: {
            /** Format: date-time */
            readonly at: string;
            readonly by: string;
            readonly clock: components["schemas"]["Clock"];
            readonly end: number;
            readonly id: string;
            readonly is_ad: boolean;
            readonly start: number;
        };
        /** @description How much there is of everything. */
        readonly CountsOut: {
            /** @description Shelves with nothing on them are left out */
            readonly collections: {
                readonly [key: string]: number;
            };
            readonly favorites: number;
            readonly history: number;
            readonly lists: number;
        };
        /** @description Videos of a tag, of the last week. */
        readonly CreativesOut: {
            readonly failed: number;
            readonly preparing: number;
            readonly ready: number;
        };
        /** @description All credits of a release, in their order. */
        readonly CreditsIn: {
            readonly items: readonly components["schemas"]["StaffCreditIn"][];
        };
        /** @description What was counted on one day (UTC). */
        readonly DayCountOut: {
            readonly clicks: number;
            /** Format: date */
            readonly day: string;
            readonly impressions: number;
        };
        /**
         * @description What somebody decided.
         * @enum {string}
         */
        readonly Decision: "same" | "new" | "ignore" | "settled";
        /** @description What a record is. */
        readonly DecisionIn: {
            /** @description `settled` is not for people. */
            readonly decision: components["schemas"]["Decision"];
            /**
             * @description With `same`.
             * @default null
             */
            readonly release_id?: string | null;
        };
        /** @description A release that can still be restored. */
        readonly DeletedReleaseOut: {
            /** @description What it had, and gets back where nobody else has it by now. */
            readonly alias: string;
            /** Format: date-time */
            readonly deleted_at: string;
            readonly id: string;
            readonly name: components["schemas"]["NamesOut"];
            readonly poster_url: string | null;
            /** Format: date-time */
            readonly restorable_until: string;
            /** @description What it will be again. */
            readonly status: components["schemas"]["Status"];
            readonly type: components["schemas"]["ReleaseType"];
            readonly year: number | null;
        };
        /** @description A page of deleted releases. */
        readonly DeletedReleasePage: {
            readonly items: readonly components["schemas"]["DeletedReleaseOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description A page of events that a subscriber could not take. */
        readonly DeliveryPage: {
            readonly items: readonly components["schemas"]["OverviewDeliveryOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /**
         * @description Whether a delivery is still tried, got through, or never did.
         * @enum {string}
         */
        readonly DeliveryState: "pending" | "delivered" | "dead";
        /** @description RFC 8628 §3.2; both times are seconds. */
        readonly DeviceAuthorizationOut: {
            /** @description The device's secret: never shown to anybody */
            readonly device_code: string;
            readonly expires_in: number;
            readonly interval: number;
            /** @description A QR code of `verification_uri_complete`, as an SVG document */
            readonly qr_svg: string;
            /** @description To be shown */
            readonly user_code: string;
            readonly verification_uri: string;
            readonly verification_uri_complete: string;
        };
        /** @description What the viewer plays on; whatever is left out is not held against them. */
        readonly DeviceIn: {
            /** @description What it decodes, as RFC 6381 names: avc1.64001f, av01. */
            readonly codecs?: readonly string[];
            /**
             * @description Screen height in physical pixels.
             * @default 0
             */
            readonly height_px?: number;
            /**
             * @description Screen width in physical pixels.
             * @default 0
             */
            readonly width_px?: number;
        };
        /** @description Settings of the device that asks: the sign-in of its token. */
        readonly DevicePlayerSettingsOut: {
            /** @description What holds on it. */
            readonly effective: components["schemas"]["PlayerSettingsOut"];
            /** @description What it has otherwise; `null`: as everywhere. */
            readonly overrides: components["schemas"]["PlayerSettingsPatch"];
        };
        /** @description A device asks whether somebody has let it in (RFC 8628 §3.4). */
        readonly DevicePollIn: {
            /**
             * @default body
             * @enum {string}
             */
            readonly delivery?: "body" | "cookie";
            readonly device_code: string;
        };
        /** @description What is to be different, by field. */
        readonly DiffIn: {
            /** @description By name, such as `year` or `name.main`. */
            readonly fields: {
                readonly [key: string]: components["schemas"]["ChangeIn"];
            };
            /**
             * @description Why, and where it can be read.
             * @default
             */
            readonly note?: string;
        };
        /** @description The disk that media lies on. */
        readonly DiskOut: {
            readonly free_bytes: number;
            readonly total_bytes: number;
            readonly used_bytes: number;
        };
        /** @description A series one took out of *continue watching*. */
        readonly DismissedSeriesKept: {
            /** Format: date-time */
            readonly dismissed_at: string;
            readonly release_id: string;
        };
        /** @description What a person did for a release, or whom they spoke. */
        readonly DoneOut: {
            readonly character: string;
            readonly role: components["schemas"]["StaffRole"];
        };
        /**
         * @description Why a person has to decide.
         * @enum {string}
         */
        readonly Doubt: "several-ids" | "ids-contradict" | "ids-but-else-not" | "several-titles" | "almost" | "series-id";
        /** @description How a player gets the keys of samples that are encrypted by Common Encryption. */
        readonly DrmOut: {
            /** @description For players that know no ClearKey in HLS, such as shaka-player: the same with `KEYFORMAT="identity"`, whose addresses lead to the keys themselves. `null`: this server gives out no keys through ClearKey. */
            readonly identity_hls_url: string | null;
            readonly key_systems: readonly components["schemas"]["KeySystemOut"][];
        };
        /** @description The address to use from now on, once it is confirmed. */
        readonly EmailChangeIn: {
            /**
             * @description Of those who have no password: from the letter of `POST /auth/otp/confirm`
             * @default null
             */
            readonly code?: string | null;
            readonly email: string;
            /**
             * @description The present one
             * @default null
             */
            readonly password?: string | null;
        };
        /**
         * @description Why a recording is over.
         * @enum {string}
         */
        readonly EndedBy: "stopped" | "left" | "time" | "quota" | "disk_full" | "failed" | "interrupted";
        /**
         * @description Why a publisher is gone.
         * @enum {string}
         */
        readonly EndReason: "left" | "lost" | "replaced" | "stopped" | "taken_down" | "over_limit" | "ended";
        /** @description Which of two stays. */
        readonly EntriesMergeIn: {
            /** @description Id or alias of the one that stays. */
            readonly into: string;
        };
        /** @description One more name. */
        readonly EntryNameIn: {
            /** @default null */
            readonly language?: string | null;
            readonly text: string;
        };
        /** @description A name in a language. */
        readonly EntryNameOut: {
            /** @description BCP 47, where somebody said it. */
            readonly language: string | null;
            readonly text: string;
        };
        /** @description A person, a studio or a tag that may be meant. */
        readonly EntrySuggestion: {
            /** @description What its page is addressed by; of a tag its slug. */
            readonly alias: string;
            readonly id: string;
            /**
             * @description The name that it was found by.
             * @default null
             */
            readonly matched: components["schemas"]["MatchedOut"] | null;
            readonly name: string;
            /** @description Published releases that name it. */
            readonly releases: number;
        };
        /** @description An episode as an editor describes it; ``ordinal`` may be 12.5. */
        readonly EpisodeEdit: {
            /** @default null */
            readonly ending?: components["schemas"]["SpanIO"] | null;
            /** @default  */
            readonly name?: string;
            /** @default null */
            readonly opening?: components["schemas"]["SpanIO"] | null;
            readonly ordinal: number;
            /**
             * @description Of the next episode.
             * @default null
             */
            readonly preview?: components["schemas"]["SpanIO"] | null;
            /**
             * @description Of what happened in earlier episodes.
             * @default null
             */
            readonly recap?: components["schemas"]["SpanIO"] | null;
        };
        /** @description A new episode of a release. */
        readonly EpisodeIn: {
            /** @default null */
            readonly ending?: components["schemas"]["SpanIO"] | null;
            /** @default  */
            readonly name?: string;
            /** @default null */
            readonly opening?: components["schemas"]["SpanIO"] | null;
            readonly ordinal: number;
            /**
             * @description Of the next episode.
             * @default null
             */
            readonly preview?: components["schemas"]["SpanIO"] | null;
            /**
             * @description Of what happened in earlier episodes.
             * @default null
             */
            readonly recap?: components["schemas"]["SpanIO"] | null;
            readonly release_id: string;
        };
        /** @description The job that does it; ``GET /api/v1/jobs/{id}`` tells how far it is. */
        readonly EpisodeJobOut: {
            readonly job_id: string;
        };
        /** @description The episodes of a release, by ordinal. */
        readonly EpisodeList: {
            readonly items: readonly components["schemas"]["EpisodeOut"][];
        };
        /** @description One thing to play. */
        readonly EpisodeOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly duration_ms: number | null;
            readonly ending: components["schemas"]["SpanOut"] | null;
            readonly id: string;
            readonly name: string;
            readonly opening: components["schemas"]["SpanOut"] | null;
            readonly ordinal: number;
            readonly playable: boolean;
            readonly preview: components["schemas"]["SpanOut"] | null;
            readonly published_at: string | null;
            readonly recap: components["schemas"]["SpanOut"] | null;
            readonly release_id: string;
            readonly status: components["schemas"]["Status"];
            readonly thumbnail_url: string | null;
            /**
             * @description In the reader's language, if there is one.
             * @default null
             */
            readonly translation: components["schemas"]["TranslatedOut"] | null;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
        };
        /** @description A kind of event that webhooks can hear of. */
        readonly EventOut: {
            readonly description: string;
            readonly name: string;
            /** @description About one person: only told to filters that name it in full. */
            readonly personal: boolean;
        };
        /** @description All kinds of events, by name. */
        readonly EventsOut: {
            readonly items: readonly components["schemas"]["EventOut"][];
        };
        /** @description A media playlist as the detector sees it now. */
        readonly ExplainedOut: {
            /** @description measured: seconds from the beginning. dated: since the epoch. numbered: segments. */
            readonly clock: components["schemas"]["Clock"];
            readonly is_live: boolean;
            /** @description Why nothing is cut although ads were found; empty otherwise. */
            readonly refusal: string;
            readonly segments: readonly components["schemas"]["ExplainedSegmentOut"][];
            readonly url: string;
        };
        /** @description A segment of the upstream, and what becomes of it and why. */
        readonly ExplainedSegmentOut: {
            /** @description When it begins by the clock of corrections. */
            readonly at: number;
            readonly discontinuity: boolean;
            readonly duration_s: number;
            readonly fate: components["schemas"]["SegmentAction"];
            readonly msn: number;
            readonly reasons: readonly string[];
            readonly score: number;
            /** @description `null`: nobody says that it is an ad. */
            readonly source: components["schemas"]["VerdictSource"] | null;
            readonly start_s: number;
            readonly title: string;
            readonly until: number;
            readonly uri: string;
        };
        /** @description Identifiers in other catalogues. */
        readonly ExternalIdsIn: {
            /** @default null */
            readonly anidb?: string | null;
            /** @default null */
            readonly anilist?: string | null;
            /** @default null */
            readonly bangumi?: string | null;
            /** @default null */
            readonly imdb?: string | null;
            /** @default null */
            readonly kinopoisk?: string | null;
            /** @default null */
            readonly mal?: string | null;
            /** @default null */
            readonly shikimori?: string | null;
            /** @default null */
            readonly tmdb?: string | null;
        };
        /** @description The numbers of a release in other catalogues. */
        readonly ExternalIdsOut: {
            readonly anidb: string | null;
            readonly anilist: string | null;
            readonly bangumi: string | null;
            readonly imdb: string | null;
            readonly kinopoisk: string | null;
            readonly mal: string | null;
            readonly shikimori: string | null;
            readonly tmdb: string | null;
        };
        /** @description Counts by property, the most frequent first.  A filter does not narrow the counts of its own property. */
        readonly FacetsOut: {
            readonly age_rating: readonly components["schemas"]["FacetValue"][];
            readonly genre: readonly components["schemas"]["FacetValue"][];
            readonly person: readonly components["schemas"]["FacetValue"][];
            readonly season: readonly components["schemas"]["FacetValue"][];
            readonly status: readonly components["schemas"]["FacetValue"][];
            readonly studio: readonly components["schemas"]["FacetValue"][];
            /** @description Tags, studios and people: the fifty most frequent. */
            readonly tag: readonly components["schemas"]["FacetValue"][];
            readonly type: readonly components["schemas"]["FacetValue"][];
            /** @description The newest first. */
            readonly year: readonly components["schemas"]["FacetValue"][];
        };
        /** @description How many of the releases found have this value. */
        readonly FacetValue: {
            readonly count: number;
            /** @description What people call it; empty where the value says it all. */
            readonly label: string;
            readonly value: string;
        };
        /**
         * @description What can be wrong with one field, in words a program can translate.
         * @enum {string}
         */
        readonly Fault: "required" | "too_short" | "too_long" | "too_few" | "too_many" | "too_small" | "too_large" | "choice" | "unknown" | "fixed" | "nul" | "format";
        /** @description What went wrong, for pages in any language. */
        readonly FaultOut: {
            readonly code: string;
            readonly params: {
                readonly [key: string]: string | number;
            };
        };
        /** @description A release somebody marked as a favourite. */
        readonly FavoriteOut: {
            /** Format: date-time */
            readonly added_at: string;
            readonly release_id: string;
        };
        /** @description A favourite, in a file. */
        readonly FavoritePart: {
            /** Format: date-time */
            readonly added_at: string;
        };
        /** @description What becomes a favourite, and what no longer is one; a release in both becomes one. */
        readonly FavoritesIn: {
            readonly add?: readonly string[];
            readonly remove?: readonly string[];
        };
        /** @description A page of favourites. */
        readonly FavoritesOut: {
            readonly items: readonly components["schemas"]["FavoriteOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description What its owner knows an address by, such as the device that reads it. */
        readonly FeedIn: {
            /** @default  */
            readonly label?: string;
        };
        /** @description A calendar address somebody made; the address itself is told once. */
        readonly FeedOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly id: string;
            readonly label: string;
        };
        /** @description The calendar addresses of somebody. */
        readonly FeedsOut: {
            readonly items: readonly components["schemas"]["FeedOut"][];
        };
        /** @description With the address, which is told this once. */
        readonly FeedWithAddressOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly id: string;
            readonly label: string;
            /** @description For calendar programs. Whoever has it reads what its owner follows. */
            readonly url: string;
        };
        /** @description What a run changed, or would change, in a field. */
        readonly FieldChangeOut: {
            readonly after: unknown;
            readonly before: unknown;
            readonly field: string;
        };
        /** @description What people make of a release, in short. */
        readonly FiguresOut: {
            /** @description Of all votes; null without any. */
            readonly mean: number | null;
            /** @description People who have it in a collection. */
            readonly members: number;
            /** @description Of people who watched at least a fifth; these make the weighted score. */
            readonly ranked_votes: number;
            readonly release_id: string;
            readonly votes: number;
            /** @description What the ranking goes by, 1 to 10; null while there are not enough votes. */
            readonly weighted: number | null;
        };
        /** @description A field that the release that stays had left open. */
        readonly FilledOut: {
            readonly field: string;
            readonly value: string | number | null;
        };
        /**
         * @description What is wrong, or should be known; the worst first.
         * @enum {string}
         */
        readonly Finding: "no_media" | "no_picture" | "over_limit" | "loss" | "jitter" | "round_trip" | "relayed" | "few_frames" | "rare_key_frames" | "codec" | "no_sound" | "short";
        /** @description What the source showed when it was last looked at. */
        readonly FindingsOut: {
            readonly ad_signals: readonly string[];
            /** @description Segments that would be cut. */
            readonly ads: number;
            readonly codecs: readonly string[];
            readonly duration_ms: number;
            readonly encryption: readonly string[];
            readonly height_px: number;
            readonly is_live: boolean;
            readonly variants: number;
        };
        /** @description A relation that a dry run would make: the other work is the `kind` of this one. */
        readonly ForeseenRelationOut: {
            /** @description What the source calls the other work. */
            readonly key: string;
            readonly kind: components["schemas"]["RelationKind"];
            /** @description Null where the run would make the other one as well. */
            readonly release_id: string | null;
            readonly title: string;
        };
        /** @description Whose password was forgotten. */
        readonly ForgotIn: {
            readonly email: string;
        };
        /**
         * @description Who wrote the file, and how.
         * @enum {string}
         */
        readonly Format: "ani-json" | "mal-xml" | "shikimori-json";
        /** @description A release in a list. */
        readonly FoundRelease: {
            readonly age_rating: components["schemas"]["AgeRating"];
            readonly airing_status: components["schemas"]["AiringStatus"];
            readonly alias: string;
            readonly blocks: components["schemas"]["BlocksOut"];
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly episodes_total: number | null;
            readonly external_ids: components["schemas"]["ExternalIdsOut"];
            readonly genres: readonly components["schemas"]["GenreOut"][];
            readonly id: string;
            /** @description Whether `airing_status` is `ongoing`. */
            readonly is_ongoing: boolean;
            /**
             * @description Where something is searched for: the name that it was found by.
             * @default null
             */
            readonly matched: components["schemas"]["MatchedOut"] | null;
            readonly name: components["schemas"]["NamesOut"];
            /** @description Other names that it is found by. */
            readonly names: readonly components["schemas"]["OtherNameOut"][];
            readonly poster: components["schemas"]["PosterOut"];
            /** @description The uploaded poster or an episode's picture; `poster` is there always. */
            readonly poster_url: string | null;
            /** @description When it is to be published by itself. */
            readonly publish_at: string | null;
            readonly published_at: string | null;
            readonly season: components["schemas"]["Season"] | null;
            readonly status: components["schemas"]["Status"];
            readonly trailers: readonly components["schemas"]["TrailerOut"][];
            /**
             * @description In the reader's language, if there is one.
             * @default null
             */
            readonly translation: components["schemas"]["TranslatedOut"] | null;
            readonly type: components["schemas"]["ReleaseType"];
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
            readonly year: number | null;
        };
        /** @description A franchise as an editor describes it. */
        readonly FranchiseIn: {
            readonly alias: string;
            /** @default  */
            readonly description?: string;
            /** @default [] */
            readonly members?: readonly components["schemas"]["FranchiseMemberIn"][];
            readonly name: string;
            /** @default [] */
            readonly relations?: readonly components["schemas"]["FranchiseRelationIn"][];
        };
        /** @description A release, and its place in each order: numbers from 1, no two alike, gaps allowed. */
        readonly FranchiseMemberIn: {
            /**
             * @description Left out, it is that of the release order.
             * @default null
             */
            readonly chronological_place?: number | null;
            /**
             * @description The story can be followed without it.
             * @default false
             */
            readonly may_skip?: boolean;
            /** @default  */
            readonly note?: string;
            /**
             * @description Left out, it is that of the release order.
             * @default null
             */
            readonly recommended_place?: number | null;
            readonly release_id: string;
            readonly release_place: number;
        };
        /** @description A release of a franchise, and its place in each order. */
        readonly FranchiseMemberOut: {
            readonly chronological_place: number;
            readonly may_skip: boolean;
            readonly note: string;
            readonly recommended_place: number;
            readonly release: components["schemas"]["ReleaseOut"];
            readonly release_place: number;
        };
        /** @description Releases that belong together, those of them that the caller sees. */
        readonly FranchiseOut: {
            readonly alias: string;
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly id: string;
            /** @description In release order. */
            readonly members: readonly components["schemas"]["FranchiseMemberOut"][];
            readonly name: string;
            readonly relations: readonly components["schemas"]["FranchiseRelationOut"][];
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
        };
        /** @description A page of franchises. */
        readonly FranchisePage: {
            readonly items: readonly components["schemas"]["FranchiseSummaryOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description How far one is in all of a franchise; episodes of all releases together. */
        readonly FranchiseProgressOut: {
            readonly franchise_id: string;
            /** @description Nothing left: all is watched, skipped or abandoned. */
            readonly next: components["schemas"]["NextOut"] | null;
            /** @description In the recommended order. */
            readonly releases: readonly components["schemas"]["ReleaseProgressOut"][];
            readonly total: number;
            readonly watched: number;
        };
        /** @description ``to_id`` is the ``kind`` of ``from_id``. */
        readonly FranchiseRelationIn: {
            readonly from_id: string;
            readonly kind: components["schemas"]["RelationKind"];
            readonly to_id: string;
        };
        /** @description ``to_id`` is the ``kind`` of ``from_id``. */
        readonly FranchiseRelationOut: {
            readonly from_id: string;
            readonly kind: components["schemas"]["RelationKind"];
            readonly to_id: string;
        };
        /** @description A franchise without its releases. */
        readonly FranchiseSummaryOut: {
            readonly alias: string;
            readonly id: string;
            readonly name: string;
            readonly poster_url: string | null;
            /** @description How many of its releases the caller sees. */
            readonly releases: number;
        };
        /** @description What belongs to no video. */
        readonly GarbageOut: {
            readonly files: number;
            readonly key: string;
            /** @enum {string} */
            readonly place: "local" | "s3";
            /**
             * @description Of a video that is gone; of a transfer that was cut off; left by a move or a copy.
             * @enum {string}
             */
            readonly reason: "gone" | "cut_off" | "left_over";
            readonly size_bytes: number;
        };
        /** @description Genres. */
        readonly GenreFields: {
            readonly items: readonly components["schemas"]["GenreOut"][];
        };
        /** @description A genre. */
        readonly GenreOut: {
            readonly id: string;
            readonly name: string;
            readonly slug: string;
        };
        /** @description ``value`` is the slug. */
        readonly GenreReferenceOut: {
            readonly id: string;
            /** @description In the reader's language: English or Russian. */
            readonly label: string;
            readonly value: string;
        };
        /**
         * @description What becomes of a genre of a source: one of ours, nothing, or nobody has said.
         * @enum {string}
         */
        readonly GenreRule: "mapped" | "ignored" | "unmapped";
        /** @description A sign-in: the access token, how long it lasts, and whose it is. */
        readonly GrantOut: {
            readonly access_token: string;
            readonly expires_in_s: number;
            /**
             * @description Absent when it went into the cookie
             * @default null
             */
            readonly refresh_token: string | null;
            /**
             * @default Bearer
             * @constant
             */
            readonly token_type: "Bearer";
            readonly user: components["schemas"]["UserOut"];
        };
        /** @description What a player keeps of somebody who is signed out, as `/me/player-settings` does of others. */
        readonly GuestIn: {
            /** @description Release → what they chose in it; that of this episode counts. */
            readonly series?: {
                readonly [key: string]: components["schemas"]["SeriesChoicePatch"];
            };
            /** @description The best first. */
            readonly tracks?: readonly components["schemas"]["TrackWishIO"][];
        };
        /** @description A release that one does not want recommended. */
        readonly HiddenOut: {
            /** Format: date-time */
            readonly hidden_at: string;
            /** @description `null` while viewers cannot see it. */
            readonly release: components["schemas"]["NamedRelease"] | null;
            readonly release_id: string;
        };
        /** @description A page of what somebody does not want to be recommended. */
        readonly HiddenPage: {
            readonly items: readonly components["schemas"]["HiddenOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description A page of the history, the latest first. */
        readonly HistoryOut: {
            readonly items: readonly components["schemas"]["ProgressOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description The linked accounts, and whether a password lets in too: the last way in cannot be unlinked. */
        readonly IdentitiesOut: {
            /** @description Whether there is another way in */
            readonly has_password: boolean;
            readonly items: readonly components["schemas"]["IdentityOut"][];
        };
        /** @description An account at a provider that lets its owner in here. */
        readonly IdentityOut: {
            readonly email: string | null;
            readonly id: string;
            readonly issuer: string;
            /** Format: date-time */
            readonly last_used_at: string;
            /** Format: date-time */
            readonly linked_at: string;
            /** @description `null` when this server does not know the provider any more */
            readonly provider: components["schemas"]["ProviderOut"] | null;
        };
        /** @description The role somebody has from now on. */
        readonly IdentityRoleIn: {
            readonly role: components["schemas"]["Role"];
        };
        /** @description A file that was read: what is in it, and what became of it. */
        readonly ImportOut: {
            readonly ambiguous: number;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly expires_at: string;
            readonly format: components["schemas"]["Format"];
            readonly id: string;
            /** @description See `GET /jobs/{job_id}` for how far it is; null until it is applied */
            readonly job_id: string | null;
            readonly lists: number;
            readonly matched: number;
            /** @description What was left out of the file, and why */
            readonly problems: readonly string[];
            readonly result: components["schemas"]["ResultOut"] | null;
            readonly rows: number;
            readonly unmatched: number;
        };
        /** @description A source as an administrator describes it. */
        readonly ImportSourceIn: {
            /**
             * @description minute hour day month weekday, such as `30 4 * * *`; empty: by hand.
             * @default
             */
            readonly cron?: string;
            readonly kind: components["schemas"]["SourceKind"];
            /**
             * @description What its kind needs to know beside.
             * @default {}
             */
            readonly options?: {
                readonly [key: string]: string | number | boolean | {
                    readonly [key: string]: string;
                };
            };
            /**
             * @description Show what it makes to viewers at once; otherwise as drafts.
             * @default false
             */
            readonly publish?: boolean;
            /** @description What commands call it. */
            readonly slug: string;
            /** @default UTC */
            readonly time_zone?: string;
            readonly title: string;
            /**
             * @description What it lets us in with. Never shown; left out, it stays.
             * @default null
             */
            readonly token?: string | null;
            /**
             * @description Where it answers; empty for files that are uploaded.
             * @default
             */
            readonly url?: string;
        };
        /** @description A source, its timetable and its health. */
        readonly ImportSourceOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly cron: string;
            /** @description In a row. */
            readonly failures: number;
            /** @description Of `last_error`. */
            readonly fault: components["schemas"]["FaultOut"] | null;
            readonly has_token: boolean;
            readonly id: string;
            readonly kind: components["schemas"]["SourceKind"];
            readonly last_error: string;
            readonly last_success_at: string | null;
            readonly next_run_at: string | null;
            readonly options: {
                readonly [key: string]: unknown;
            };
            readonly publish: boolean;
            readonly resting_until: string | null;
            readonly slug: string;
            readonly stopped: boolean;
            readonly time_zone: string;
            readonly title: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly url: string;
            readonly version: number;
        };
        /** @description All sources, and whether all are stopped. */
        readonly ImportSourcesOut: {
            readonly all_stopped: boolean;
            readonly items: readonly components["schemas"]["ImportSourceOut"][];
        };
        /** @description How much there is to decide. */
        readonly InboxOut: {
            /** @description Held by others. */
            readonly held: number;
            readonly pending: number;
            readonly pending_by_kind: {
                readonly [key: string]: number;
            };
            /** @description Open ones; for moderators of the site. */
            readonly reports: number;
            readonly reports_by_kind: {
                readonly [key: string]: number;
            };
            /** @description Held by the caller. */
            readonly taken: number;
        };
        /** @description By a link for whoever has it, or by a letter for one address. */
        readonly InvitationIn: components["schemas"]["LinkIn"] | components["schemas"]["LetterIn"];
        /**
         * @description How an invitation reaches people.
         * @enum {string}
         */
        readonly InvitationKind: "link" | "email";
        /** @description An invitation, for those who may invite. */
        readonly InvitationOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly email: string | null;
            /** Format: date-time */
            readonly expires_at: string;
            readonly id: string;
            readonly inviter: string | null;
            readonly kind: components["schemas"]["InvitationKind"];
            readonly max_uses: number;
            readonly role: components["schemas"]["RoleOut"] | null;
            readonly state: components["schemas"]["InvitationState"];
            /** @default null */
            readonly url: string | null;
            readonly uses: number;
        };
        /** @description A page of a team's invitations. */
        readonly InvitationPage: {
            readonly items: readonly components["schemas"]["InvitationOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /**
         * @description What has become of an invitation.
         * @enum {string}
         */
        readonly InvitationState: "open" | "used_up" | "declined" | "revoked" | "expired" | "void";
        /** @description As much of a team as somebody sees who is invited to it, also to a private one. */
        readonly InvitedTeamOut: {
            readonly avatar_url: string | null;
            readonly description: string;
            readonly id: string;
            readonly members_count: number;
            readonly name: string;
            readonly slug: string;
        };
        /** @description Whom an invite lets in as what, how often and for how long. */
        readonly InviteIn: {
            /** @default 604800 */
            readonly expires_in_s?: number;
            /**
             * @description 0: until it expires.
             * @default 0
             */
            readonly max_uses?: number;
            /**
             * @default guest
             * @enum {string}
             */
            readonly role?: "cohost" | "member" | "guest";
        };
        /** @description An open invite. */
        readonly InviteLineOut: {
            /** @description Member id of who made it, where that is known. */
            readonly by: string | null;
            readonly by_name: string | null;
            /** @description Unix time. */
            readonly expires_at_ms: number;
            readonly id: string;
            /** @description `null` for those who could not give this role themselves. */
            readonly invite_url: string | null;
            /** @description 0: until it expires. */
            readonly max_uses: number;
            readonly role: string;
            readonly uses: number;
        };
        /** @description A new invite, and its link. */
        readonly InviteOut: {
            readonly id: string;
            readonly invite_url: string;
        };
        /** @description Open invites, the newest first. */
        readonly InvitesOut: {
            readonly items: readonly components["schemas"]["InviteLineOut"][];
        };
        /** @description A release in a list, with what its owner says of it. */
        readonly ItemIn: {
            /**
             * @description Left out, it stays as it is
             * @default null
             */
            readonly note?: string | null;
        };
        /** @description Why a job failed; ``message`` is meant for people. */
        readonly JobError: {
            readonly code: string;
            readonly message: string;
        };
        /** @description Background work; ``progress`` runs from 0 to 1. */
        readonly JobOut: {
            readonly error: components["schemas"]["JobError"] | null;
            readonly id: string;
            /** @description It was stopped, and its worker is about to hear of it. */
            readonly is_stopping: boolean;
            readonly kind: string;
            readonly progress: number;
            readonly result: {
                readonly [key: string]: unknown;
            } | null;
            readonly stage: string;
            /** @enum {string} */
            readonly state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /** @description When it is begun again after `error`, such as a storage that does not answer; `null` unless it waits for that. */
            readonly tried_again_at: string | null;
        };
        /** @description A page of jobs: those that wait in the order in which they are done, all others the newest first. */
        readonly JobPage: {
            readonly items: readonly components["schemas"]["AnyJobOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description How many jobs are in each state. */
        readonly JobsOut: {
            readonly cancelled: number;
            readonly failed: number;
            readonly queued: number;
            readonly running: number;
            readonly succeeded: number;
        };
        /** @description The job that does the work; ``GET /api/v1/jobs/{id}`` tells how far it is. */
        readonly JobStartedOut: {
            /** @description See `GET /jobs/{job_id}`. */
            readonly job_id: string;
        };
        readonly JsonValue: unknown;
        /** @description A content key as a JSON Web Key (RFC 7517 §4, of type ``oct``). */
        readonly JsonWebKey: {
            /** @description Base64url without padding. */
            readonly k: string;
            /** @description Base64url without padding. */
            readonly kid: string;
            readonly kty: string;
        };
        /** @description A JWK Set (RFC 7517 §5). */
        readonly KeySetOut: {
            readonly keys: readonly {
                readonly [key: string]: unknown;
            }[];
        };
        /** @description Where a content decryption module gets its licences (W3C EME). */
        readonly KeySystemOut: {
            /**
             * @description Of FairPlay: the certificate that requests are made with.
             * @default null
             */
            readonly certificate_url: string | null;
            /** @description What EME calls it: org.w3.clearkey. */
            readonly key_system: string;
            /** @description For POST; relative to the server, and good for this stream alone. */
            readonly license_url: string;
        };
        /** @description An invitation to one person, by e-mail. */
        readonly LetterIn: {
            readonly email: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly kind: "email";
            /** @default null */
            readonly role_id?: string | null;
        };
        /**
         * @description How high a role stands, lowest first.
         * @enum {string}
         */
        readonly Level: "user" | "editor" | "moderator" | "admin";
        /** @description A voice-over: its language, and a label where there are several in it. */
        readonly LibraryAudioOut: {
            readonly label: string;
            readonly language: string;
        };
        /** @description The whole of it; written piece by piece in ``adapters/exporter.py``. */
        readonly LibraryFile: {
            /** @default null */
            readonly exported_at: string | null;
            /** @constant */
            readonly format: "ani-library";
            readonly lists?: readonly components["schemas"]["ListPart"][];
            readonly releases: readonly components["schemas"]["ReleasePart"][];
            readonly version: number;
        };
        /** @description A library in numbers. */
        readonly LibraryNumbersOut: {
            /** @description Shelves with nothing on them are left out */
            readonly collections: {
                readonly [key: string]: number;
            };
            /** @description Watched to the end, each once */
            readonly episodes: number;
            /** @description The longest watched first */
            readonly genres: readonly components["schemas"]["ShareOut"][];
            readonly mean_score: number | null;
            /** @description With anything watched or a score */
            readonly releases: number;
            readonly rewatches: number;
            /** @description How often each score was given: ten numbers, from 1 to 10 */
            readonly scores: readonly number[];
            readonly types: readonly components["schemas"]["ShareOut"][];
            /** @description Time spent, rewatches and what was begun included */
            readonly watched_ms: number;
            /** @description The newest first */
            readonly years: readonly components["schemas"]["ShareOut"][];
        };
        /** @description What a library says of one release. */
        readonly LibraryStandingOut: {
            readonly collection: components["schemas"]["ShelfName"] | null;
            readonly favorite: boolean;
            /** @description Ids of one's own lists that hold it */
            readonly lists: readonly string[];
        };
        /** @description An ad as administrators write it. */
        readonly LinearAdIn: {
            /**
             * @description Who pays for it; shown with it.
             * @default
             */
            readonly advertiser?: string;
            readonly audience?: components["schemas"]["AudienceIn"];
            readonly cap?: components["schemas"]["CapIn"];
            /**
             * @description `/path` here, or `https://`.
             * @default
             */
            readonly click_url?: string;
            /**
             * @description The episode, published or not, whose video it is; `null` with a `tag_url`.
             * @default null
             */
            readonly creative_episode_id?: string | null;
            /**
             * @description `null`: until it is stopped.
             * @default null
             */
            readonly ends_at?: string | null;
            /**
             * @description Its number in a register of ads.
             * @default
             */
            readonly erid?: string;
            /**
             * @description Of a mid-roll: when in the programme.
             * @default 0
             */
            readonly offset_ms?: number;
            readonly placement: components["schemas"]["AdPlacement"];
            /**
             * @description 0: it cannot be skipped.
             * @default 5000
             */
            readonly skip_after_ms?: number;
            /** Format: date-time */
            readonly starts_at: string;
            /**
             * @description The address of somebody else's VAST 2.0 to 4.2, which says what is shown; macros such as `[CACHEBUSTING]` are filled in. Empty with a `creative_episode_id`.
             * @default
             */
            readonly tag_url?: string;
            readonly title: string;
            /**
             * @description Its share among those in the same place.
             * @default 100
             */
            readonly weight?: number;
        };
        /** @description An ad, for administrators. */
        readonly LinearAdOut: {
            readonly advertiser: string;
            readonly audience: components["schemas"]["AudienceIn"];
            readonly cap: components["schemas"]["CapIn"];
            readonly click_url: string;
            /** Format: date-time */
            readonly created_at: string;
            readonly creative_episode_id: string | null;
            /**
             * @description Of its tag.
             * @default null
             */
            readonly creatives: components["schemas"]["CreativesOut"] | null;
            readonly ends_at: string | null;
            readonly erid: string;
            /** @description How often each event came since it was made: `impression`, `complete`, … */
            readonly events: {
                readonly [key: string]: number;
            };
            readonly id: string;
            /**
             * @description Of its tag; `null`: it was not asked lately.
             * @default null
             */
            readonly last_answer: components["schemas"]["VastAnswerOut"] | null;
            readonly offset_ms: number;
            readonly placement: components["schemas"]["AdPlacement"];
            readonly skip_after_ms: number;
            /** Format: date-time */
            readonly starts_at: string;
            readonly state: components["schemas"]["CampaignState"];
            readonly tag_url: string;
            readonly title: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
            readonly weight: number;
        };
        /** @description A page of ads, the newest first. */
        readonly LinearAdPage: {
            readonly items: readonly components["schemas"]["LinearAdOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description A picture to choose. */
        readonly LineQualityOut: {
            readonly frames_per_s: number;
            readonly height_px: number;
            readonly video_kbps: number;
        };
        /** @description What arrived of a test, and what to make of it. */
        readonly LineReportOut: {
            readonly audio_codec: string | null;
            readonly audio_kbps: number;
            /** @description Whether the test ran to its end. */
            readonly complete: boolean;
            readonly duration_ms: number;
            /** @description What is wrong or should be known, the worst first. */
            readonly findings: readonly components["schemas"]["Finding"][];
            readonly frames_per_s: number;
            readonly height_px: number | null;
            /** @description RFC 3550 §6.4.1. */
            readonly jitter_ms: number | null;
            /** @description The longest; the server asks every two seconds. */
            readonly key_frame_interval_ms: number | null;
            /** @description Of the packets, 0 to 1: sent again, or never there. */
            readonly lost: number;
            /** @description In the worst second of the second half. */
            readonly lowest_video_kbps: number;
            /** @description `relay`: over a TURN server. */
            readonly path: components["schemas"]["NetworkPath"] | null;
            /** @description What to choose in the encoder; `null` where nothing can be said. */
            readonly quality: components["schemas"]["LineQualityOut"] | null;
            /** @description `null` where the encoder does not answer reference times (RFC 3611). */
            readonly round_trip_ms: number | null;
            /** Format: date-time */
            readonly tested_at: string;
            /** @description Of the packets, 0 to 1: never there. */
            readonly unrepaired: number;
            readonly verdict: components["schemas"]["Verdict"];
            readonly video_codec: string | null;
            /** @description Reached: the median of the second half. */
            readonly video_kbps: number;
            readonly width_px: number | null;
        };
        /** @description The test of a line, and the last one. */
        readonly LineTestOut: {
            /** @description What a publisher may send. */
            readonly max_kbps: number;
            /** @description Of the last test; kept for an hour. */
            readonly report: components["schemas"]["LineReportOut"] | null;
            readonly running: boolean;
        };
        /** @description An invitation that whoever has its link may take. */
        readonly LinkIn: {
            /** @default 604800 */
            readonly expires_in_s?: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            readonly kind: "link";
            /** @default 10 */
            readonly max_uses?: number;
            /** @default null */
            readonly role_id?: string | null;
        };
        /** @description What the connection of a device carried, so that its next film begins in the right quality. */
        readonly LinkKept: {
            readonly bps: number;
            readonly device_key: string;
            /** Format: date-time */
            readonly measured_at: string;
        };
        /** @description Where the browser goes to prove an account at the provider. */
        readonly LinkOut: {
            /** @description Send the browser there */
            readonly authorization_url: string;
        };
        /** @description A release, as listings show it. */
        readonly ListedReleaseOut: {
            readonly alias: string;
            readonly episodes_total: number | null;
            readonly id: string;
            readonly name: components["schemas"]["NamesOut"];
            readonly poster_url: string | null;
            /**
             * @description In the reader's language, if there is one.
             * @default null
             */
            readonly translation: components["schemas"]["TranslatedOut"] | null;
            readonly type: components["schemas"]["ReleaseType"];
        };
        /** @description What the owner of a list says of it. */
        readonly ListIn: {
            /** @default  */
            readonly description?: string;
            readonly title: string;
            /** @default private */
            readonly visibility?: components["schemas"]["Visibility"];
        };
        /** @description A release in a list. */
        readonly ListItemOut: {
            /** Format: date-time */
            readonly added_at: string;
            readonly note: string;
            readonly release_id: string;
        };
        /** @description A release of a list, in a file. */
        readonly ListItemPart: {
            /** Format: date-time */
            readonly added_at: string;
            /** @default  */
            readonly note: string;
            readonly release_id: string;
        };
        /** @description A list, in a file. */
        readonly ListPart: {
            /** Format: date-time */
            readonly created_at: string;
            /** @default  */
            readonly description: string;
            readonly id: string;
            readonly items?: readonly components["schemas"]["ListItemPart"][];
            readonly title: string;
            /** Format: date-time */
            readonly updated_at: string;
            /** @default private */
            readonly visibility: components["schemas"]["Visibility"];
        };
        /** @description A list without its releases. */
        readonly ListSummaryOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly id: string;
            readonly items_count: number;
            readonly title: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
            readonly visibility: components["schemas"]["Visibility"];
        };
        /** @description A live channel one has; of its stream key nothing is kept but a digest. */
        readonly LiveChannelOwned: {
            readonly audience: string;
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly id: string;
            readonly key_made_at: string | null;
            readonly taken_down_at: string | null;
            readonly taken_down_reason: string;
            readonly title: string;
        };
        /** @description A recording of one's live channel. */
        readonly LiveRecordingOwned: {
            readonly channel_id: string;
            readonly duration_ms: number;
            readonly ended_at: string | null;
            readonly episode_id: string | null;
            readonly expires_at: string | null;
            readonly id: string;
            readonly size_bytes: number;
            /** Format: date-time */
            readonly started_at: string;
            readonly title: string;
        };
        /**
         * @description What can be locked.
         * @enum {string}
         */
        readonly LockedField: "type" | "name" | "names" | "year" | "season" | "description" | "age_rating" | "is_ongoing" | "episodes_total" | "external_ids" | "genres" | "trailers";
        /** @description A field that imports leave as it is. */
        readonly LockOut: {
            readonly field: components["schemas"]["LockedField"];
            /** Format: date-time */
            readonly locked_at: string;
            readonly locked_by: string | null;
            /**
             * @description Null when the account is gone.
             * @default null
             */
            readonly locked_by_name: string | null;
        };
        /** @description Which fields are locked from now on. */
        readonly LocksIn: {
            readonly fields: readonly components["schemas"]["LockedField"][];
        };
        /** @description The locked fields of a release. */
        readonly LocksOut: {
            readonly items: readonly components["schemas"]["LockOut"][];
        };
        /** @description A sign-in by password; ``login`` is an e-mail address or a nickname. */
        readonly LoginIn: {
            /**
             * @default body
             * @enum {string}
             */
            readonly delivery?: "body" | "cookie";
            /** @description E-mail address or nickname */
            readonly login: string;
            readonly password: string;
        };
        /** @description An account as administrators see it. */
        readonly ManagedUserOut: {
            readonly avatar_url: string | null;
            readonly ban_reason: string | null;
            readonly banned_at: string | null;
            /** Format: date-time */
            readonly created_at: string;
            readonly email: string;
            readonly email_verified: boolean;
            readonly id: string;
            readonly nickname: string;
            readonly role: components["schemas"]["Role"];
        };
        /**
         * @description What an entry of the blacklist knows works by.
         * @enum {string}
         */
        readonly Mark: "key" | "title" | "external-id";
        /** @description A stretch of an episode. */
        readonly MarkerOut: {
            readonly start_ms: number;
            readonly stop_ms: number;
        };
        /** @description Where what one may skip is. */
        readonly MarkersOut: {
            readonly ending: components["schemas"]["MarkerOut"] | null;
            readonly opening: components["schemas"]["MarkerOut"] | null;
            /** @description Of the next episode. */
            readonly preview: components["schemas"]["MarkerOut"] | null;
            /** @description Of what happened in earlier episodes. */
            readonly recap: components["schemas"]["MarkerOut"] | null;
        };
        /**
         * @description How a name and what was typed are alike.
         * @enum {string}
         */
        readonly MatchedBy: "name" | "initials" | "reading";
        /** @description The name that something was found by, and what of it was typed. */
        readonly MatchedOut: {
            /** @description `name`: as it is written or sounds, with typing errors; `initials`: by beginnings of its words; `reading`: as a dictionary reads it, and then all of it is marked. */
            readonly by: components["schemas"]["MatchedBy"];
            /** @description As it is written; not always one of those that are shown. */
            readonly name: string;
            /** @description What was typed: from and to (exclusive), counted in Unicode code points of `name`, in order, neither touching nor overlapping. JavaScript: `Array.from(name).slice(from, to).join('')`. */
            readonly ranges: readonly (readonly [
                number,
                number
            ])[];
        };
        /**
         * @description What somebody does there, by MediaMTX's words.
         * @enum {string}
         */
        readonly MediaAction: "publish" | "read";
        /** @description What a party is to watch: an episode, or a live channel. */
        readonly MediaIn: {
            /** @default null */
            readonly channel_id?: string | null;
            /** @default null */
            readonly episode_id?: string | null;
        };
        /** @description What a token is to be for. */
        readonly MediaTokenIn: {
            readonly action: components["schemas"]["MediaAction"];
        };
        /** @description A token for one channel and one thing to do there. */
        readonly MediaTokenOut: {
            readonly action: components["schemas"]["MediaAction"];
            /**
             * Format: date-time
             * @description Until when a session can be begun with it.
             */
            readonly expires_at: string;
            /**
             * @description Where to watch by HLS, if there is such an address.
             * @default null
             */
            readonly hls_url: string | null;
            /** @description Name of the channel at MediaMTX. */
            readonly path: string;
            /** @description `Authorization: Bearer` at MediaMTX; good for nothing else. */
            readonly token: string;
            /**
             * @description Where to watch over WebRTC; `null` for publishers.
             * @default null
             */
            readonly whep_url: string | null;
            /**
             * @description Where to publish; `null` for viewers.
             * @default null
             */
            readonly whip_url: string | null;
        };
        /** @description Somebody in a team. */
        readonly MemberOut: {
            readonly avatar_url: string | null;
            /** Format: date-time */
            readonly joined_at: string;
            readonly nickname: string;
            /** @enum {string} */
            readonly position: "owner" | "admin" | "moderator" | "editor" | "user";
            readonly roles: readonly components["schemas"]["RoleOut"][];
            readonly user_id: string;
            readonly version: number;
        };
        /** @description A page of a team's members. */
        readonly MemberPage: {
            readonly items: readonly components["schemas"]["MemberOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description The roles a member has from now on. */
        readonly MemberRolesIn: {
            readonly role_ids: readonly string[];
        };
        /** @description What a merge of two releases changed of one's library, votes or choices, kept for its undo. */
        readonly MergedRowKept: {
            readonly after: {
                readonly [key: string]: components["schemas"]["JsonValue"];
            } | null;
            readonly before: {
                readonly [key: string]: components["schemas"]["JsonValue"];
            } | null;
            readonly kind: string;
            readonly merge_id: string;
        };
        /** @description Two releases that are not to be taken for one, and why. */
        readonly MergeLockIn: {
            readonly other_id: string;
            /** @default  */
            readonly reason?: string;
            readonly release_id: string;
        };
        /** @description Two releases that are never merged. */
        readonly MergeLockOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly other_id: string;
            readonly other_title: string | null;
            readonly reason: string;
            readonly release_id: string;
            /** @description Null while it is deleted or merged. */
            readonly release_title: string | null;
        };
        /** @description A page of pairs that are not to be taken for one. */
        readonly MergeLockPage: {
            readonly items: readonly components["schemas"]["MergeLockOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description A release that was merged into another. */
        readonly MergeOut: {
            readonly episodes_moved: number;
            readonly filled: readonly string[];
            readonly id: string;
            /** Format: date-time */
            readonly merged_at: string;
            readonly merged_by: string | null;
            readonly source_id: string;
            readonly source_title: string;
            readonly target_id: string;
            readonly target_title: string;
            readonly undone_at: string | null;
            readonly undone_by: string | null;
        };
        /** @description A page of merges. */
        readonly MergePage: {
            readonly items: readonly components["schemas"]["MergeOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description What a merge would do. */
        readonly MergePreviewOut: {
            readonly filled: readonly components["schemas"]["FilledOut"][];
            readonly genres: readonly string[];
            /** @description Numbers of the episodes that come over. */
            readonly moved: readonly number[];
            /** @description Other names that the one that stays gets. */
            readonly names: readonly string[];
            /** @description Numbers of episodes that both have: one of each two is not shown any more. */
            readonly replaced: readonly number[];
            readonly source: components["schemas"]["ReleaseOut"];
            readonly target: components["schemas"]["ReleaseOut"];
            /** @description Addresses of those that the one that stays gets. */
            readonly trailers: readonly string[];
        };
        /** @description The one that goes, and the one that stays. */
        readonly MergingMergeIn: {
            readonly source_id: string;
            readonly target_id: string;
        };
        /** @description What is liked together, as it was worked out last. */
        readonly ModelOut: {
            /** Format: date-time */
            readonly built_at: string;
            /** @description Releases that enough people like to say what is liked with them. */
            readonly items: number;
            /** @description Whose likes it is of. */
            readonly people: number;
        };
        /** @description An episode that changes its release. */
        readonly MovedEpisodeOut: {
            readonly from_ordinal: number;
            readonly id: string;
            readonly to_ordinal: number;
        };
        /** @description A team one is in. */
        readonly MyTeamOut: {
            readonly avatar_url: string | null;
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly id: string;
            /** Format: date-time */
            readonly joined_at: string;
            readonly members_count: number;
            readonly name: string;
            /** @enum {string} */
            readonly position: "owner" | "admin" | "moderator" | "editor" | "user";
            readonly roles: readonly components["schemas"]["RoleOut"][];
            readonly slug: string;
            readonly trusted: boolean;
            /** @enum {string} */
            readonly visibility: "public" | "private";
        };
        /** @description The teams one is a member of. */
        readonly MyTeamsOut: {
            readonly items: readonly components["schemas"]["MyTeamOut"][];
            readonly total: number;
        };
        /** @description A release as it is mentioned. */
        readonly NamedRelease: {
            readonly alias: string;
            readonly id: string;
            readonly name: components["schemas"]["NamesOut"];
            /** @default null */
            readonly translation: components["schemas"]["TranslatedOut"] | null;
        };
        /**
         * @description What one of the other names of a release is, beside the three that everybody sees.
         * @enum {string}
         */
        readonly NameKind: "official" | "synonym" | "abbreviation" | "romanised" | "reading";
        /** @description What a release is called. */
        readonly NamesIn: {
            /** @default null */
            readonly alternative?: string | null;
            /** @default null */
            readonly english?: string | null;
            readonly main: string;
        };
        /** @description What a release is called. */
        readonly NamesOut: {
            readonly alternative: string | null;
            readonly english: string | null;
            readonly main: string;
        };
        /**
         * @description How the media came.
         * @enum {string}
         */
        readonly NetworkPath: "direct" | "relay";
        /** @description A new party; the caller is its first host. */
        readonly NewPartyIn: {
            /**
             * @default unlisted
             * @enum {string}
             */
            readonly access?: "public" | "unlisted" | "private" | "password";
            /** @default 2500 */
            readonly capacity?: number;
            /**
             * @default everyone
             * @enum {string}
             */
            readonly control?: "everyone" | "host" | "cohosts" | "vote";
            /** @default null */
            readonly media?: components["schemas"]["MediaIn"] | null;
            /** @default null */
            readonly password?: string | null;
            /** @default  */
            readonly title?: string;
            /**
             * @default off
             * @enum {string}
             */
            readonly wait?: "off" | "ready" | "stall";
        };
        /** @description What to watch next in the recommended order. */
        readonly NextOut: {
            /** @description Nothing where that release has no video here. */
            readonly episode_id: string | null;
            /** @description `resume` an episode that was begun, or the `next` one. */
            readonly kind: string | null;
            readonly position_ms: number;
            readonly release_id: string;
        };
        /** @description What happened, without words: clients have a text for each kind, and put the values into it. */
        readonly NotificationKept: {
            /** Format: date-time */
            readonly created_at: string;
            readonly id: string;
            readonly kind: string;
            /** @description A path of the web client; empty where there is nowhere to go. */
            readonly link: string;
            readonly params: {
                readonly [key: string]: unknown;
            };
            readonly read_at: string | null;
        };
        /**
         * @description What happened, for the one it is told to.  The values are on the wire and in the clients' texts.
         * @enum {string}
         */
        readonly NotificationKind: "episode_published" | "episode_aired" | "favorite_episode" | "ingest_finished" | "ingest_failed" | "signed_in" | "session_stolen" | "password_changed" | "role_changed" | "ban_lifted" | "email_changed" | "identity_linked" | "library_imported" | "team_invited" | "team_invitation_accepted" | "team_invitation_declined" | "team_removed" | "team_roles_changed" | "team_owner" | "team_deleted" | "proposal_taken" | "proposal_accepted" | "proposal_rejected" | "proposal_rolled_back" | "proposal_commented" | "report_resolved" | "report_dismissed" | "webhook_paused" | "import_resting";
        /** @description What happened, without words: clients have a text for each kind, and put the values into it. */
        readonly NotificationOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly id: string;
            readonly kind: string;
            /** @description A path of the web client; empty where there is nowhere to go. */
            readonly link: string;
            readonly params: {
                readonly [key: string]: unknown;
            };
            readonly read_at: string | null;
        };
        /** @description Notifications, the newest first, and how many are unread. */
        readonly NotificationsOut: {
            readonly items: readonly components["schemas"]["NotificationOut"][];
            /** @description Ask with `before` set to this; null at the end. */
            readonly next_before: string | null;
            readonly unread_count: number;
        };
        /** @description A release somebody does not want to be recommended. */
        readonly NotInterested: {
            /** Format: date-time */
            readonly hidden_at: string;
            readonly release_id: string;
        };
        /** @description What is on at this moment, and around it. */
        readonly NowOut: {
            /** Format: date-time */
            readonly at: string;
            /** @description Of the next 24 hours. */
            readonly next: readonly components["schemas"]["AiringOut"][];
            readonly on_air: readonly components["schemas"]["AiringOut"][];
            /** @description Of the last 24 hours, the newest first. */
            readonly recent: readonly components["schemas"]["AiringOut"][];
        };
        /** @description A language of sound that can be chosen. */
        readonly OfferedAudioOut: {
            /** @description The most that a rendition of it has: 6 where there is 5.1 surround sound beside stereo. `null`: not known. */
            readonly channels: number | null;
            readonly label: string;
            /** @description BCP 47. */
            readonly language: string;
        };
        /** @description An invitation, for who is invited. */
        readonly OfferOut: {
            /** Format: date-time */
            readonly expires_at: string;
            readonly id: string;
            readonly inviter: string | null;
            readonly kind: components["schemas"]["InvitationKind"];
            readonly role: components["schemas"]["RoleOut"] | null;
            readonly team: components["schemas"]["InvitedTeamOut"];
        };
        /** @description The invitations to oneself that are open. */
        readonly OffersOut: {
            readonly items: readonly components["schemas"]["OfferOut"][];
            readonly total: number;
        };
        /** @description A language of sound. */
        readonly OriginAudioOut: {
            readonly label: string;
            /** @description BCP 47. */
            readonly language: string;
        };
        /** @description One more name that a release is found by. */
        readonly OtherNameIn: {
            /** @default synonym */
            readonly kind?: components["schemas"]["NameKind"];
            /** @default null */
            readonly language?: string | null;
            readonly text: string;
        };
        /** @description A further name of a release. */
        readonly OtherNameOut: {
            readonly kind: components["schemas"]["NameKind"];
            /** @description BCP 47, where somebody said it. */
            readonly language: string | null;
            readonly text: string;
        };
        /**
         * @description How far playback came.
         * @enum {string}
         */
        readonly Outcome: "waiting" | "played" | "failed_start" | "failed";
        /** @description What was done about it, for the reporter to read. */
        readonly OutcomeIn: {
            readonly outcome: string;
        };
        /** @description An episode that airs otherwise than the recurrence says. */
        readonly OverrideIO: {
            /**
             * @description Of a moved one; null: nobody knows when.
             * @default null
             */
            readonly airs_at?: string | null;
            /**
             * @description Of `together`: so many air at the time this one does.
             * @default 1
             */
            readonly count?: number;
            readonly kind: components["schemas"]["OverrideKind"];
            readonly ordinal: number;
            /**
             * @description The broadcast it is about; null: all of them.
             * @default null
             */
            readonly site?: string | null;
        };
        /**
         * @description How an episode differs from the recurrence.
         * @enum {string}
         */
        readonly OverrideKind: "moved" | "cancelled" | "together";
        /** @description Domain events on their way to those who hear of them. */
        readonly OverviewDeliveriesOut: {
            /** @description Given up; see /admin/deliveries */
            readonly failed: number;
            readonly waiting: number;
        };
        /** @description An event that one subscriber could not take, however often it was tried. */
        readonly OverviewDeliveryOut: {
            readonly attempts: number;
            readonly event: string;
            /** Format: date-time */
            readonly failed_at: string;
            readonly id: string;
            readonly last_error: string;
            readonly subscriber: string;
        };
        /** @description The server in numbers, for administrators. */
        readonly OverviewOut: {
            readonly banned_users: number;
            readonly deliveries: components["schemas"]["OverviewDeliveriesOut"];
            readonly disk: components["schemas"]["DiskOut"];
            readonly episodes: number;
            readonly jobs: components["schemas"]["JobsOut"];
            readonly releases: number;
            readonly users: number;
        };
        /** @description Who is to be an owner, and what shows who says so. */
        readonly OwnerIn: {
            /**
             * @description Of those who have no password: from the letter of `POST /auth/otp/confirm`
             * @default null
             */
            readonly code?: string | null;
            /**
             * @description The present one
             * @default null
             */
            readonly password?: string | null;
            readonly user_id: string;
        };
        /** @description Whose list it is. */
        readonly OwnerOut: {
            readonly id: string;
            readonly nickname: string;
        };
        /** @description One of one's own lists, with what is in it, in order. */
        readonly OwnListOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly id: string;
            readonly items: readonly components["schemas"]["ListItemOut"][];
            readonly items_count: number;
            /** @description Opens an unlisted list at `/lists/shared/{token}` */
            readonly share_token: string | null;
            readonly title: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
            readonly visibility: components["schemas"]["Visibility"];
        };
        /** @description All lists of one's own. */
        readonly OwnListsOut: {
            readonly items: readonly components["schemas"]["OwnListSummaryOut"][];
        };
        /** @description A list of one's own without its releases. */
        readonly OwnListSummaryOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            /**
             * @description Whether the release asked for is in it
             * @default null
             */
            readonly holds: boolean | null;
            readonly id: string;
            readonly items_count: number;
            /** @description Opens an unlisted list at `/lists/shared/{token}` */
            readonly share_token: string | null;
            readonly title: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
            readonly visibility: components["schemas"]["Visibility"];
        };
        /** @description Settings of an account. */
        readonly OwnPlayerSettingsOut: {
            readonly autoplay_next: boolean;
            readonly captions: components["schemas"]["CaptionsIO"];
            readonly quality_px: number;
            readonly rate: number;
            /** @description In how many series sound or subtitles were chosen. */
            readonly remembered_series: number;
            readonly skip_openings: boolean;
            readonly tracks: readonly components["schemas"]["TrackWishIO"][];
        };
        /** @description A packager that may ask for keys. */
        readonly PackagerIn: {
            /** @description Which program it is, for people: MediaPackage. */
            readonly name: string;
        };
        /** @description A packager that may ask for keys, without its token. */
        readonly PackagerOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly id: string;
            /** @description When it last asked for keys, to the minute. */
            readonly last_used_at: string | null;
            readonly name: string;
        };
        /** @description All packagers. */
        readonly PackagersOut: {
            readonly items: readonly components["schemas"]["PackagerOut"][];
        };
        /** @description A packager with its token, which is told this once. */
        readonly PackagerWithTokenOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly id: string;
            /** @description When it last asked for keys, to the minute. */
            readonly last_used_at: string | null;
            readonly name: string;
            /** @description Shown this once. `Authorization: Bearer` takes it, or a Basic password. */
            readonly token: string;
        };
        /** @description A new party, and the link to share. */
        readonly PartyCreatedOut: {
            readonly invite_url: string;
            readonly party_id: string;
        };
        /** @description An invite one made, without the secret of its address. */
        readonly PartyInviteKept: {
            /** Format: date-time */
            readonly expires_at: string;
            readonly id: string;
            readonly party_id: string | null;
            readonly revoked: boolean;
            readonly role: string;
            readonly uses: number;
        };
        /** @description A public party in the list. */
        readonly PartyLineOut: {
            /** @enum {string} */
            readonly access: "public" | "unlisted" | "private" | "password";
            readonly id: string;
            readonly media: components["schemas"]["PartyMediaOut"] | null;
            readonly members_count: number;
            readonly title: string;
        };
        /** @description A live channel as a party watches it. */
        readonly PartyLiveOut: {
            /** @description Wall clock (`EXT-X-PROGRAM-DATE-TIME`) at position 0, in milliseconds since 1970. */
            readonly begin_ms: number;
            readonly channel_id: string;
            /** @description The position soon after its broadcast began: there may be no picture before it. */
            readonly first_ms: number;
            /** @description The same moment in room time. */
            readonly room_begin_ms: number;
            /** @description How far back the party may go. */
            readonly window_ms: number;
        };
        /** @description What a party watches. */
        readonly PartyMediaOut: {
            readonly duration_ms: number;
            /** @description Empty for a live channel. */
            readonly episode_id: string;
            /**
             * @description What is live, where it is a channel.
             * @default null
             */
            readonly live: components["schemas"]["PartyLiveOut"] | null;
            readonly title: string;
        };
        /** @description What one said in a party that is not over. */
        readonly PartyMessageKept: {
            /** @description The live channel that was on. */
            readonly channel_id: string | null;
            /** @description What one was called there. */
            readonly name: string;
            readonly party_id: string;
            readonly position_ms: number;
            /** @description The moment of its broadcast that the party stood at. */
            readonly programme_at: string | null;
            /** Format: date-time */
            readonly sent_at: string;
            readonly text: string;
        };
        /** @description A party as somebody sees it who is not in it. */
        readonly PartyOut: {
            /** @enum {string} */
            readonly access: "public" | "unlisted" | "private" | "password";
            readonly capacity: number;
            readonly closed: string | null;
            /** @enum {string} */
            readonly control: "everyone" | "host" | "cohosts" | "vote";
            readonly id: string;
            readonly media: components["schemas"]["PartyMediaOut"] | null;
            readonly members_count: number;
            readonly needs_password: boolean;
            readonly title: string;
        };
        /** @description A page of public parties, the fullest first. */
        readonly PartyPageOut: {
            readonly items: readonly components["schemas"]["PartyLineOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description Another password; the present one proves that it is the owner who asks. */
        readonly PasswordIn: {
            readonly current_password: string;
            readonly new_password: string;
        };
        /** @description A pathway that the playlist has not. */
        readonly PathwayCloneOut: {
            readonly base_id: string;
            readonly id: string;
            readonly uri_replacement: components["schemas"]["UriReplacementOut"];
        };
        /**
         * @description Why nothing is sent: an administrator said so, it failed too often, or its receiver said that it is gone.
         * @enum {string}
         */
        readonly PauseReason: "by_hand" | "failing" | "gone";
        /**
         * @description Everything a role can allow; each is asked for somewhere, or it would not be here.
         * @enum {string}
         */
        readonly Permission: "edit_team" | "manage_roles" | "manage_members" | "invite" | "propose" | "review" | "auto_accept";
        /** @description All that is kept of a person (GDPR, article 15), for a machine to read (article 20). */
        readonly PersonalDataOut: {
            readonly ad_exemption: components["schemas"]["AdExemptionKept"] | null;
            readonly calendars: readonly components["schemas"]["CalendarKept"][];
            readonly collections: readonly components["schemas"]["ChangedShelfItemOut"][];
            readonly comments: readonly components["schemas"]["CommentKept"][];
            readonly dismissed_series: readonly components["schemas"]["DismissedSeriesKept"][];
            /** Format: date-time */
            readonly exported_at: string;
            readonly favorites: readonly components["schemas"]["ChangedFavoriteOut"][];
            readonly history: readonly components["schemas"]["ChangedProgressOut"][];
            readonly invitations: readonly components["schemas"]["SentInvitationOut"][];
            readonly linked_accounts: readonly components["schemas"]["IdentityOut"][];
            readonly links: readonly components["schemas"]["LinkKept"][];
            readonly lists: readonly components["schemas"]["OwnListOut"][];
            readonly live_channels: readonly components["schemas"]["LiveChannelOwned"][];
            readonly live_recordings: readonly components["schemas"]["LiveRecordingOwned"][];
            readonly merged: readonly components["schemas"]["MergedRowKept"][];
            /** @description Kinds that one does not want to be told of. */
            readonly muted_notifications: readonly string[];
            readonly notifications: readonly components["schemas"]["NotificationKept"][];
            readonly party_invites: readonly components["schemas"]["PartyInviteKept"][];
            /** @description In parties that are not over, the newest 20,000. */
            readonly party_messages: readonly components["schemas"]["PartyMessageKept"][];
            readonly player_settings: components["schemas"]["PlayerSettingsKept"];
            readonly proposals: readonly components["schemas"]["ProposalKept"][];
            readonly recommendations: components["schemas"]["RecommendationsKept"];
            readonly reports: readonly components["schemas"]["ReportKept"][];
            readonly scores: readonly components["schemas"]["ScoreKept"][];
            readonly sessions: readonly components["schemas"]["SessionOut"][];
            readonly sharing: components["schemas"]["SharingOut"];
            /** @description Merges, splits, locks, imports and decisions; of each kind the newest 5,000. */
            readonly staff_acts: readonly components["schemas"]["StaffActOut"][];
            readonly streams: readonly components["schemas"]["StreamOwned"][];
            readonly teams: readonly components["schemas"]["MyTeamOut"][];
            /** @description Of the last 90 days. */
            readonly told_episodes: readonly components["schemas"]["ToldEpisodeKept"][];
            readonly uploads: readonly components["schemas"]["UploadOwned"][];
            readonly user: components["schemas"]["UserOut"];
        };
        /** @description Somebody who made releases. */
        readonly PersonEntryOut: {
            readonly alias: string;
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly id: string;
            readonly name: string;
            /** @description Other names. */
            readonly names: readonly components["schemas"]["EntryNameOut"][];
            /**
             * @description How many published releases name it.
             * @default 0
             */
            readonly releases: number;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
        };
        /** @description A person as an editor describes them. */
        readonly PersonIn: {
            /**
             * @description For addresses: lower-case letters, digits, hyphens. Left out, it stays, or is made of the name.
             * @default null
             */
            readonly alias?: string | null;
            /** @default  */
            readonly description?: string;
            readonly name: string;
            /** @description Other names, in any language. */
            readonly names?: readonly components["schemas"]["EntryNameIn"][];
        };
        /** @description Who it is, in short. */
        readonly PersonNameOut: {
            readonly alias: string;
            readonly id: string;
            readonly name: string;
        };
        /** @description Somebody who takes part in moderation. */
        readonly PersonOut: {
            readonly id: string;
            /** @description Null when the account is gone. */
            readonly nickname: string | null;
        };
        /** @description A page of people. */
        readonly PersonPage: {
            readonly items: readonly components["schemas"]["PersonEntryOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description A release, and what one person did for it. */
        readonly PersonReleaseOut: {
            readonly release: components["schemas"]["ReleaseOut"];
            readonly roles: readonly components["schemas"]["DoneOut"][];
        };
        /** @description The releases of one person, the newest first. */
        readonly PersonReleases: {
            readonly items: readonly components["schemas"]["PersonReleaseOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description Behind which release of the list this one goes; ``null``: to the beginning. */
        readonly PlaceIn: {
            /** @description The release it comes after; null puts it first */
            readonly after: string | null;
        };
        /**
         * @description Where promos are shown.
         * @enum {string}
         */
        readonly Placement: "home_hero" | "home_row" | "release";
        /** @description Where the caller stands in a team. */
        readonly PlaceOut: {
            readonly effective: readonly components["schemas"]["Permission"][];
            readonly is_member: boolean;
            readonly permissions: readonly components["schemas"]["Permission"][];
            readonly position: ("owner" | "admin" | "moderator" | "editor" | "user") | null;
        };
        /** @description How many there may be. */
        readonly PlacesIn: {
            /** @description At most so many over WebRTC a node, for a week; `null`: as many as are configured. */
            readonly viewers: number | null;
        };
        /** @description Viewers over WebRTC of the node that was asked. */
        readonly PlacesOut: {
            /** @description Whether there are fewer because the node could not keep up. */
            readonly busy: boolean;
            /** @description `ANI_LIVE_VIEWERS`. */
            readonly configured: number;
            /** @description How many it takes now: fewer where the number was lowered, or it cannot keep up. */
            readonly places: number;
            /** @description How many watch so. */
            readonly viewers: number;
            /** @description How many watch by Low-Latency HLS until there is a place. */
            readonly waiting: number;
        };
        /** @description What a player says before it starts. */
        readonly PlaybackIn: {
            /**
             * @description What the player expects of its link, from an earlier stream.
             * @default null
             */
            readonly bandwidth_bps?: number | null;
            readonly device?: components["schemas"]["DeviceIn"];
            /** @description Of no account: chooses tracks for who is signed out. */
            readonly guest?: components["schemas"]["GuestIn"];
            /**
             * @description A stream of the same account that ends for this one: of those that the refusal `stream_limit_reached` lists, or the player's own former one.
             * @default null
             */
            readonly takeover?: string | null;
            /**
             * @description In a watch party: without breaks, for members see different ads, and would not be in step.
             * @default false
             */
            readonly together?: boolean;
        };
        /** @description A stream session.  Addresses are relative to the server and valid until ``expires_at``. */
        readonly PlaybackOut: {
            /**
             * @description `null`: no breaks.
             * @default null
             */
            readonly ads: components["schemas"]["AdsOut"] | null;
            readonly audio: readonly components["schemas"]["OfferedAudioOut"][];
            readonly dash_url: string | null;
            /** @description With cbcs and cenc; keys of aes-128 stand in the playlists. */
            readonly drm: components["schemas"]["DrmOut"] | null;
            readonly duration_ms: number;
            /** Format: date-time */
            readonly expires_at: string;
            readonly hls_url: string;
            readonly markers: components["schemas"]["MarkersOut"];
            /** @description Edges that its playlist names, by `PATHWAY-ID`; none where there is no choice. */
            readonly pathways?: readonly string[];
            readonly poster_url: string | null;
            /** @description The sound to begin with, as the viewer's settings, their choice in this series or what they heard it in last say; by the language and the name it has in the playlist. `null`: the playlist's own default. */
            readonly preferred_audio: components["schemas"]["OriginAudioOut"] | null;
            /** @description The same for subtitles; `null`: none. */
            readonly preferred_subtitles: components["schemas"]["PreferredSubtitlesOut"] | null;
            /** @description How pictures and sound are encrypted. */
            readonly protection: components["schemas"]["Protection"];
            readonly release_id: string;
            readonly resume_position_ms: number;
            readonly session_id: string;
            /** @description How this viewer watches on this device; `null` for who is signed out: their player knows. */
            readonly settings: components["schemas"]["PlayerSettingsOut"] | null;
            /** @description WebVTT whose cues name regions of sprites. */
            readonly storyboard_url: string | null;
            readonly subtitles: readonly components["schemas"]["SubtitlesOut"][];
            readonly title: string;
        };
        /** @description How streams went, the newest first. */
        readonly PlaybackQualitiesOut: {
            readonly items: readonly components["schemas"]["PlaybackQualityOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description How one stream went. */
        readonly PlaybackQualityOut: {
            readonly browser: string | null;
            readonly device: string | null;
            readonly dropped_frames: number | null;
            readonly episode_id: string;
            /** @description What the player calls it; empty where nothing failed. */
            readonly error: string;
            /** @description Concluded from its requests (CMCD request mode), for want of reports of its own. */
            readonly estimated: boolean;
            readonly mean_bitrate_bps: number | null;
            readonly outcome: components["schemas"]["Outcome"];
            readonly played_ms: number;
            readonly rebuffer_ratio: number | null;
            readonly rebuffered_ms: number;
            readonly rebuffers: number;
            readonly session_id: string;
            /** Format: date-time */
            readonly started_at: string;
            readonly startup_ms: number | null;
            readonly switches: number;
            readonly title: string;
            /**
             * Format: date-time
             * @description When its player was last heard of.
             */
            readonly updated_at: string;
        };
        /** @description How one watches. */
        readonly PlayerSettingsKept: {
            /** @description Sign-in → what that device has otherwise. */
            readonly devices: {
                readonly [key: string]: {
                    readonly [key: string]: components["schemas"]["JsonValue"];
                };
            };
            readonly series: readonly components["schemas"]["SeriesChoiceKept"][];
            readonly settings: {
                readonly [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /** @description How somebody watches. */
        readonly PlayerSettingsOut: {
            readonly autoplay_next: boolean;
            readonly captions: components["schemas"]["CaptionsIO"];
            readonly quality_px: number;
            readonly rate: number;
            readonly skip_openings: boolean;
            readonly tracks: readonly components["schemas"]["TrackWishIO"][];
        };
        /** @description What is to change; `null`: back to what holds otherwise. */
        readonly PlayerSettingsPatch: {
            /** @default null */
            readonly autoplay_next?: boolean | null;
            /** @default null */
            readonly captions?: components["schemas"]["CaptionsIO"] | null;
            /** @default null */
            readonly quality_px?: number | null;
            /** @default null */
            readonly rate?: number | null;
            /** @default null */
            readonly skip_openings?: boolean | null;
            /** @default null */
            readonly tracks?: readonly components["schemas"]["TrackWishIO"][] | null;
        };
        /**
         * @description What holds where both the library and the file say something.
         * @enum {string}
         */
        readonly Policy: "newest" | "mine";
        /** @description A poster in one width. */
        readonly PosterFileOut: {
            readonly url: string;
            readonly width_px: number;
        };
        /**
         * @description Where a poster comes from.
         * @enum {string}
         */
        readonly PosterKind: "uploaded" | "episode" | "generated";
        /** @description What to show for a release, always something; what is behind an address never changes. */
        readonly PosterOut: {
            /** @description #rrggbb, for what is behind it. */
            readonly colour: string;
            readonly height_px: number | null;
            readonly kind: components["schemas"]["PosterKind"];
            /** @description A blur of it to show while it loads: ThumbHash, in base64. */
            readonly preview: string | null;
            /** @description The same in several widths, ascending; WebP. */
            readonly sources: readonly components["schemas"]["PosterFileOut"][];
            /** @description For whoever takes one address alone. */
            readonly url: string;
            /** @description Of the largest; null where nobody knows. */
            readonly width_px: number | null;
        };
        /** @description Whether somebody wants notifications of a kind; essential ones always come. */
        readonly PreferenceOut: {
            readonly enabled: boolean;
            /** @description Keeps the account safe, and stays on. */
            readonly essential: boolean;
            readonly kind: components["schemas"]["NotificationKind"];
        };
        /** @description Which kinds of notification somebody wants, and which not. */
        readonly PreferencesIn: {
            /** @description Kinds that are not named stay as they are. */
            readonly kinds: {
                readonly [key: string]: boolean;
            };
        };
        /** @description What may be recommended. */
        readonly PreferencesIO: {
            /**
             * @description What was dropped after 3 episodes or more counts against what is liked with it.
             * @default true
             */
            readonly count_dropped?: boolean;
            /** @description None stands for all. */
            readonly kinds?: readonly components["schemas"]["ReleaseType"][];
            /**
             * @description People who have it in their library, at least.
             * @default 0
             */
            readonly minimum_members?: number;
            /**
             * @description More of a franchise on one's list, too; of one that was dropped, never.
             * @default false
             */
            readonly sequels?: boolean;
        };
        /** @description Which notifications somebody wants. */
        readonly PreferencesOut: {
            readonly items: readonly components["schemas"]["PreferenceOut"][];
        };
        /** @description Subtitles to begin with, by the language and the name they have in the playlist. */
        readonly PreferredSubtitlesOut: {
            readonly kind: components["schemas"]["SubtitleKind"];
            readonly label: string;
            /** @description BCP 47. */
            readonly language: string;
        };
        /** @description The media playlist of the first variant, as the source has it and as viewers get it (with the source's addresses). */
        readonly PreviewOut: {
            readonly original: string;
            readonly stripped: string;
        };
        /** @description Where a job that waits is to stand. */
        readonly PriorityIn: {
            readonly priority: components["schemas"]["PriorityName"];
        };
        /**
         * @description Which of the jobs that wait is next: the highest first, among equals the oldest.
         * @enum {string}
         */
        readonly PriorityName: "low" | "normal" | "high";
        /** @description An error (RFC 9457).  ``code`` is stable and meant for programs, ``detail`` for people. */
        readonly Problem: {
            readonly code: string;
            readonly detail: string;
            /** @default null */
            readonly errors: readonly components["schemas"]["ProblemField"][] | null;
            /** @default null */
            readonly request_id: string | null;
            readonly status: number;
            readonly title: string;
            /** @default about:blank */
            readonly type: string;
        };
        /** @description One thing wrong with the payload; ``pointer`` is a JSON pointer (RFC 6901) into it, ``code`` is for programs. */
        readonly ProblemField: {
            /** @default format */
            readonly code: components["schemas"]["Fault"];
            readonly detail: string;
            /** @default null */
            readonly limit: number | null;
            readonly pointer: string;
        };
        /** @description What others see of an account. */
        readonly ProfileIn: {
            readonly nickname: string;
        };
        /** @description Somebody's public page. */
        readonly ProfileOut: {
            readonly avatar_url: string | null;
            /** @description Whether one may compare one's taste */
            readonly comparable: boolean;
            /** Format: date-time */
            readonly member_since: string;
            readonly nickname: string;
            readonly statistics: components["schemas"]["LibraryNumbersOut"];
        };
        /** @description How far somebody is in an episode. */
        readonly ProgressOut: {
            readonly duration_ms: number;
            readonly episode_id: string;
            /** @description 0 once the episode is over */
            readonly position_ms: number;
            readonly release_id: string;
            /** @description Where a player should start */
            readonly resume_position_ms: number;
            readonly rewatches: number;
            /**
             * Format: date-time
             * @description By the clock of the device that reported it
             */
            readonly updated_at: string;
            readonly watched: boolean;
        };
        /** @description ``at_ms`` is the client's clock (Unix ms) when its player was at ``position_ms``. */
        readonly ProgressReportIn: {
            readonly at_ms: number;
            /**
             * @description What is listened to; left out, it is as before
             * @default null
             */
            readonly audio?: components["schemas"]["AudioIn"] | null;
            readonly duration_ms: number;
            readonly episode_id: string;
            readonly position_ms: number;
        };
        /**
         * @description What somebody did with a promo.
         * @enum {string}
         */
        readonly PromoDeed: "impression" | "click";
        /** @description Somebody saw a promo, or followed it. */
        readonly PromoDeedIn: {
            readonly kind: components["schemas"]["PromoDeed"];
            readonly ticket: string;
        };
        /** @description What happened since the last time.  Telling it twice counts it once. */
        readonly PromoDeedsIn: {
            readonly events: readonly components["schemas"]["PromoDeedIn"][];
        };
        /** @description How many of them were new. */
        readonly PromoDeedsOut: {
            readonly counted: number;
        };
        /** @description One width of a picture. */
        readonly PromoImageFileOut: {
            readonly url: string;
            readonly width_px: number;
        };
        /** @description A picture in several widths, ascending. */
        readonly PromoImageOut: {
            readonly files: readonly components["schemas"]["PromoImageFileOut"][];
            readonly height_px: number;
            /** @description ThumbHash, in base64. */
            readonly preview: string;
            readonly width_px: number;
        };
        /** @description A promo as administrators write it. */
        readonly PromoIn: {
            /**
             * @description On the button; empty: the client's own word.
             * @default
             */
            readonly action?: string;
            readonly audience?: components["schemas"]["AudienceIn"];
            readonly cap?: components["schemas"]["CapIn"];
            /**
             * @description `null`: until it is stopped.
             * @default null
             */
            readonly ends_at?: string | null;
            /** @description `/path` here, or `https://`. */
            readonly link: string;
            /** @description For administrators alone. */
            readonly name: string;
            readonly placement: components["schemas"]["Placement"];
            /** Format: date-time */
            readonly starts_at: string;
            /** @default  */
            readonly text?: string;
            readonly title: string;
            /**
             * @description Its share among those in the same place.
             * @default 100
             */
            readonly weight?: number;
        };
        /** @description A promo, for administrators. */
        readonly PromoOut: {
            readonly action: string;
            readonly audience: components["schemas"]["AudienceIn"];
            readonly cap: components["schemas"]["CapIn"];
            readonly clicks: number;
            /** Format: date-time */
            readonly created_at: string;
            readonly ends_at: string | null;
            readonly id: string;
            readonly image: components["schemas"]["PromoImageOut"] | null;
            /** @description Since it was made. */
            readonly impressions: number;
            readonly link: string;
            readonly name: string;
            readonly placement: components["schemas"]["Placement"];
            /** Format: date-time */
            readonly starts_at: string;
            readonly state: components["schemas"]["CampaignState"];
            readonly text: string;
            readonly title: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
            readonly weight: number;
        };
        /** @description A page of promos, the newest first. */
        readonly PromoPage: {
            readonly items: readonly components["schemas"]["PromoOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description Each day, and the sum. */
        readonly PromoReportOut: {
            readonly clicks: number;
            readonly days: readonly components["schemas"]["DayCountOut"][];
            readonly impressions: number;
        };
        /** @description What shows that it is still oneself who sits there: one of the two. */
        readonly ProofIn: {
            /**
             * @description Of those who have no password: from the letter of `POST /auth/otp/confirm`
             * @default null
             */
            readonly code?: string | null;
            /**
             * @description The present one
             * @default null
             */
            readonly password?: string | null;
        };
        /** @description A proposal in a list. */
        readonly ProposalBrief: {
            readonly author: components["schemas"]["PersonOut"];
            /** Format: date-time */
            readonly created_at: string;
            readonly decided_at: string | null;
            /** @description Null on an accepted one: its author is trusted. */
            readonly decided_by: components["schemas"]["PersonOut"] | null;
            /** @description The names of what would change. */
            readonly fields: readonly string[];
            readonly id: string;
            readonly kind: components["schemas"]["ProposalKind"];
            readonly note: string;
            readonly parent_id: string | null;
            readonly reason: string;
            readonly release_id: string | null;
            readonly state: components["schemas"]["ProposalState"];
            readonly submitted_at: string | null;
            readonly taken_by: components["schemas"]["PersonOut"] | null;
            readonly taken_until: string | null;
            readonly target_id: string | null;
            /** @description In whose name, if in a team's that is still there. */
            readonly team: components["schemas"]["TeamNameOut"] | null;
            readonly team_id: string | null;
            readonly title: string;
            readonly version: number;
        };
        /** @description A change to something (``target_id``), or something new (``parent_id`` says where, for all but a release). */
        readonly ProposalIn: {
            /** @description By name, such as `year` or `name.main`. */
            readonly fields: {
                readonly [key: string]: components["schemas"]["ChangeIn"];
            };
            readonly kind: components["schemas"]["ProposalKind"];
            /**
             * @description Why, and where it can be read.
             * @default
             */
            readonly note?: string;
            /** @default null */
            readonly parent_id?: string | null;
            /**
             * @description Have somebody else decide, although one is trusted.
             * @default false
             */
            readonly review?: boolean;
            /**
             * @description At once, rather than as a draft.
             * @default false
             */
            readonly submit?: boolean;
            /** @default null */
            readonly target_id?: string | null;
            /**
             * @description In whose name, if in a team's.
             * @default null
             */
            readonly team_id?: string | null;
        };
        /** @description A change one asked for. */
        readonly ProposalKept: {
            /** @description Field → what stood there, and what should. */
            readonly changes: {
                readonly [key: string]: readonly [
                    components["schemas"]["JsonValue"],
                    components["schemas"]["JsonValue"]
                ];
            };
            /** Format: date-time */
            readonly created_at: string;
            readonly decided_at: string | null;
            readonly id: string;
            readonly kind: string;
            readonly note: string;
            /** @description Why it was rejected or rolled back. */
            readonly reason: string;
            readonly state: string;
            readonly submitted_at: string | null;
            readonly target_id: string | null;
            readonly team_id: string | null;
            readonly title: string;
        };
        /**
         * @description What can be proposed.
         * @enum {string}
         */
        readonly ProposalKind: "release" | "episode" | "translation" | "subtitle";
        /** @description A proposal with its changes. */
        readonly ProposalOut: {
            readonly author: components["schemas"]["PersonOut"];
            readonly changes: readonly components["schemas"]["ProposalsChangeOut"][];
            /** Format: date-time */
            readonly created_at: string;
            readonly decided_at: string | null;
            /** @description Null on an accepted one: its author is trusted. */
            readonly decided_by: components["schemas"]["PersonOut"] | null;
            /** @description The names of what would change. */
            readonly fields: readonly string[];
            readonly id: string;
            readonly kind: components["schemas"]["ProposalKind"];
            readonly note: string;
            readonly parent_id: string | null;
            readonly reason: string;
            readonly release_id: string | null;
            readonly state: components["schemas"]["ProposalState"];
            /** @description What the caller may do with it now. */
            readonly steps: readonly components["schemas"]["Step"][];
            readonly submitted_at: string | null;
            readonly taken_by: components["schemas"]["PersonOut"] | null;
            readonly taken_until: string | null;
            /** @description What it is about was deleted. */
            readonly target_gone: boolean;
            readonly target_id: string | null;
            /** @description In whose name, if in a team's that is still there. */
            readonly team: components["schemas"]["TeamNameOut"] | null;
            readonly team_id: string | null;
            readonly title: string;
            readonly version: number;
        };
        /** @description A page of proposals; ``next_cursor`` leads to the next. */
        readonly ProposalPage: {
            readonly items: readonly components["schemas"]["ProposalBrief"][];
            readonly next_cursor: string | null;
        };
        /** @description A field: what the author saw, what they want, and what stands there now. */
        readonly ProposalsChangeOut: {
            readonly after: components["schemas"]["JsonValue"];
            readonly before: components["schemas"]["JsonValue"];
            /** @description Somebody changed it since, to something else. */
            readonly conflict: boolean;
            readonly current: components["schemas"]["JsonValue"];
            readonly field: string;
        };
        /** @description How far the caller is trusted, and what that allows. */
        readonly ProposalsStandingOut: {
            readonly accepted: number;
            readonly accepted_by_itself: boolean;
            readonly proposals_a_day: number;
            readonly refused: number;
            readonly trust: components["schemas"]["Trust"];
        };
        /**
         * @description How far a proposal is.
         * @enum {string}
         */
        readonly ProposalState: "draft" | "pending" | "taken" | "accepted" | "rejected" | "rolled_back" | "withdrawn";
        /**
         * @description How an asset is encrypted.
         * @enum {string}
         */
        readonly Protection: "none" | "aes-128" | "cbcs" | "cenc";
        /** @description How an episode's media are to be encrypted. */
        readonly ProtectionIn: {
            /** @description How its pictures and sound are to be encrypted. */
            readonly protection: components["schemas"]["Protection"];
        };
        /** @description How an episode's video is encrypted. */
        readonly ProtectionOut: {
            /** @description What new videos get where nobody chooses. */
            readonly default: components["schemas"]["Protection"];
            /** @description `null`: it has no video of its own. */
            readonly protection: components["schemas"]["Protection"] | null;
        };
        /** @description An OpenID Connect provider the operator set up. */
        readonly ProviderOut: {
            readonly id: string;
            readonly name: string;
        };
        /** @description The providers somebody can sign in with. */
        readonly ProvidersOut: {
            readonly items: readonly components["schemas"]["ProviderOut"][];
        };
        /** @description When a release is to be published. */
        readonly PublicationIn: {
            /** @description A moment to come, at most two years ahead, with its offset from UTC; null: not by itself. */
            readonly publish_at: string | null;
        };
        /** @description Somebody's list, with what is in it, in order. */
        readonly PublicListOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly id: string;
            readonly items: readonly components["schemas"]["ListItemOut"][];
            readonly items_count: number;
            readonly owner: components["schemas"]["OwnerOut"];
            readonly title: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
            readonly visibility: components["schemas"]["Visibility"];
        };
        /** @description The public lists of somebody. */
        readonly PublicListsOut: {
            readonly items: readonly components["schemas"]["ListSummaryOut"][];
        };
        /** @description How a publisher does, over the last second. */
        readonly PublisherHealthOut: {
            readonly audio_codec: string | null;
            readonly audio_kbps: number;
            readonly frames_per_s: number;
            /** @description How unevenly its packets come (RFC 3550 §6.4.1). */
            readonly jitter_ms: number;
            readonly key_frame_interval_ms: number | null;
            /** @description Of its packets on the way here, 0 to 1. */
            readonly lost: number;
            /** @description `null` where the encoder does not say (RFC 3611). */
            readonly round_trip_ms: number | null;
            readonly video_codec: string | null;
            readonly video_kbps: number;
        };
        /** @description Of the streams that began within an hour. */
        readonly QualityHourOut: {
            readonly dropped_frames: number;
            /** @description Which ended with an error after a picture was seen. */
            readonly failed: number;
            /** @description Which had an error, or for 30 s no picture, before the first one. */
            readonly failed_starts: number;
            /** @description Both, of those that were begun in earnest, 0 to 1. */
            readonly failure_ratio: number | null;
            /**
             * Format: date-time
             * @description Its beginning.
             */
            readonly hour: string;
            /** @description By the time that was played. */
            readonly mean_bitrate_bps: number | null;
            /** @description Of which a picture was seen. */
            readonly played: number;
            readonly played_ms: number;
            /** @description Waiting, of watching and waiting, 0 to 1. */
            readonly rebuffer_ratio: number | null;
            readonly rebuffered_ms: number;
            readonly rebuffers: number;
            /** @description Of which anything was heard. */
            readonly sessions: number;
            /** @description From the wish to play to the first picture: the median. */
            readonly startup_p50_ms: number | null;
            readonly startup_p95_ms: number | null;
            /** @description Changes of quality. */
            readonly switches: number;
        };
        /** @description Of the streams that began within some time. */
        readonly QualitySummaryOut: {
            readonly dropped_frames: number;
            /** @description Which ended with an error after a picture was seen. */
            readonly failed: number;
            /** @description Which had an error, or for 30 s no picture, before the first one. */
            readonly failed_starts: number;
            /** @description Both, of those that were begun in earnest, 0 to 1. */
            readonly failure_ratio: number | null;
            /** @description By the time that was played. */
            readonly mean_bitrate_bps: number | null;
            /** @description Of which a picture was seen. */
            readonly played: number;
            readonly played_ms: number;
            /** @description Waiting, of watching and waiting, 0 to 1. */
            readonly rebuffer_ratio: number | null;
            readonly rebuffered_ms: number;
            readonly rebuffers: number;
            /** @description Of which anything was heard. */
            readonly sessions: number;
            /** @description From the wish to play to the first picture: the median. */
            readonly startup_p50_ms: number | null;
            readonly startup_p95_ms: number | null;
            /** @description Changes of quality. */
            readonly switches: number;
        };
        /** @description How streams went. */
        readonly QualityWindowOut: {
            /** @description The oldest first; those without streams are left out. */
            readonly hours: readonly components["schemas"]["QualityHourOut"][];
            /** Format: date-time */
            readonly since: string;
            /** Format: date-time */
            readonly until: string;
            readonly whole: components["schemas"]["QualitySummaryOut"];
        };
        /** @description A release in a ranking. */
        readonly RankedOut: {
            /** @description Of all votes; null without any. */
            readonly mean: number | null;
            /** @description People who have it in a collection. */
            readonly members: number;
            /** @description From 1. */
            readonly place: number;
            /** @description Of people who watched at least a fifth; these make the weighted score. */
            readonly ranked_votes: number;
            readonly release_id: string;
            /** @description Recent interest: one vote of today is 1, and half of it in a week. */
            readonly trend: number;
            readonly votes: number;
            /** @description What the ranking goes by, 1 to 10; null while there are not enough votes. */
            readonly weighted: number | null;
        };
        /** @description A page of a ranking. */
        readonly RankingOut: {
            readonly items: readonly components["schemas"]["RankedOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description The rating of a release, how its votes are spread, and one's own. */
        readonly RatingOut: {
            /** @description Votes by score: ten numbers, from 1 to 10. */
            readonly histogram: readonly number[];
            /** @description Of all votes; null without any. */
            readonly mean: number | null;
            /** @description People who have it in a collection. */
            readonly members: number;
            /** @description Votes of people who watched, from which there is a weighted score. */
            readonly minimum_votes: number;
            /** @description One's own vote. */
            readonly own: number | null;
            /** @description Of people who watched at least a fifth; these make the weighted score. */
            readonly ranked_votes: number;
            readonly release_id: string;
            readonly votes: number;
            /** @description What the ranking goes by, 1 to 10; null while there are not enough votes. */
            readonly weighted: number | null;
        };
        /** @description The ratings of several releases. */
        readonly RatingsOut: {
            /** @description Releases that nobody voted for or collected are left out. */
            readonly items: readonly components["schemas"]["FiguresOut"][];
        };
        /** @description One of three: some of them, all of them, or all up to one. */
        readonly ReadIn: {
            /** @default false */
            readonly all?: boolean;
            /** @default null */
            readonly before?: string | null;
            /** @default null */
            readonly ids?: readonly string[] | null;
        };
        /**
         * @description Why something is in the list.
         * @enum {string}
         */
        readonly ReasonKind: "liked_together" | "alike" | "popular" | "recent" | "varied";
        /** @description Why it is in the list. */
        readonly ReasonOut: {
            /** @description The release that is liked. */
            readonly because: components["schemas"]["NamedRelease"] | null;
            /** @description `liked_together`: people who like `because` like it too; `alike`: it has `shared` in common with `because`; `popular`, `recent` and `varied`: nothing is known of the reader's taste, or nothing more fits it. */
            readonly kind: components["schemas"]["ReasonKind"];
            /** @description How many like both, or this one; told from 5 on. */
            readonly people: number | null;
            /** @description Names of genres, tags, studios and people that both have. */
            readonly shared: readonly string[];
        };
        /** @description Which of the fields changed meanwhile keep what the proposal says. */
        readonly RebaseIn: {
            /**
             * @description Fields in conflict that still stand; others go.
             * @default []
             */
            readonly keep?: readonly string[];
        };
        /** @description A release recommended to somebody, and why. */
        readonly RecommendationOut: {
            readonly reason: components["schemas"]["ReasonOut"];
            readonly release: components["schemas"]["ReleaseOut"];
        };
        /** @description What one chose about recommendations; they themselves are worked out anew whenever they are asked for. */
        readonly RecommendationsKept: {
            readonly count_dropped: boolean;
            readonly kinds: readonly string[];
            readonly minimum_members: number;
            readonly not_interested: readonly components["schemas"]["NotInterested"][];
            readonly sequels: boolean;
            readonly similar_votes: readonly components["schemas"]["SimilarVote"][];
        };
        /** @description What is recommended, and from what. */
        readonly RecommendationsOut: {
            readonly items: readonly components["schemas"]["RecommendationOut"][];
            /** @description Releases the reader likes; with none, nothing here is about their taste. */
            readonly likes: number;
            /** @description `null` before the first night. */
            readonly model: components["schemas"]["ModelOut"] | null;
        };
        /** @description Whose video a recording is to become. */
        readonly RecordedEpisodeIn: {
            readonly episode_id: string;
            /**
             * @description How to encrypt it; as the operator set where it is left out.
             * @default null
             */
            readonly protection?: components["schemas"]["Protection"] | null;
        };
        /** @description The progress of each episode that was reported, as it is kept now. */
        readonly RecordedOut: {
            /** @description What changed, as it is now */
            readonly items: readonly components["schemas"]["ProgressOut"][];
        };
        /** @description A recording of a live channel. */
        readonly RecordingOut: {
            readonly channel_id: string;
            /** @description Without the time that nobody sent. */
            readonly duration_ms: number;
            /** @description `null` while it goes on. */
            readonly ended_at: string | null;
            /** @description Why it is over. */
            readonly ended_by: components["schemas"]["EndedBy"] | null;
            /** @description Whose video it became. */
            readonly episode_id: string | null;
            /** @description When it is removed. */
            readonly expires_at: string | null;
            readonly id: string;
            /** @description The last job that was to make an episode of it: `GET /jobs/{job_id}`. */
            readonly job_id: string | null;
            readonly size_bytes: number;
            /** Format: date-time */
            readonly started_at: string;
            /** @description Of the channel when it began. */
            readonly title: string;
        };
        /** @description A page of recordings, the youngest first, and the room that all of one's own take. */
        readonly RecordingsOut: {
            readonly items: readonly components["schemas"]["RecordingOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly quota_bytes: number;
            readonly total: number;
            readonly used_bytes: number;
        };
        /** @description One value to choose. */
        readonly ReferenceOut: {
            /** @description In the reader's language: English or Russian. */
            readonly label: string;
            readonly value: string;
        };
        /** @description What filters and forms choose from. */
        readonly ReferencesOut: {
            readonly age_ratings: readonly components["schemas"]["AgeReferenceOut"][];
            readonly airing_statuses: readonly components["schemas"]["ReferenceOut"][];
            /** @description Those of published releases, by label. */
            readonly genres: readonly components["schemas"]["GenreReferenceOut"][];
            readonly seasons: readonly components["schemas"]["ReferenceOut"][];
            readonly sorting: readonly components["schemas"]["ReferenceOut"][];
            readonly statuses: readonly components["schemas"]["ReferenceOut"][];
            readonly types: readonly components["schemas"]["ReferenceOut"][];
            /** @description Those of published releases, the latest first. */
            readonly years: readonly number[];
        };
        /** @description The refresh token, where it is not in a cookie. */
        readonly RefreshIn: {
            /**
             * @description Left out by web clients: theirs is in the cookie
             * @default null
             */
            readonly refresh_token?: string | null;
        };
        /** @description A new account, signed in at once. */
        readonly RegisterIn: {
            /**
             * @default body
             * @enum {string}
             */
            readonly delivery?: "body" | "cookie";
            readonly email: string;
            readonly nickname: string;
            readonly password: string;
        };
        /** @description Why a proposal is not accepted; its author reads it. */
        readonly RejectIn: {
            readonly reason: string;
        };
        /** @description Another release, and what it is to this one. */
        readonly RelateIn: {
            readonly kind: components["schemas"]["RelationKind"];
            /** @description Its id or alias. */
            readonly release: string;
        };
        /**
         * @description What the second of two releases is to the first; the vocabulary of anime catalogues.
         * @enum {string}
         */
        readonly RelationKind: "sequel" | "prequel" | "side_story" | "parent_story" | "summary" | "full_story" | "spin_off" | "origin" | "alternative_version" | "alternative_setting" | "shared_characters" | "other";
        /** @description What a team changed in one release. */
        readonly ReleaseCreditOut: {
            /** @description Proposals in the team's name that were accepted, and stand. */
            readonly changes: number;
            /** @description What was worked on. */
            readonly kinds: readonly components["schemas"]["ProposalKind"][];
            /** Format: date-time */
            readonly last_at: string;
            readonly release_id: string;
        };
        /** @description A page of the releases that a team changed. */
        readonly ReleaseCreditPage: {
            readonly items: readonly components["schemas"]["ReleaseCreditOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description Who made a release, in order. */
        readonly ReleaseCredits: {
            readonly items: readonly components["schemas"]["StaffCreditOut"][];
        };
        /** @description The franchise of a release, if it is in one. */
        readonly ReleaseFranchiseOut: {
            /** @description Null for a release that stands by itself. */
            readonly franchise: components["schemas"]["FranchiseOut"] | null;
        };
        /** @description A release as an editor describes it. */
        readonly ReleaseIn: {
            /** @default 0 */
            readonly age_rating?: components["schemas"]["AgeRating"];
            /**
             * @description Left out, `is_ongoing` says it.
             * @default null
             */
            readonly airing_status?: components["schemas"]["AiringStatus"] | null;
            /** @description For addresses: lower-case letters, digits, hyphens. */
            readonly alias: string;
            /**
             * @description Left out, they stay as they are.
             * @default null
             */
            readonly blocks?: components["schemas"]["BlocksIn"] | null;
            /**
             * @description Plain text; of HTML only what a person reads is kept.
             * @default
             */
            readonly description?: string;
            /** @default null */
            readonly episodes_total?: number | null;
            /**
             * @default {
             *       "mal": null,
             *       "shikimori": null,
             *       "anilist": null,
             *       "anidb": null,
             *       "kinopoisk": null,
             *       "imdb": null,
             *       "bangumi": null,
             *       "tmdb": null
             *     }
             */
            readonly external_ids?: components["schemas"]["ExternalIdsIn"];
            /**
             * @description Names; a new name makes a new genre.
             * @default []
             */
            readonly genres?: readonly string[];
            /** @default false */
            readonly is_ongoing?: boolean;
            readonly name: components["schemas"]["NamesIn"];
            /** @default null */
            readonly names?: readonly components["schemas"]["OtherNameIn"][] | null;
            /** @default null */
            readonly season?: components["schemas"]["Season"] | null;
            /** @default null */
            readonly trailers?: readonly components["schemas"]["TrailerIn"][] | null;
            readonly type: components["schemas"]["ReleaseType"];
            /** @default null */
            readonly year?: number | null;
        };
        /** @description Some releases. */
        readonly ReleaseList: {
            readonly items: readonly components["schemas"]["ReleaseOut"][];
        };
        /** @description A work in the catalogue. */
        readonly ReleaseOut: {
            readonly age_rating: components["schemas"]["AgeRating"];
            readonly airing_status: components["schemas"]["AiringStatus"];
            readonly alias: string;
            readonly blocks: components["schemas"]["BlocksOut"];
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly episodes_total: number | null;
            readonly external_ids: components["schemas"]["ExternalIdsOut"];
            readonly genres: readonly components["schemas"]["GenreOut"][];
            readonly id: string;
            /** @description Whether `airing_status` is `ongoing`. */
            readonly is_ongoing: boolean;
            readonly name: components["schemas"]["NamesOut"];
            /** @description Other names that it is found by. */
            readonly names: readonly components["schemas"]["OtherNameOut"][];
            readonly poster: components["schemas"]["PosterOut"];
            /** @description The uploaded poster or an episode's picture; `poster` is there always. */
            readonly poster_url: string | null;
            /** @description When it is to be published by itself. */
            readonly publish_at: string | null;
            readonly published_at: string | null;
            readonly season: components["schemas"]["Season"] | null;
            readonly status: components["schemas"]["Status"];
            readonly trailers: readonly components["schemas"]["TrailerOut"][];
            /**
             * @description In the reader's language, if there is one.
             * @default null
             */
            readonly translation: components["schemas"]["TranslatedOut"] | null;
            readonly type: components["schemas"]["ReleaseType"];
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
            readonly year: number | null;
        };
        /** @description One page of releases, and how many there are in all. */
        readonly ReleasePage: {
            /**
             * @description Where they were asked for.
             * @default null
             */
            readonly facets: components["schemas"]["FacetsOut"] | null;
            readonly items: readonly components["schemas"]["FoundRelease"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description All that a library holds of one release, in a file. */
        readonly ReleasePart: {
            /** @default null */
            readonly collection: components["schemas"]["CollectionPart"] | null;
            /** @default null */
            readonly favorite: components["schemas"]["FavoritePart"] | null;
            readonly history?: readonly components["schemas"]["WatchingPart"][];
            readonly release: components["schemas"]["WorkPart"];
            /** @default null */
            readonly score: components["schemas"]["ScorePart"] | null;
        };
        /** @description How far one is in one release; episodes. */
        readonly ReleaseProgressOut: {
            readonly abandoned: boolean;
            readonly is_finished: boolean;
            readonly may_skip: boolean;
            readonly release_id: string;
            /** @description Episodes there are, or are known to come; 0 where nobody knows. */
            readonly total: number;
            readonly watched: number;
        };
        /** @description A search as a document, for filters too long for an address. */
        readonly ReleaseSearch: {
            readonly age_rating?: readonly components["schemas"]["AgeRating"][];
            /**
             * @description Whether to count the releases found by each property.
             * @default false
             */
            readonly facets?: boolean;
            /**
             * @description Hidden gems alone: liked much and known little.
             * @default false
             */
            readonly gems?: boolean;
            /** @description Slugs, any of which will do. */
            readonly genre?: readonly string[];
            /** @description Slugs, all of which it must have. */
            readonly genre_all?: readonly string[];
            /** @description Slugs, none of which it may have. */
            readonly genre_not?: readonly string[];
            /** @description These alone. */
            readonly id?: readonly string[];
            /** @default null */
            readonly language?: string | null;
            /** @default 1 */
            readonly page?: number;
            /** @default 20 */
            readonly page_size?: number;
            /** @description Aliases, all of whom took part. */
            readonly person?: readonly string[];
            /**
             * @description For editors: `false` for drafts alone, `true` for what viewers see.
             * @default null
             */
            readonly published?: boolean | null;
            /** @default  */
            readonly query?: string;
            /** @default null */
            readonly score_from?: number | null;
            /** @default null */
            readonly score_to?: number | null;
            readonly season?: readonly components["schemas"]["Season"][];
            /**
             * @description Without it: by relevance where something is searched for, else the newest first. `name` is the one shown to a reader of the language; `fresh_at` is when there was last something new to watch.
             * @default null
             */
            readonly sort?: ("relevance" | "name" | "-name" | "created_at" | "-created_at" | "updated_at" | "-updated_at" | "fresh_at" | "-fresh_at" | "year" | "-year" | "rating" | "-rating" | "popularity" | "-popularity" | "trending" | "-trending") | null;
            /** @description How far it has come out. */
            readonly status?: readonly components["schemas"]["AiringStatus"][];
            /** @description Aliases, any of which will do. */
            readonly studio?: readonly string[];
            /** @description Slugs, any of which will do. */
            readonly tag?: readonly string[];
            /** @description Slugs, all of which it must have. */
            readonly tag_all?: readonly string[];
            /** @description Slugs, none of which it may have. */
            readonly tag_not?: readonly string[];
            readonly type?: readonly components["schemas"]["ReleaseType"][];
            /** @default null */
            readonly year_from?: number | null;
            /** @default null */
            readonly year_to?: number | null;
        };
        /** @description The studios of a release, in order. */
        readonly ReleaseStudios: {
            readonly items: readonly components["schemas"]["StudioPartOut"][];
        };
        /** @description All studios of a release, in their order. */
        readonly ReleaseStudiosIn: {
            readonly items: readonly components["schemas"]["StudioPartIn"][];
        };
        /** @description How much a release is about something. */
        readonly ReleaseTagIn: {
            /**
             * @description Per cent.
             * @default 50
             */
            readonly rank?: number;
            /**
             * @description It gives away the story of this release.
             * @default false
             */
            readonly spoils?: boolean;
            /** @description Id or slug. */
            readonly tag: string;
        };
        /** @description The tags of a release, the highest rank first. */
        readonly ReleaseTagList: {
            readonly items: readonly components["schemas"]["ReleaseTagOut"][];
        };
        /** @description How much a release is about something. */
        readonly ReleaseTagOut: {
            /** @description Per cent. */
            readonly rank: number;
            /** @description To be hidden until somebody asks: it gives away this story, or any. */
            readonly spoiler: boolean;
            /** @description It gives away the story of this release. */
            readonly spoils: boolean;
            readonly tag: components["schemas"]["TagNameOut"];
        };
        /** @description All tags of a release. */
        readonly ReleaseTagsIn: {
            readonly items: readonly components["schemas"]["ReleaseTagIn"][];
        };
        /**
         * @description What kind of work; the vocabulary of anime catalogues.
         * @enum {string}
         */
        readonly ReleaseType: "TV" | "ONA" | "WEB" | "OVA" | "OAD" | "MOVIE" | "DORAMA" | "SPECIAL";
        /** @description How many deliveries will be tried anew. */
        readonly ReplayedOut: {
            readonly queued: number;
        };
        /** @description Something in a report that CTA-5004-B has otherwise. */
        readonly ReportFaultOut: {
            /** @description Empty: the line as a whole. */
            readonly key: string;
            /** @description Of the body, counted from 1. */
            readonly line: number;
            /** @description In English, for whoever writes the player. */
            readonly problem: string;
        };
        /** @description A report somebody filed. */
        readonly ReportKept: {
            readonly closed_at: string | null;
            /** Format: date-time */
            readonly filed_at: string;
            readonly id: string;
            readonly kind: string;
            readonly outcome: string;
            readonly reason: string;
            readonly state: string;
            readonly target_id: string;
            readonly text: string;
            readonly title: string;
        };
        /** @description A report. */
        readonly ReportOut: {
            readonly closed_at: string | null;
            readonly closed_by: components["schemas"]["PersonOut"] | null;
            /** Format: date-time */
            readonly filed_at: string;
            readonly id: string;
            readonly kind: components["schemas"]["ReportSubject"];
            readonly outcome: string;
            /** @description That a reported comment is on. */
            readonly proposal_id: string | null;
            readonly reason: components["schemas"]["ReportReason"];
            /** @description On whose page a reported pair of similar releases is. */
            readonly release_id: string | null;
            readonly reporter: components["schemas"]["PersonOut"];
            readonly state: components["schemas"]["ReportState"];
            readonly target_id: string;
            readonly text: string;
            readonly title: string;
        };
        /** @description A page of reports; ``next_cursor`` leads to the next. */
        readonly ReportPage: {
            readonly items: readonly components["schemas"]["ReportOut"][];
            readonly next_cursor: string | null;
        };
        /**
         * @description What is wrong with it.
         * @enum {string}
         */
        readonly ReportReason: "wrong" | "duplicate" | "broken" | "copyright" | "offensive" | "spam" | "other";
        /** @description How far somebody is in several episodes. */
        readonly ReportsIn: {
            readonly items: readonly components["schemas"]["ProgressReportIn"][];
        };
        /** @description What is wrong with what. */
        readonly ReportsReportIn: {
            readonly kind: components["schemas"]["ReportSubject"];
            readonly reason: components["schemas"]["ReportReason"];
            readonly target_id: string;
            /** @default  */
            readonly text?: string;
        };
        /** @description What was made of a body of reports. */
        readonly ReportsTakenOut: {
            /** @description At most twenty; what is not named was taken as it is. */
            readonly faults: readonly components["schemas"]["ReportFaultOut"][];
            /** @description Reports of which something was read. */
            readonly taken: number;
        };
        /**
         * @description What became of a report.
         * @enum {string}
         */
        readonly ReportState: "open" | "resolved" | "dismissed";
        /**
         * @description What can be reported.
         * @enum {string}
         */
        readonly ReportSubject: "release" | "episode" | "proposal" | "comment" | "user" | "team" | "similar";
        /** @description The token of the e-mail, and the new password. */
        readonly ResetIn: {
            readonly password: string;
            /** @description From the letter */
            readonly token: string;
        };
        /** @description The alias of the restored release, where its former one is taken. */
        readonly RestoreIn: {
            /** @default null */
            readonly alias?: string | null;
        };
        /** @description What a transfer has changed so far, each counted. */
        readonly ResultOut: {
            readonly collections: number;
            readonly episodes: number;
            readonly favorites: number;
            readonly finished: boolean;
            readonly list_entries: number;
            readonly lists: number;
            readonly rows_done: number;
            readonly scores: number;
        };
        /**
         * @description Site-wide roles, each with everything the ones before it may do.
         * @enum {string}
         */
        readonly Role: "user" | "editor" | "moderator" | "admin";
        /** @description All roles of a team, the highest first. */
        readonly RoleOrderIn: {
            readonly role_ids: readonly string[];
        };
        /** @description A role of a team. */
        readonly RoleOut: {
            readonly colour: string;
            readonly id: string;
            readonly level: components["schemas"]["Level"];
            readonly permissions: readonly components["schemas"]["Permission"][];
            readonly position: number;
            readonly title: string;
            readonly version: number;
        };
        /** @description The roles of a team, the highest first. */
        readonly RolesOut: {
            readonly items: readonly components["schemas"]["RoleOut"][];
        };
        /** @description Why an accepted proposal is undone, and whether over what was changed since. */
        readonly RollBackIn: {
            /**
             * @description Over what others changed since; administrators only.
             * @default false
             */
            readonly force?: boolean;
            readonly reason: string;
        };
        /** @description A row of a file: what it names, which release that is taken for, and what it would change. */
        readonly RowOut: {
            /** @description The release of a match; what to choose from otherwise */
            readonly candidates: readonly components["schemas"]["TransferCandidateOut"][];
            /** @description null where nothing is imported, or another row means the same release */
            readonly change: components["schemas"]["TransferChangeOut"] | null;
            readonly collection: components["schemas"]["ShelfName"] | null;
            /** @description Seen, or with a history */
            readonly episodes: number;
            readonly how: ("id" | "external" | "title") | null;
            /** @description Its place in the file, from 1 */
            readonly number: number;
            /** @enum {string} */
            readonly state: "matched" | "ambiguous" | "unmatched";
            readonly title: string;
            readonly year: number | null;
        };
        /** @description A page of the rows of a file. */
        readonly RowsOut: {
            readonly items: readonly components["schemas"]["RowOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description What to do with a source. */
        readonly RunIn: {
            /**
             * @description Change nothing, and say what would be changed.
             * @default false
             */
            readonly dry?: boolean;
            /**
             * @description Show new releases at once; left out: as the source says.
             * @default null
             */
            readonly publish?: boolean | null;
        };
        /** @description A run: how far it is, and what it came to. */
        readonly RunOut: {
            readonly counts: {
                readonly [key: string]: number;
            };
            /** Format: date-time */
            readonly created_at: string;
            readonly dry: boolean;
            readonly ended_at: string | null;
            readonly error: string;
            readonly fault: components["schemas"]["FaultOut"] | null;
            readonly file: string;
            readonly id: string;
            readonly job_id: string | null;
            /** @description 0 to 1; 0 while nobody knows how much there is. */
            readonly progress: number;
            readonly publish: boolean;
            /** @description Read so far. */
            readonly rows: number;
            /** @description Rows to look at: what would change, of a dry run; what went wrong. */
            readonly rows_kept: number;
            readonly source_id: string;
            readonly started_at: string | null;
            readonly started_by: string | null;
            readonly state: components["schemas"]["RunState"];
            readonly stop_requested: boolean;
            readonly total: number | null;
            readonly trigger: components["schemas"]["Trigger"];
        };
        /** @description A row of a run. */
        readonly RunRowOut: {
            readonly action: components["schemas"]["Action"];
            readonly changes: readonly components["schemas"]["FieldChangeOut"][];
            readonly fault: components["schemas"]["FaultOut"] | null;
            readonly id: string;
            readonly key: string;
            readonly message: string;
            /** @description Of a dry run that was read to the end: those it would make. */
            readonly relations: readonly components["schemas"]["ForeseenRelationOut"][];
            readonly release_id: string | null;
            readonly title: string;
        };
        /** @description A page of the rows of a run. */
        readonly RunRowsOut: {
            readonly items: readonly components["schemas"]["RunRowOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description A page of runs, the newest first. */
        readonly RunsOut: {
            readonly items: readonly components["schemas"]["RunOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /**
         * @description How far a run of an import is.
         * @enum {string}
         */
        readonly RunState: "queued" | "running" | "succeeded" | "failed" | "stopped";
        /** @description All of a schedule, as an editor says it. */
        readonly ScheduleIn: {
            /** @default [] */
            readonly breaks?: readonly components["schemas"]["BreakIO"][];
            /** @default [] */
            readonly overrides?: readonly components["schemas"]["OverrideIO"][];
            /** @default [] */
            readonly slots?: readonly components["schemas"]["SlotIO"][];
            /**
             * @description The broadcaster's.
             * @default Asia/Tokyo
             * @example Europe/Berlin
             */
            readonly zone?: string;
        };
        /** @description A release's schedule, and what comes next. */
        readonly ScheduleOut: {
            /** @default [] */
            readonly breaks: readonly components["schemas"]["BreakIO"][];
            /** @default [] */
            readonly overrides: readonly components["schemas"]["OverrideIO"][];
            readonly release_id: string;
            /** @default [] */
            readonly slots: readonly components["schemas"]["SlotIO"][];
            /** @description The next eight weeks, on each site. */
            readonly upcoming: readonly components["schemas"]["AiringOut"][];
            readonly updated_at: string | null;
            /** @description 0 where nobody said anything yet. */
            readonly version: number;
            /**
             * @description The broadcaster's.
             * @default Asia/Tokyo
             * @example Europe/Berlin
             */
            readonly zone: string;
        };
        /** @description A release on a shelf, with the score that its owner gave it. */
        readonly ScoredShelfItemOut: {
            /** Format: date-time */
            readonly changed_at: string;
            readonly finished_at: string | null;
            readonly release_id: string;
            /**
             * @description One's own vote, 1 to 10
             * @default null
             */
            readonly score: number | null;
            readonly started_at: string | null;
            readonly type: components["schemas"]["ShelfName"];
        };
        /** @description One's vote on a release. */
        readonly ScoreKept: {
            readonly release_id: string;
            readonly score: number;
            /** Format: date-time */
            readonly voted_at: string;
        };
        /** @description A score, in a file. */
        readonly ScorePart: {
            readonly value: number;
            /** Format: date-time */
            readonly voted_at: string;
        };
        /** @description What somebody searched for, and what they chose. */
        readonly SearchChoiceIn: {
            readonly query: string;
            readonly release_id: string;
        };
        /**
         * @description The quarter of a year in which a work began, as catalogues of anime count.
         * @enum {string}
         */
        readonly Season: "winter" | "spring" | "summer" | "autumn";
        /** @description A season, and how many releases there are of it. */
        readonly SeasonCountOut: {
            readonly releases: number;
            readonly season: components["schemas"]["Season"];
            readonly year: number;
        };
        /** @description The chart of a season, by name. */
        readonly SeasonOut: {
            readonly items: readonly components["schemas"]["SeasonTitleOut"][];
            readonly season: components["schemas"]["Season"];
            readonly year: number;
        };
        /** @description Seasons that there is something of, the newest first; and which one it is now. */
        readonly SeasonsOut: {
            readonly items: readonly components["schemas"]["SeasonCountOut"][];
            readonly season: components["schemas"]["Season"];
            readonly year: number;
        };
        /** @description A release of a season, and when it is on; nulls where nobody said. */
        readonly SeasonTitleOut: {
            /** @description Of its first episode. */
            readonly broadcast: components["schemas"]["BroadcastTimeOut"] | null;
            readonly next: components["schemas"]["AiringOut"] | null;
            readonly release: components["schemas"]["ListedReleaseOut"];
            readonly starts_at: string | null;
        };
        /**
         * @description What becomes of a segment: it stays; our own picture takes its place for the same time; it is listed, but not to be loaded
         *     (rfc8216bis section 4.4.4.7); it is taken out.
         * @enum {string}
         */
        readonly SegmentAction: "keep" | "slate" | "gap" | "delete";
        /** @description An invitation in the data of who sent it. */
        readonly SentInvitationOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly email: string | null;
            /** Format: date-time */
            readonly expires_at: string;
            readonly kind: components["schemas"]["InvitationKind"];
            readonly team_id: string;
            readonly uses: number;
        };
        /** @description Sound and subtitles one chose in a series. */
        readonly SeriesChoiceKept: {
            /** Format: date-time */
            readonly at: string;
            readonly choice: {
                readonly [key: string]: components["schemas"]["JsonValue"];
            };
            readonly release_id: string;
        };
        /** @description What is remembered of a series; `null`: nothing. */
        readonly SeriesChoiceOut: {
            readonly audio: components["schemas"]["AudioChoiceIO"] | null;
            readonly subtitles: components["schemas"]["SubtitleChoiceIO"] | null;
        };
        /** @description What was chosen while a series was watched; `null` forgets it. */
        readonly SeriesChoicePatch: {
            /** @default null */
            readonly audio?: components["schemas"]["AudioChoiceIO"] | null;
            /** @default null */
            readonly subtitles?: components["schemas"]["SubtitleChoiceIO"] | null;
        };
        /** @description A signed-in device. */
        readonly SessionOut: {
            readonly address: string;
            readonly browser: string | null;
            /** Format: date-time */
            readonly created_at: string;
            /** @description Whether this is the session that asks */
            readonly current: boolean;
            /** @description Kind of device or operating system, where known */
            readonly device: string | null;
            /** Format: date-time */
            readonly expires_at: string;
            readonly id: string;
            /** Format: date-time */
            readonly last_seen_at: string;
        };
        /** @description The signed-in devices of an account. */
        readonly SessionsOut: {
            readonly items: readonly components["schemas"]["SessionOut"][];
        };
        /** @description What part of what somebody watched is of one genre, type or year. */
        readonly ShareOut: {
            readonly mean_score: number | null;
            readonly name: string;
            readonly releases: number;
            readonly watched_ms: number;
        };
        /** @description What of one's statistics others may see. */
        readonly SharingIn: {
            /** @description Others who allow it too see how far their taste agrees with one's own */
            readonly comparison: boolean;
            /** @description A public page with one's statistics */
            readonly profile: boolean;
        };
        /** @description What of one's statistics others may see. */
        readonly SharingOut: {
            readonly comparison: boolean;
            readonly profile: boolean;
        };
        /** @description The shelf a release is put on. */
        readonly ShelfIn: {
            readonly type: components["schemas"]["ShelfName"];
        };
        /** @description A page of a shelf. */
        readonly ShelfItemsOut: {
            readonly items: readonly components["schemas"]["ScoredShelfItemOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description One release, and its shelf. */
        readonly ShelfMoveIn: {
            readonly release_id: string;
            /** @description null takes it off its shelf */
            readonly type: components["schemas"]["ShelfName"] | null;
        };
        /** @description Several releases, each with its shelf; ``null`` takes it off. */
        readonly ShelfMovesIn: {
            readonly items: readonly components["schemas"]["ShelfMoveIn"][];
        };
        /**
         * @description As AniLiberty calls them.
         * @enum {string}
         */
        readonly ShelfName: "PLANNED" | "WATCHING" | "WATCHED" | "POSTPONED" | "ABANDONED";
        /** @description A promo as readers get it. */
        readonly ShownPromoOut: {
            readonly action: string;
            readonly id: string;
            readonly image: components["schemas"]["PromoImageOut"] | null;
            readonly link: string;
            readonly text: string;
            /** @description For `POST /promos/events`; good for a day. */
            readonly ticket: string;
            readonly title: string;
        };
        /** @description What is shown in a place, the first first. */
        readonly ShownPromosOut: {
            readonly items: readonly components["schemas"]["ShownPromoOut"][];
        };
        /** @description Which release is found similar. */
        readonly SimilarIn: {
            readonly release_id: string;
        };
        /** @description What is like a release: by computation, and as people said. */
        readonly SimilarOut: {
            /** @description By votes, most votes first. */
            readonly community: readonly components["schemas"]["VotedSimilarOut"][];
            /** @description By what is liked together, and what they have in common. */
            readonly computed: readonly components["schemas"]["RecommendationOut"][];
        };
        /** @description Two releases one finds similar. */
        readonly SimilarVote: {
            readonly other_id: string;
            readonly release_id: string;
            /** Format: date-time */
            readonly voted_at: string;
        };
        /** @description One broadcast of a release: its own, or that of a site. */
        readonly SlotIO: {
            /** @default  */
            readonly address?: string;
            /** @default null */
            readonly duration_min?: number | null;
            /**
             * @description In all; without it as many as the release has.
             * @default null
             */
            readonly episodes?: number | null;
            /** @default 1 */
            readonly first_ordinal?: number;
            /**
             * @description ISO 8601. A start without Z or offset is local to `zone`, with hours up to 30.
             * @example R/2026-07-03T25:15/P7D
             * @example R12/2026-07-03T16:15:00Z/P7D
             */
            readonly recurrence: string;
            /**
             * @description ISO 3166-1; empty: unknown.
             * @default []
             */
            readonly regions?: readonly string[];
            /**
             * @description Empty for the release's own broadcast, which listings show first.
             * @default
             */
            readonly site?: string;
            /**
             * @description Episodes each time.
             * @default 1
             */
            readonly together?: number;
        };
        /** @description A track of sound. */
        readonly SoundTrackOut: {
            /** @description Of the rendition that everything plays. */
            readonly channels: number;
            /** @description It plays when nobody chooses. */
            readonly is_default: boolean;
            readonly label: string;
            /** @description BCP 47, `und` where nobody knows. */
            readonly language: string;
            /** @description What it is changed and removed by. */
            readonly name: string;
            /** @description Of the surround rendition beside it; `null`: there is none. */
            readonly surround_channels: number | null;
        };
        /** @description How a source is fetched and played. */
        readonly SourceChange: {
            /** @description Always cut. */
            readonly ad_addresses?: readonly string[];
            /** @description Besides its own: names, or .example.com for a whole domain. Empty: any. */
            readonly allowed_hosts?: readonly string[];
            /**
             * @description Sent to the source, stored encrypted, never shown. Left out: as they were.
             * @default null
             */
            readonly headers?: {
                readonly [key: string]: string;
            } | null;
            /**
             * @description Also guess, where nothing is said. Of a live source the first pod of a host nobody has seen is shown.
             * @default false
             */
            readonly heuristics?: boolean;
            readonly name: string;
            /**
             * @description replace: same time, our picture for ads. delete: shorter. off: as it is.
             * @default replace
             */
            readonly policy?: components["schemas"]["AdPolicy"];
            /** @description Never cut. */
            readonly programme_addresses?: readonly string[];
            /**
             * @description Believe what the playlist itself says about its ads.
             * @default true
             */
            readonly signals?: boolean;
            /** @description An HLS multivariant or media playlist. */
            readonly url: string;
        };
        /** @description A genre in a source's own words, and what it is here. */
        readonly SourceGenreIO: {
            /**
             * @description One of ours, or a new one; of a mapped one.
             * @default null
             */
            readonly genre?: string | null;
            readonly name: string;
            readonly rule: components["schemas"]["GenreRule"];
        };
        /** @description Genres of a source. */
        readonly SourceGenresIO: {
            readonly items: readonly components["schemas"]["SourceGenreIO"][];
        };
        /** @description A source to register. */
        readonly SourceIn: {
            /** @description Always cut. */
            readonly ad_addresses?: readonly string[];
            /** @description Besides its own: names, or .example.com for a whole domain. Empty: any. */
            readonly allowed_hosts?: readonly string[];
            readonly episode_id: string;
            /**
             * @description Sent to the source, stored encrypted, never shown. Left out: as they were.
             * @default null
             */
            readonly headers?: {
                readonly [key: string]: string;
            } | null;
            /**
             * @description Also guess, where nothing is said. Of a live source the first pod of a host nobody has seen is shown.
             * @default false
             */
            readonly heuristics?: boolean;
            readonly name: string;
            /**
             * @description replace: same time, our picture for ads. delete: shorter. off: as it is.
             * @default replace
             */
            readonly policy?: components["schemas"]["AdPolicy"];
            /** @description Never cut. */
            readonly programme_addresses?: readonly string[];
            /**
             * @description Believe what the playlist itself says about its ads.
             * @default true
             */
            readonly signals?: boolean;
            /** @description An HLS multivariant or media playlist. */
            readonly url: string;
        };
        /**
         * @description How a source speaks.
         * @enum {string}
         */
        readonly SourceKind: "bangumi-data" | "kodik" | "feed" | "table";
        /** @description A registered source. */
        readonly SourceOut: {
            readonly activity: components["schemas"]["ActivityOut"];
            readonly ad_addresses: readonly string[];
            readonly allowed_hosts: readonly string[];
            readonly corrections: readonly components["schemas"]["CorrectionOut"][];
            /** Format: date-time */
            readonly created_at: string;
            readonly episode_id: string;
            readonly findings: components["schemas"]["FindingsOut"];
            readonly heuristics: boolean;
            readonly id: string;
            readonly name: string;
            readonly policy: components["schemas"]["AdPolicy"];
            readonly programme_addresses: readonly string[];
            readonly signals: boolean;
            /** Format: date-time */
            readonly updated_at: string;
            readonly url: string;
            readonly version: number;
        };
        /** @description A page of video sources, the newest first. */
        readonly SourcesOut: {
            readonly items: readonly components["schemas"]["SourceOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description A stretch of an episode. */
        readonly SpanIO: {
            /** @description Milliseconds from the start. */
            readonly start_ms: number;
            /** @description Milliseconds from the start. */
            readonly stop_ms: number;
        };
        /** @description A stretch of an episode, and who says so. */
        readonly SpanOut: {
            /** @description 1 for what an editor or the file's chapters say. */
            readonly confidence: number;
            /** @description `sound`: heard in other episodes, too. */
            readonly source: components["schemas"]["SpanSource"];
            /** @description Milliseconds from the start. */
            readonly start_ms: number;
            /** @description Milliseconds from the start. */
            readonly stop_ms: number;
        };
        /**
         * @description Who says where a span is.
         * @enum {string}
         */
        readonly SpanSource: "editor" | "chapters" | "sound";
        /** @description Which episodes become a release of their own, and what that one is. */
        readonly SplitIn: {
            /** @description For addresses: lower-case letters, digits, hyphens. */
            readonly alias: string;
            /**
             * @description Lists that the new release gets a copy of; left out, all of them.
             * @default [
             *       "credits",
             *       "studios",
             *       "tags"
             *     ]
             */
            readonly copied?: readonly components["schemas"]["CopiedList"][];
            readonly episode_ids: readonly string[];
            /**
             * @description Identifiers of the release that are the new one's, and go along.
             * @default {
             *       "mal": null,
             *       "shikimori": null,
             *       "anilist": null,
             *       "anidb": null,
             *       "kinopoisk": null,
             *       "imdb": null,
             *       "bangumi": null,
             *       "tmdb": null
             *     }
             */
            readonly external_ids?: components["schemas"]["ExternalIdsIn"];
            readonly name: components["schemas"]["NamesIn"];
            /**
             * @description Whether the numbers of its episodes begin with 1; left out, each keeps its own.
             * @default false
             */
            readonly renumber?: boolean;
            /**
             * @description Addresses (`url`) of trailers of the release that go along.
             * @default []
             */
            readonly trailers?: readonly string[];
            readonly type: components["schemas"]["ReleaseType"];
            /** @default null */
            readonly year?: number | null;
        };
        /** @description Episodes that became a release of their own. */
        readonly SplitOut: {
            readonly episodes_moved: number;
            readonly id: string;
            readonly source_id: string;
            readonly source_title: string;
            /** @description Null while it is deleted or merged; so is the next. */
            readonly source_version: number | null;
            /** Format: date-time */
            readonly split_at: string;
            readonly split_by: string | null;
            /** @description The new release. */
            readonly target_id: string;
            readonly target_title: string;
            readonly target_version: number | null;
            readonly undone_at: string | null;
            readonly undone_by: string | null;
        };
        /** @description A page of splits. */
        readonly SplitPage: {
            readonly items: readonly components["schemas"]["SplitOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description What a split would do. */
        readonly SplitPreviewOut: {
            /** @description Catalogues whose identifiers go along. */
            readonly external_ids: readonly string[];
            /** @description What imports leave alone in the old release from then on. */
            readonly locked_fields: readonly string[];
            readonly moved: readonly components["schemas"]["MovedEpisodeOut"][];
            /** @description Of the old release, afterwards. */
            readonly source_episodes_total: number | null;
            /** @description Of the new release: as the old one's. */
            readonly status: components["schemas"]["Status"];
            /** @description Numbers of the episodes that stay. */
            readonly stays: readonly number[];
            readonly target_episodes_total: number | null;
            /** @description Addresses of trailers that go along. */
            readonly trailers: readonly string[];
        };
        /** @description What one did in the catalogue under one's name, but for the audit log. */
        readonly StaffActOut: {
            readonly at: string | null;
            readonly kind: string;
            readonly subject_id: string;
        };
        /** @description What one person did for a release. */
        readonly StaffCreditIn: {
            /**
             * @description Whom a voice speaks; empty for other roles.
             * @default
             */
            readonly character?: string;
            /** @description Id or alias. */
            readonly person: string;
            readonly role: components["schemas"]["StaffRole"];
        };
        /** @description What one person did for a release. */
        readonly StaffCreditOut: {
            readonly character: string;
            readonly person: components["schemas"]["PersonNameOut"];
            readonly role: components["schemas"]["StaffRole"];
        };
        /**
         * @description What somebody did for a release; the vocabulary of anime catalogues, in the order of a credit roll.
         * @enum {string}
         */
        readonly StaffRole: "original_creator" | "director" | "assistant_director" | "script" | "storyboard" | "character_design" | "animation_director" | "art_director" | "photography_director" | "sound_director" | "music" | "theme_song" | "editing" | "producer" | "voice" | "other";
        /** @description What somebody watched, in numbers. */
        readonly StatisticsOut: {
            /** @description The last year; days without anything are left out */
            readonly activity: readonly components["schemas"]["ActiveDayOut"][];
            /** @description Shelves with nothing on them are left out */
            readonly collections: {
                readonly [key: string]: number;
            };
            /** @description Watched to the end, each once */
            readonly episodes: number;
            /** @description The longest watched first */
            readonly genres: readonly components["schemas"]["ShareOut"][];
            readonly mean_score: number | null;
            /** @description With anything watched or a score */
            readonly releases: number;
            readonly rewatches: number;
            /** @description How often each score was given: ten numbers, from 1 to 10 */
            readonly scores: readonly number[];
            readonly types: readonly components["schemas"]["ShareOut"][];
            /** @description Time spent, rewatches and what was begun included */
            readonly watched_ms: number;
            /** @description The newest first */
            readonly years: readonly components["schemas"]["ShareOut"][];
        };
        /**
         * @description Whether everybody sees it, or editors alone.
         * @enum {string}
         */
        readonly Status: "draft" | "published";
        /** @description Which pathways to use, the best first. */
        readonly SteeringManifestOut: {
            readonly clones: readonly components["schemas"]["PathwayCloneOut"][];
            readonly priority: readonly string[];
            /** @description Where it asks then. */
            readonly reload_uri: string;
            /** @description Seconds until the player asks again. */
            readonly ttl_s: number;
            /** @default 1 */
            readonly version: number;
        };
        /**
         * @description What somebody does with a proposal.
         * @enum {string}
         */
        readonly Step: "edit" | "submit" | "withdraw" | "take" | "release" | "rebase" | "accept" | "auto_accept" | "reject" | "roll_back";
        /** @description Whether it is stopped. */
        readonly StoppedIO: {
            readonly stopped: boolean;
        };
        /** @description What `ani storage check` came to. */
        readonly StorageCheckOut: {
            /** Format: date-time */
            readonly ended_at: string;
            readonly fault_count: number;
            /** @description The first of them, in sentences. */
            readonly faults: readonly string[];
            readonly files: number;
            readonly size_bytes: number;
            readonly videos: number;
        };
        /** @description What `ani storage gc` would remove. */
        readonly StorageGarbageOut: {
            readonly count: number;
            /** @description The largest 100. */
            readonly largest: readonly components["schemas"]["GarbageOut"][];
            readonly size_bytes: number;
        };
        /** @description How much of what is where. */
        readonly StorageOut: {
            readonly disk: components["schemas"]["DiskOut"];
            readonly last_check: components["schemas"]["StorageCheckOut"] | null;
            readonly places: readonly components["schemas"]["StoragePlaceOut"][];
            /** @description Of live channels; they lie on this machine, like uploads. */
            readonly recordings: components["schemas"]["AmountOut"];
            /** @description Files that were sent, whole or not, and are not ingested yet. */
            readonly uploads: components["schemas"]["AmountOut"];
        };
        /** @description Where videos lie: the folder of this machine, or a bucket. */
        readonly StoragePlaceOut: {
            /** @description The folder, or the bucket with the prefix of what is ours in it. */
            readonly address: string;
            /** @enum {string} */
            readonly name: "local" | "s3";
            /** @description New videos go there (`ANI_STORAGE`). */
            readonly takes_new: boolean;
            readonly videos: components["schemas"]["AmountOut"];
        };
        /** @description What one played in the last day or so, and on what. */
        readonly StreamOwned: {
            readonly browser: string | null;
            readonly ended_at: string | null;
            readonly episode_id: string;
            readonly id: string;
            readonly platform: string | null;
            readonly region: string | null;
            /** Format: date-time */
            readonly started_at: string;
            readonly title: string;
        };
        /** @description A studio as an editor describes it. */
        readonly StudioIn: {
            /**
             * @description For addresses: lower-case letters, digits, hyphens. Left out, it stays, or is made of the name.
             * @default null
             */
            readonly alias?: string | null;
            /** @default  */
            readonly description?: string;
            readonly name: string;
            /** @description Other names, in any language. */
            readonly names?: readonly components["schemas"]["EntryNameIn"][];
        };
        /** @description Which studio it is, in short. */
        readonly StudioNameOut: {
            readonly alias: string;
            readonly id: string;
            readonly name: string;
        };
        /** @description A company that made releases. */
        readonly StudioOut: {
            readonly alias: string;
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly id: string;
            readonly name: string;
            /** @description Other names. */
            readonly names: readonly components["schemas"]["EntryNameOut"][];
            /**
             * @description How many published releases name it.
             * @default 0
             */
            readonly releases: number;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
        };
        /** @description A page of studios. */
        readonly StudioPage: {
            readonly items: readonly components["schemas"]["StudioOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description What one studio did for a release. */
        readonly StudioPartIn: {
            /** @default animation */
            readonly role?: components["schemas"]["StudioRole"];
            /** @description Id or alias. */
            readonly studio: string;
        };
        /** @description What one studio did for a release. */
        readonly StudioPartOut: {
            readonly role: components["schemas"]["StudioRole"];
            readonly studio: components["schemas"]["StudioNameOut"];
        };
        /** @description A release, and what one studio did for it. */
        readonly StudioReleaseOut: {
            readonly release: components["schemas"]["ReleaseOut"];
            readonly roles: readonly components["schemas"]["StudioRole"][];
        };
        /** @description The releases of one studio, the newest first. */
        readonly StudioReleases: {
            readonly items: readonly components["schemas"]["StudioReleaseOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /**
         * @description What a company did for a release.
         * @enum {string}
         */
        readonly StudioRole: "animation" | "producer" | "licensor";
        /**
         * @description What is translated.
         * @enum {string}
         */
        readonly SubjectKind: "release" | "episode";
        /** @description Whether a proposal is to be looked at by somebody even where its author needs no review. */
        readonly SubmitIn: {
            /**
             * @description Have somebody else decide, although one is trusted.
             * @default false
             */
            readonly review?: boolean;
        };
        /** @description Subtitles that were chosen. */
        readonly SubtitleChoiceIO: {
            /** @default full */
            readonly kind?: components["schemas"]["SubtitleKind"];
            /** @default  */
            readonly label?: string;
            /** @description BCP 47, or `off`. */
            readonly language: string;
        };
        /** @description A subtitle file as it was read. */
        readonly SubtitleFileOut: {
            /** @description What the file was read as. */
            readonly encoding: string;
            /** @description WebVTT, for the `text` of a subtitle or of a proposal. */
            readonly text: string;
            /** @description That this is a guess, and somebody should look at the letters. */
            readonly warning: string | null;
        };
        /** @description A subtitle track as an editor gives it. */
        readonly SubtitleIn: {
            /**
             * @description Signs and songs alone.
             * @default false
             */
            readonly forced?: boolean;
            /** @description What the player's menu calls it. */
            readonly label: string;
            /** @description BCP 47. */
            readonly language: string;
            /**
             * @description By how much later each cue is to show than `text` says; below 0 earlier. It is gone into the text then.
             * @default 0
             */
            readonly offset_ms?: number;
            /**
             * @description For the deaf and hard of hearing.
             * @default false
             */
            readonly sdh?: boolean;
            /** @description WebVTT, SRT or ASS. */
            readonly text: string;
        };
        /**
         * @description What subtitles are there for.
         * @enum {string}
         */
        readonly SubtitleKind: "full" | "forced" | "sdh";
        /** @description The subtitles added to an episode. */
        readonly SubtitleList: {
            readonly items: readonly components["schemas"]["SubtitleOut"][];
        };
        /** @description A subtitle track, without its text. */
        readonly SubtitleOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly episode_id: string;
            readonly forced: boolean;
            readonly id: string;
            readonly label: string;
            readonly language: string;
            readonly release_id: string;
            readonly sdh: boolean;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
        };
        /** @description A language of subtitles. */
        readonly SubtitlesOut: {
            readonly label: string;
            /** @description BCP 47. */
            readonly language: string;
            /** @description The whole track as WebVTT. */
            readonly url: string;
        };
        /** @description Added subtitles with their text. */
        readonly SubtitleTextOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly episode_id: string;
            readonly forced: boolean;
            readonly id: string;
            readonly label: string;
            readonly language: string;
            readonly release_id: string;
            readonly sdh: boolean;
            /** @description WebVTT. */
            readonly text: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
        };
        /** @description What may be meant, by group, the best match first; an empty group found nothing. */
        readonly Suggestions: {
            /**
             * @description Where nothing, or nothing surely, is found: the name of the best known release whose name is near. Searching for it finds it.
             * @default null
             */
            readonly did_you_mean: string | null;
            readonly people: readonly components["schemas"]["EntrySuggestion"][];
            readonly studios: readonly components["schemas"]["EntrySuggestion"][];
            readonly tags: readonly components["schemas"]["EntrySuggestion"][];
            readonly titles: readonly components["schemas"]["TitleSuggestion"][];
        };
        /**
         * @description What a tag speaks of.
         * @enum {string}
         */
        readonly TagCategory: "theme" | "setting" | "cast" | "demographic" | "technical" | "content" | "other";
        /** @description A tag as an editor describes it. */
        readonly TagIn: {
            /** @default other */
            readonly category?: components["schemas"]["TagCategory"];
            /** @default  */
            readonly description?: string;
            readonly name: string;
            /** @description Other names, in any language. */
            readonly names?: readonly components["schemas"]["EntryNameIn"][];
            /**
             * @description For addresses: lower-case letters, digits, hyphens. Left out, it stays, or is made of the name.
             * @default null
             */
            readonly slug?: string | null;
            /**
             * @description It gives away a story wherever it stands.
             * @default false
             */
            readonly spoiler?: boolean;
        };
        /** @description Which tag it is, in short. */
        readonly TagNameOut: {
            readonly category: components["schemas"]["TagCategory"];
            readonly id: string;
            readonly name: string;
            readonly slug: string;
        };
        /** @description Something that releases can be about. */
        readonly TagOut: {
            readonly category: components["schemas"]["TagCategory"];
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly id: string;
            readonly name: string;
            /** @description Other names. */
            readonly names: readonly components["schemas"]["EntryNameOut"][];
            /**
             * @description How many published releases name it.
             * @default 0
             */
            readonly releases: number;
            readonly slug: string;
            readonly spoiler: boolean;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
        };
        /** @description A page of tags. */
        readonly TagPage: {
            readonly items: readonly components["schemas"]["TagOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description The releases with one tag, the newest first. */
        readonly TagReleases: {
            readonly items: readonly components["schemas"]["ReleaseOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description Why a channel is taken down. */
        readonly TakeDownIn: {
            /** @description Its owner reads it. */
            readonly reason: string;
        };
        /** @description A team in a list. */
        readonly TeamCardOut: {
            readonly avatar_url: string | null;
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly id: string;
            readonly members_count: number;
            readonly name: string;
            readonly slug: string;
            readonly trusted: boolean;
            /** @enum {string} */
            readonly visibility: "public" | "private";
        };
        /** @description What a team changed in a release. */
        readonly TeamCreditOut: {
            /** @description Proposals in the team's name that were accepted, and stand. */
            readonly changes: number;
            /** @description What was worked on. */
            readonly kinds: readonly components["schemas"]["ProposalKind"][];
            /** Format: date-time */
            readonly last_at: string;
            readonly team: components["schemas"]["TeamNameOut"];
        };
        /** @description The teams whose changes are in a release. */
        readonly TeamCredits: {
            readonly items: readonly components["schemas"]["TeamCreditOut"][];
        };
        /** @description A team as its people describe it. */
        readonly TeamIn: {
            /** @default  */
            readonly description?: string;
            readonly name: string;
            /** @description For addresses: small Latin letters, digits, single hyphens; 3 to 40 characters. */
            readonly slug: string;
            /**
             * @default public
             * @enum {string}
             */
            readonly visibility?: "public" | "private";
        };
        /** @description A team, in a few words. */
        readonly TeamNameOut: {
            readonly avatar_url: string | null;
            readonly id: string;
            readonly name: string;
            readonly slug: string;
        };
        /** @description A team. */
        readonly TeamOut: {
            readonly avatar_url: string | null;
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly id: string;
            readonly members_count: number;
            readonly name: string;
            readonly slug: string;
            readonly trusted: boolean;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
            /** @enum {string} */
            readonly visibility: "public" | "private";
            readonly you: components["schemas"]["PlaceOut"] | null;
        };
        /** @description A page of teams. */
        readonly TeamPage: {
            readonly items: readonly components["schemas"]["TeamCardOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description A role as its people describe it. */
        readonly TeamsRoleIn: {
            /** @description #rrggbb */
            readonly colour: string;
            /** @default user */
            readonly level?: components["schemas"]["Level"];
            readonly permissions: readonly components["schemas"]["Permission"][];
            readonly title: string;
        };
        /** @description Subtitles that came with the video; those added later are at `/episodes/{episode_id}/subtitles`. */
        readonly TextTrackOut: {
            /** @description Signs and songs alone. */
            readonly forced: boolean;
            readonly label: string;
            /** @description BCP 47, `und` where nobody knows. */
            readonly language: string;
            /** @description What it is changed and removed by. */
            readonly name: string;
            /** @description For the deaf and hard of hearing. */
            readonly sdh: boolean;
        };
        /** @description A release that may be meant. */
        readonly TitleSuggestion: {
            readonly alias: string;
            readonly id: string;
            /**
             * @description The name that it was found by.
             * @default null
             */
            readonly matched: components["schemas"]["MatchedOut"] | null;
            readonly name: components["schemas"]["NamesOut"];
            readonly poster_url: string | null;
            readonly status: components["schemas"]["Status"];
            /**
             * @description In the reader's language, if there is one.
             * @default null
             */
            readonly translation: components["schemas"]["TranslatedOut"] | null;
            readonly type: components["schemas"]["ReleaseType"];
            readonly year: number | null;
        };
        /** @description The token of an invitation. */
        readonly TokenIn: {
            readonly token: string;
        };
        /** @description An episode one was told of. */
        readonly ToldEpisodeKept: {
            readonly ordinal: number;
            readonly release_id: string;
            /** Format: date-time */
            readonly told_at: string;
        };
        /** @description What is said of a track from now on; what is left out stays. */
        readonly TrackEditIn: {
            /**
             * @description Of subtitles: signs and songs alone.
             * @default null
             */
            readonly forced?: boolean | null;
            /**
             * @description Of sound: whether it plays when nobody chooses.
             * @default null
             */
            readonly is_default?: boolean | null;
            /**
             * @description What the player's menu calls it; empty: the language's own name.
             * @default null
             */
            readonly label?: string | null;
            /**
             * @description BCP 47; empty: nobody knows.
             * @default null
             */
            readonly language?: string | null;
            /**
             * @description Of subtitles: for the deaf and hard of hearing.
             * @default null
             */
            readonly sdh?: boolean | null;
        };
        /** @description What an episode's own video has beside its picture. */
        readonly TracksOut: {
            readonly audio: readonly components["schemas"]["SoundTrackOut"][];
            readonly subtitles: readonly components["schemas"]["TextTrackOut"][];
        };
        /** @description This sound with these subtitles. */
        readonly TrackWishIO: {
            /** @description BCP 47; `original`: what it was made in; `any`: whatever it would be anyway. */
            readonly audio: string;
            /**
             * @description `forced`: signs and songs alone; `sdh`: with the sounds, for the hard of hearing.
             * @default full
             */
            readonly kind?: components["schemas"]["SubtitleKind"];
            /**
             * @description BCP 47, `original` or `off`.
             * @default off
             */
            readonly subtitles?: string;
        };
        /**
         * @description Who may show a trailer.
         * @enum {string}
         */
        readonly TrailerHost: "youtube" | "vimeo" | "dailymotion" | "rutube" | "bilibili";
        /** @description A video that somebody else shows. */
        readonly TrailerIn: {
            /** @default null */
            readonly language?: string | null;
            /** @default  */
            readonly title?: string;
            /** @description Of one video at YouTube, Vimeo, Dailymotion, Rutube or Bilibili: its page or its frame. */
            readonly url: string;
        };
        /** @description A video that somebody else shows. */
        readonly TrailerOut: {
            /** @description For a frame; plays at once, so open it when somebody asks for it. */
            readonly embed_url: string;
            readonly host: components["schemas"]["TrailerHost"];
            /** @description BCP 47, where somebody said it. */
            readonly language: string | null;
            readonly title: string;
            /** @description Its page there. */
            readonly url: string;
        };
        /** @description A release that a row may mean. */
        readonly TransferCandidateOut: {
            readonly release_id: string;
            readonly title: string;
            readonly type: string | null;
            readonly year: number | null;
        };
        /** @description What importing a row would change; nothing where all is empty. */
        readonly TransferChangeOut: {
            readonly collection: components["schemas"]["ShelfName"] | null;
            readonly episodes: number;
            readonly favorite: boolean;
            /** @description 1 to 10 */
            readonly score: number | null;
        };
        /** @description A release or an episode in the reader's language; an empty text stands for the original's. */
        readonly TranslatedOut: {
            readonly description: string;
            readonly language: string;
            readonly name: string;
        };
        /** @description A translation as an editor gives it; empty where the original shall stand. */
        readonly TranslationIn: {
            /** @default  */
            readonly description?: string;
            /** @default  */
            readonly name?: string;
        };
        /** @description The translations of a release or an episode, by language. */
        readonly TranslationList: {
            readonly items: readonly components["schemas"]["TranslationOut"][];
        };
        /** @description A translation, for those who work on it. */
        readonly TranslationOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            readonly id: string;
            readonly kind: components["schemas"]["SubjectKind"];
            readonly language: string;
            readonly name: string;
            readonly release_id: string;
            readonly subject_id: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly version: number;
        };
        /**
         * @description What a run was begun by.
         * @enum {string}
         */
        readonly Trigger: "person" | "timetable" | "command";
        /**
         * @description How far the proposals of somebody are trusted, by what became of the former ones.
         * @enum {string}
         */
        readonly Trust: "new" | "known" | "trusted" | "staff";
        /** @description Whether a team's changes need nobody's review. */
        readonly TrustIn: {
            readonly trusted: boolean;
        };
        /** @description The versions of the two that the moderator saw; left out, any. */
        readonly UndoSplitIn: {
            /** @default null */
            readonly source_version?: number | null;
            /** @default null */
            readonly target_version?: number | null;
        };
        /** @description How many notifications are unread. */
        readonly UnreadOut: {
            readonly unread_count: number;
        };
        /** @description A file one sent for an episode. */
        readonly UploadOwned: {
            /** Format: date-time */
            readonly created_at: string;
            readonly episode_id: string;
            /** Format: date-time */
            readonly expires_at: string;
            readonly file_name: string;
            readonly id: string;
            readonly size_bytes: number;
        };
        /** @description The addresses of a cloned pathway. */
        readonly UriReplacementOut: {
            /** @description By `STABLE-RENDITION-ID`. */
            readonly per_rendition_uris: {
                readonly [key: string]: string;
            };
            /** @description By `STABLE-VARIANT-ID`. */
            readonly per_variant_uris: {
                readonly [key: string]: string;
            };
        };
        /** @description The code that a device shows, as somebody typed it. */
        readonly UserCodeIn: {
            /** @description As the device shows it, however spelt */
            readonly user_code: string;
        };
        /** @description One's own account. */
        readonly UserOut: {
            readonly avatar_url: string | null;
            /** @description Whether the password was made for the first sign-in and is used up: time to choose one */
            readonly choose_password: boolean;
            /** Format: date-time */
            readonly created_at: string;
            readonly email: string;
            readonly email_verified: boolean;
            /** @description Whether one shows that it is oneself by password, or else by a code */
            readonly has_password: boolean;
            readonly id: string;
            readonly nickname: string;
            readonly role: components["schemas"]["Role"];
        };
        /** @description A page of accounts. */
        readonly UsersOut: {
            readonly items: readonly components["schemas"]["ManagedUserOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /** @description An ad that would be shown. */
        readonly VastAdOut: {
            readonly advertiser: string;
            readonly click_url: string;
            /** @description Pictures beside the video, which are not shown here. */
            readonly companions: number;
            /** @description As it says; 0: it does not. */
            readonly duration_ms: number;
            readonly height_px: number;
            readonly media_host: string;
            readonly media_type: string;
            /** @description 0: it does not say. */
            readonly skip_after_ms: number;
            /** @description Of ads, as it calls itself. */
            readonly system: string;
            readonly title: string;
            /** @description Addresses that are told of it. */
            readonly told: number;
        };
        /** @description What a tag answered when it was asked last. */
        readonly VastAnswerOut: {
            /** Format: date-time */
            readonly at: string;
            /** @description The VAST error code of the first thing that went wrong; 0: nothing did. */
            readonly code: number;
            /** @description The servers that answered, the first one first. */
            readonly hosts: readonly string[];
            /** @description Ads whose videos are being fetched and made ready, and are shown from then on. */
            readonly preparing: number;
            /** @description Ads that were shown. */
            readonly shown: number;
        };
        /** @description One answer on the way. */
        readonly VastServerOut: {
            /** @description That it told of: 0 is none today. */
            readonly ads: number;
            readonly host: string;
            /** @description Of VAST. */
            readonly version: string;
        };
        /** @description A tag to be tried. */
        readonly VastTagIn: {
            /** @description The address of somebody else's VAST 2.0 to 4.2, which says what is shown; macros such as `[CACHEBUSTING]` are filled in. Empty with a `creative_episode_id`. */
            readonly tag_url: string;
        };
        /** @description What a tag answered, from server to server. */
        readonly VastTriedOut: {
            /** @description That would be shown, in this order, once their videos are made ready. */
            readonly ads: readonly components["schemas"]["VastAdOut"][];
            /** @description VAST error codes of what went wrong on the way. */
            readonly codes: readonly number[];
            readonly servers: readonly components["schemas"]["VastServerOut"][];
        };
        /**
         * @description The whole in a word.
         * @enum {string}
         */
        readonly Verdict: "good" | "fair" | "poor";
        /**
         * @description Who says that a segment is an ad.
         * @enum {string}
         */
        readonly VerdictSource: "signal" | "rule" | "operator" | "heuristic";
        /** @description The token of the e-mail that asks whether an address is right. */
        readonly VerifyIn: {
            /** @description From the letter */
            readonly token: string;
        };
        /** @description A stream that somebody watches now. */
        readonly ViewerStreamOut: {
            readonly browser: string | null;
            readonly device: string | null;
            readonly episode_id: string;
            readonly nickname: string | null;
            readonly session_id: string;
            /** Format: date-time */
            readonly since: string;
            readonly title: string;
            /** @description Null for somebody signed out. */
            readonly user_id: string | null;
        };
        /** @description What everybody watches, the newest first. */
        readonly ViewerStreamsOut: {
            readonly items: readonly components["schemas"]["ViewerStreamOut"][];
            readonly page: number;
            readonly page_size: number;
            readonly total: number;
        };
        /**
         * @description Who sees a list: its owner, whoever has the link, or everybody.
         * @enum {string}
         */
        readonly Visibility: "private" | "unlisted" | "public";
        /** @description A release that people find similar. */
        readonly VotedSimilarOut: {
            /** @description What is reported, where the two are not similar. */
            readonly pair_id: string;
            readonly release: components["schemas"]["ReleaseOut"];
            /** @description Whether the reader is one of them. */
            readonly voted: boolean;
            readonly votes: number;
        };
        /** @description The score somebody gives a release, from 1 to 10. */
        readonly VoteIn: {
            readonly score: number;
        };
        /** @description A device that wants to sign in as whoever asks. */
        readonly WaitingDeviceOut: {
            readonly address: string;
            readonly browser: string | null;
            /** Format: date-time */
            readonly created_at: string;
            /** @description Kind of device or operating system, where known */
            readonly device: string | null;
            /** Format: date-time */
            readonly expires_at: string;
            /** @description Whether it asks from where the person asks who looks at it */
            readonly same_network: boolean;
            readonly user_code: string;
        };
        /** @description Whether an episode counts as watched. */
        readonly WatchedIn: {
            readonly watched: boolean;
        };
        /** @description A stream that is watched now, or was until a minute ago. */
        readonly WatchedStreamOut: {
            /** @description The player's program, where its User-Agent is known. */
            readonly browser: string | null;
            /** @description Whether it was started from the sign-in that asks. */
            readonly current: boolean;
            /** @description What it runs on, where its User-Agent is known. */
            readonly device: string | null;
            readonly episode_id: string;
            readonly session_id: string;
            /** Format: date-time */
            readonly since: string;
            /** @description What is watched, as the player shows it. */
            readonly title: string;
        };
        /** @description What an account watches, the oldest first. */
        readonly WatchedStreamsOut: {
            readonly items: readonly components["schemas"]["WatchedStreamOut"][];
            /** @description How many the account may watch at a time; null: any number. */
            readonly limit: number | null;
        };
        /** @description How far an episode was watched, in a file; ``at_ms`` is the position. */
        readonly WatchingPart: {
            readonly at_ms: number;
            /** @default null */
            readonly audio_label: string | null;
            /** @default null */
            readonly audio_language: string | null;
            /** @default 0 */
            readonly completions: number;
            readonly duration_ms: number;
            readonly episode_id: string;
            readonly finished: boolean;
            /** @default null */
            readonly ordinal: number | null;
            readonly position_ms: number;
            /** @default 0 */
            readonly unwatched_at_ms: number;
            /** @default 0 */
            readonly watched_at_ms: number;
        };
        /** @description A receiver: where it is, and what it wants to hear of. */
        readonly WebhookIn: {
            /** @default  */
            readonly description?: string;
            /** @description Names of events, `Release*` for all that begin so, `*` for all. Events about one person have to be named in full. */
            readonly events: readonly string[];
            readonly url: string;
        };
        /** @description A receiver of events. */
        readonly WebhookOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            /** @description Events let go because too many waited already. */
            readonly dropped: number;
            readonly events: readonly string[];
            /** @description Failed attempts in a row. */
            readonly failures: number;
            /** @description Until when the secret before this one signs, too. */
            readonly former_until: string | null;
            readonly id: string;
            readonly last_failure_at: string | null;
            readonly last_success_at: string | null;
            readonly pause_reason: components["schemas"]["PauseReason"] | null;
            readonly paused_at: string | null;
            /** Format: date-time */
            readonly updated_at: string;
            readonly url: string;
            /** @description Of address, description and events. */
            readonly version: number;
        };
        /** @description Deliveries, the newest first; ``next_before`` leads on. */
        readonly WebhooksDeliveriesOut: {
            readonly items: readonly components["schemas"]["WebhooksDeliveryOut"][];
            /** @description Ask with `before` set to this; null at the end. */
            readonly next_before: string | null;
        };
        /** @description One event for one receiver, and what came of the last attempt. */
        readonly WebhooksDeliveryOut: {
            /** @description The beginning of the receiver's answer. */
            readonly answer: string | null;
            readonly attempts: number;
            readonly body: string;
            /** Format: date-time */
            readonly created_at: string;
            readonly duration_ms: number | null;
            readonly ended_at: string | null;
            readonly error: string | null;
            readonly event: string;
            readonly id: string;
            /** @description `webhook-id`: equal for all attempts and replays. */
            readonly message_id: string;
            /**
             * Format: date-time
             * @description When it is tried next.
             */
            readonly not_before: string;
            readonly state: components["schemas"]["DeliveryState"];
            readonly status: number | null;
        };
        /** @description All receivers; they are few. */
        readonly WebhooksOut: {
            readonly items: readonly components["schemas"]["WebhookOut"][];
        };
        /** @description A receiver with the secret its messages are signed with. */
        readonly WebhookWithSecretOut: {
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            /** @description Events let go because too many waited already. */
            readonly dropped: number;
            readonly events: readonly string[];
            /** @description Failed attempts in a row. */
            readonly failures: number;
            /** @description Until when the secret before this one signs, too. */
            readonly former_until: string | null;
            readonly id: string;
            readonly last_failure_at: string | null;
            readonly last_success_at: string | null;
            readonly pause_reason: components["schemas"]["PauseReason"] | null;
            readonly paused_at: string | null;
            /** @description Shown this once; `whsec_` and Base64, as the libraries take it. */
            readonly secret: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly url: string;
            /** @description Of address, description and events. */
            readonly version: number;
        };
        /** @description What a file says to tell which release is meant. */
        readonly WorkPart: {
            readonly external_ids?: {
                readonly [key: string]: string;
            };
            readonly id: string;
            readonly titles?: readonly string[];
            /** @default null */
            readonly type: string | null;
            /** @default null */
            readonly year: number | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
