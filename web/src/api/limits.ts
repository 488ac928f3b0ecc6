// Generated from the OpenAPI document by `make api-types`; do not edit.
// The limits of what is sent: of bodies by their shape, of queries by their operation.

export const AdExemptionIn = {
  reason: { maxLength: 200 },
} as const;

export const AliasAcceptIn = {
  text: { minLength: 1, maxLength: 255, pattern: "\\S" },
} as const;

export const ApplyIn = {
  choices: { maxItems: 1000 },
} as const;

export const AudienceIn = {
  roles: { maxItems: 5 },
  languages: { maxItems: 50 },
  regions: { maxItems: 50 },
  kinds: { maxItems: 50 },
  genres: { maxItems: 50 },
  release_ids: { maxItems: 50 },
} as const;

export const AudioChoiceIO = {
  language: { maxLength: 35, pattern: "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$" },
  label: { maxLength: 100 },
} as const;

export const AudioIn = {
  language: { minLength: 1, maxLength: 35 },
  label: { maxLength: 120 },
} as const;

export const BanIn = {
  reason: { minLength: 1, maxLength: 500 },
} as const;

export const BlacklistIn = {
  value: { minLength: 1, maxLength: 200 },
  reason: { maxLength: 500 },
} as const;

export const BlocksIn = {
  regions: { maxItems: 249 },
} as const;

export const BreakIO = {
  note: { maxLength: 100 },
} as const;

export const BulkFieldsIn = {
  year: { minimum: 1888, maximum: 2100 },
} as const;

export const BulkIn = {
  ids: { maxItems: 200 },
  add_genres: { maxItems: 30 },
  remove_genres: { maxItems: 30 },
} as const;

export const CapIn = {
  impressions: { minimum: 0, maximum: 100 },
  days: { minimum: 0, maximum: 30 },
} as const;

export const CaptionsIO = {
  size_percent: { minimum: 50, maximum: 300 },
  color: { pattern: "^#[0-9a-f]{6}$" },
  background: { pattern: "^#[0-9a-f]{6}$" },
  background_percent: { minimum: 0, maximum: 100 },
} as const;

export const ChannelIn = {
  title: { minLength: 1, maxLength: 120 },
  description: { maxLength: 2000 },
} as const;

export const ChoiceIn = {
  number: { minimum: 1, maximum: 10000 },
} as const;

export const CodeIn = {
  email: { maxLength: 254 },
  code: { maxLength: 32 },
} as const;

export const CommentIn = {
  text: { minLength: 1, maxLength: 2000 },
} as const;

export const CorrectionIn = {
  start: { minimum: 0, maximum: 1000000000000 },
  end: { minimum: 0, maximum: 1000000000000 },
} as const;

export const CreditsIn = {
  items: { maxItems: 500 },
} as const;

export const DeviceIn = {
  width_px: { minimum: 0, maximum: 16384 },
  height_px: { minimum: 0, maximum: 16384 },
  codecs: { maxItems: 32 },
} as const;

export const DevicePollIn = {
  device_code: { maxLength: 128 },
} as const;

export const DiffIn = {
  note: { maxLength: 2000 },
} as const;

export const EmailChangeIn = {
  password: { maxLength: 1024 },
  code: { maxLength: 32 },
  email: { maxLength: 254 },
} as const;

export const EntriesMergeIn = {
  into: { minLength: 1, maxLength: 80 },
} as const;

export const EntryNameIn = {
  text: { minLength: 1, maxLength: 200 },
  language: { maxLength: 35 },
} as const;

export const EpisodeEdit = {
  ordinal: { minimum: 0, maximum: 100000 },
  name: { maxLength: 255 },
} as const;

export const EpisodeIn = {
  ordinal: { minimum: 0, maximum: 100000 },
  name: { maxLength: 255 },
} as const;

export const ExternalIdsIn = {
  mal: { pattern: "^[1-9][0-9]{0,9}$" },
  shikimori: { pattern: "^[a-z]{0,3}[1-9][0-9]{0,9}$" },
  anilist: { pattern: "^[1-9][0-9]{0,9}$" },
  anidb: { pattern: "^[1-9][0-9]{0,9}$" },
  kinopoisk: { pattern: "^[1-9][0-9]{0,9}$" },
  imdb: { pattern: "^tt[0-9]{7,10}$" },
  bangumi: { pattern: "^[1-9][0-9]{0,9}$" },
  tmdb: { pattern: "^(?:movie/[1-9][0-9]{0,9}|tv/[1-9][0-9]{0,9}(?:/season/[0-9]{1,4}(?:/episode/[0-9]{1,5})?)?)$" },
} as const;

export const FavoritesIn = {
  add: { maxItems: 500 },
  remove: { maxItems: 500 },
} as const;

export const FeedIn = {
  label: { maxLength: 60 },
} as const;

export const ForgotIn = {
  email: { maxLength: 254 },
} as const;

export const FranchiseIn = {
  alias: { maxLength: 80 },
  name: { minLength: 1, maxLength: 255 },
  description: { maxLength: 10000 },
  members: { maxItems: 300 },
  relations: { maxItems: 2000 },
} as const;

export const FranchiseMemberIn = {
  release_place: { minimum: 1, maximum: 100000 },
  chronological_place: { minimum: 1, maximum: 100000 },
  recommended_place: { minimum: 1, maximum: 100000 },
  note: { maxLength: 500 },
} as const;

export const GuestIn = {
  tracks: { maxItems: 12 },
} as const;

export const ImportSourceIn = {
  slug: { maxLength: 60, pattern: "^[a-z0-9]+(-[a-z0-9]+)*$" },
  title: { minLength: 1, maxLength: 120 },
  url: { maxLength: 2000 },
  token: { maxLength: 500 },
  cron: { maxLength: 100 },
  time_zone: { maxLength: 60, pattern: "^[A-Za-z0-9_+/-]+$" },
} as const;

export const InviteIn = {
  expires_in_s: { minimum: 60, maximum: 7776000 },
  max_uses: { minimum: 0, maximum: 10000 },
} as const;

export const ItemIn = {
  note: { maxLength: 500 },
} as const;

export const LetterIn = {
  email: { maxLength: 254 },
  role_id: { minLength: 36, maxLength: 36 },
} as const;

export const LinearAdIn = {
  weight: { minimum: 1, maximum: 1000 },
  title: { minLength: 1, maxLength: 120 },
  advertiser: { maxLength: 120 },
  erid: { maxLength: 60 },
  click_url: { maxLength: 500 },
  creative_episode_id: { pattern: "^[0-9a-f-]{36}$" },
  tag_url: { maxLength: 2000 },
  offset_ms: { minimum: 0, maximum: 43200000 },
  skip_after_ms: { minimum: 0, maximum: 600000 },
} as const;

export const LinkIn = {
  role_id: { minLength: 36, maxLength: 36 },
  expires_in_s: { minimum: 300, maximum: 2592000 },
  max_uses: { minimum: 1, maximum: 100 },
} as const;

export const ListIn = {
  title: { minLength: 1, maxLength: 120 },
  description: { maxLength: 2000 },
} as const;

export const LocksIn = {
  fields: { maxItems: 12 },
} as const;

export const LoginIn = {
  login: { maxLength: 512 },
  password: { maxLength: 1024 },
} as const;

export const MediaIn = {
  episode_id: { maxLength: 36 },
  channel_id: { maxLength: 36 },
} as const;

export const MemberRolesIn = {
  role_ids: { maxItems: 30 },
} as const;

export const MergeLockIn = {
  reason: { maxLength: 500 },
} as const;

export const NamesIn = {
  main: { minLength: 1, maxLength: 255 },
  english: { maxLength: 255 },
  alternative: { maxLength: 255 },
} as const;

export const NewPartyIn = {
  title: { maxLength: 120 },
  password: { minLength: 1, maxLength: 200 },
  capacity: { minimum: 1, maximum: 2500 },
} as const;

export const OtherNameIn = {
  text: { minLength: 1, maxLength: 255 },
  language: { maxLength: 35 },
} as const;

export const OutcomeIn = {
  outcome: { minLength: 1, maxLength: 2000 },
} as const;

export const OverrideIO = {
  ordinal: { minimum: 0, maximum: 100000 },
  site: { maxLength: 60 },
  count: { minimum: 1, maximum: 100 },
} as const;

export const OwnerIn = {
  password: { maxLength: 1024 },
  code: { maxLength: 32 },
  user_id: { minLength: 36, maxLength: 36 },
} as const;

export const PackagerIn = {
  name: { minLength: 1, maxLength: 80 },
} as const;

export const PasswordIn = {
  current_password: { maxLength: 1024 },
  new_password: { minLength: 8, maxLength: 1024 },
} as const;

export const PersonIn = {
  name: { minLength: 1, maxLength: 200 },
  names: { maxItems: 50 },
  description: { maxLength: 5000 },
  alias: { maxLength: 80 },
} as const;

export const PlacesIn = {
  viewers: { minimum: 0, maximum: 5000 },
} as const;

export const PlaybackIn = {
  takeover: { maxLength: 36 },
  bandwidth_bps: { minimum: 1, maximum: 10000000000 },
} as const;

export const PlayerSettingsPatch = {
  tracks: { maxItems: 12 },
  quality_px: { minimum: 0, maximum: 4320 },
  rate: { minimum: 0.25, maximum: 4 },
} as const;

export const PreferencesIO = {
  minimum_members: { minimum: 0, maximum: 1000000 },
  kinds: { maxItems: 8 },
} as const;

export const ProfileIn = {
  nickname: { minLength: 1, maxLength: 32 },
} as const;

export const ProgressReportIn = {
  position_ms: { minimum: 0, maximum: 604800000 },
  duration_ms: { minimum: 0, maximum: 604800000 },
  at_ms: { minimum: 1, maximum: 253402300799999 },
} as const;

export const PromoDeedIn = {
  ticket: { maxLength: 120 },
} as const;

export const PromoDeedsIn = {
  events: { maxItems: 50 },
} as const;

export const PromoIn = {
  weight: { minimum: 1, maximum: 1000 },
  name: { minLength: 1, maxLength: 120 },
  title: { minLength: 1, maxLength: 80 },
  text: { maxLength: 240 },
  action: { maxLength: 30 },
  link: { minLength: 1, maxLength: 500 },
} as const;

export const ProofIn = {
  password: { maxLength: 1024 },
  code: { maxLength: 32 },
} as const;

export const ProposalIn = {
  note: { maxLength: 2000 },
  target_id: { maxLength: 36 },
  parent_id: { maxLength: 36 },
  team_id: { maxLength: 36 },
} as const;

export const ReadIn = {
  ids: { maxItems: 100 },
} as const;

export const RebaseIn = {
  keep: { maxItems: 40 },
} as const;

export const RecordedEpisodeIn = {
  episode_id: { maxLength: 36 },
} as const;

export const RefreshIn = {
  refresh_token: { maxLength: 128 },
} as const;

export const RegisterIn = {
  email: { maxLength: 254 },
  password: { minLength: 8, maxLength: 1024 },
  nickname: { minLength: 1, maxLength: 32 },
} as const;

export const RejectIn = {
  reason: { minLength: 1, maxLength: 2000 },
} as const;

export const RelateIn = {
  release: { maxLength: 80 },
} as const;

export const ReleaseIn = {
  alias: { maxLength: 80 },
  year: { minimum: 1888, maximum: 2100 },
  description: { maxLength: 10000 },
  episodes_total: { minimum: 1, maximum: 10000 },
  genres: { maxItems: 30 },
  trailers: { maxItems: 10 },
  names: { maxItems: 100 },
} as const;

export const ReleaseSearch = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
  language: { maxLength: 35 },
  query: { maxLength: 200 },
  id: { maxItems: 100 },
  genre: { maxItems: 30 },
  genre_all: { maxItems: 30 },
  genre_not: { maxItems: 30 },
  tag: { maxItems: 30 },
  tag_all: { maxItems: 30 },
  tag_not: { maxItems: 30 },
  studio: { maxItems: 30 },
  person: { maxItems: 30 },
  year_from: { minimum: 1888, maximum: 2100 },
  year_to: { minimum: 1888, maximum: 2100 },
  score_from: { minimum: 1, maximum: 10 },
  score_to: { minimum: 1, maximum: 10 },
} as const;

export const ReleaseStudiosIn = {
  items: { maxItems: 50 },
} as const;

export const ReleaseTagIn = {
  tag: { minLength: 1, maxLength: 80 },
  rank: { minimum: 0, maximum: 100 },
} as const;

export const ReleaseTagsIn = {
  items: { maxItems: 100 },
} as const;

export const ReportsIn = {
  items: { maxItems: 500 },
} as const;

export const ReportsReportIn = {
  target_id: { maxLength: 36 },
  text: { maxLength: 2000 },
} as const;

export const ResetIn = {
  token: { maxLength: 128 },
  password: { minLength: 8, maxLength: 1024 },
} as const;

export const RestoreIn = {
  alias: { maxLength: 80 },
} as const;

export const RoleOrderIn = {
  role_ids: { maxItems: 30 },
} as const;

export const RollBackIn = {
  reason: { minLength: 1, maxLength: 2000 },
} as const;

export const ScheduleIn = {
  zone: { maxLength: 64 },
  slots: { maxItems: 60 },
  breaks: { maxItems: 100 },
  overrides: { maxItems: 500 },
} as const;

export const SearchChoiceIn = {
  query: { minLength: 1, maxLength: 200 },
} as const;

export const ShelfMovesIn = {
  items: { maxItems: 500 },
} as const;

export const SlotIO = {
  site: { maxLength: 60 },
  recurrence: { maxLength: 80 },
  regions: { maxItems: 250 },
  address: { maxLength: 500 },
  first_ordinal: { minimum: 0, maximum: 100000 },
  episodes: { minimum: 1, maximum: 10000 },
  together: { minimum: 1, maximum: 100 },
  duration_min: { minimum: 1, maximum: 1440 },
} as const;

export const SourceChange = {
  name: { minLength: 1, maxLength: 200 },
  url: { minLength: 1, maxLength: 4000 },
  allowed_hosts: { maxItems: 50 },
  ad_addresses: { maxItems: 100 },
  programme_addresses: { maxItems: 100 },
} as const;

export const SourceGenreIO = {
  name: { minLength: 1, maxLength: 80 },
  genre: { minLength: 1, maxLength: 80 },
} as const;

export const SourceGenresIO = {
  items: { maxItems: 1000 },
} as const;

export const SourceIn = {
  name: { minLength: 1, maxLength: 200 },
  url: { minLength: 1, maxLength: 4000 },
  allowed_hosts: { maxItems: 50 },
  ad_addresses: { maxItems: 100 },
  programme_addresses: { maxItems: 100 },
} as const;

export const SpanIO = {
  start_ms: { minimum: 0, maximum: 604800000 },
  stop_ms: { minimum: 0, maximum: 604800000 },
} as const;

export const SplitIn = {
  episode_ids: { maxItems: 10000 },
  alias: { maxLength: 80 },
  year: { minimum: 1888, maximum: 2100 },
  trailers: { maxItems: 10 },
  copied: { maxItems: 3 },
} as const;

export const StaffCreditIn = {
  person: { minLength: 1, maxLength: 80 },
  character: { maxLength: 200 },
} as const;

export const StudioIn = {
  name: { minLength: 1, maxLength: 200 },
  names: { maxItems: 50 },
  description: { maxLength: 5000 },
  alias: { maxLength: 80 },
} as const;

export const StudioPartIn = {
  studio: { minLength: 1, maxLength: 80 },
} as const;

export const SubtitleChoiceIO = {
  language: { maxLength: 35, pattern: "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$" },
  label: { maxLength: 100 },
} as const;

export const SubtitleIn = {
  language: { maxLength: 35 },
  label: { minLength: 1, maxLength: 80, pattern: "^[^\\x00-\\x1f]*$" },
  text: { minLength: 1, maxLength: 400000, pattern: "^[^\\x00]*$" },
  offset_ms: { minimum: -600000, maximum: 600000 },
} as const;

export const TagIn = {
  name: { minLength: 1, maxLength: 200 },
  names: { maxItems: 50 },
  description: { maxLength: 5000 },
  slug: { maxLength: 80 },
} as const;

export const TakeDownIn = {
  reason: { minLength: 1, maxLength: 500 },
} as const;

export const TeamIn = {
  name: { minLength: 2, maxLength: 60 },
  slug: { minLength: 3, maxLength: 40 },
  description: { maxLength: 2000 },
} as const;

export const TeamsRoleIn = {
  title: { maxLength: 32 },
  colour: { maxLength: 512 },
  permissions: { maxItems: 14 },
} as const;

export const TokenIn = {
  token: { maxLength: 128 },
} as const;

export const TrackEditIn = {
  language: { maxLength: 20 },
  label: { maxLength: 40, pattern: "^[^\\x00-\\x1f]*$" },
} as const;

export const TrackWishIO = {
  audio: { maxLength: 35, pattern: "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$" },
  subtitles: { maxLength: 35, pattern: "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$" },
} as const;

export const TrailerIn = {
  url: { minLength: 1, maxLength: 500 },
  title: { maxLength: 120 },
  language: { maxLength: 35 },
} as const;

export const TranslationIn = {
  name: { maxLength: 255, pattern: "^[^\\x00]*$" },
  description: { maxLength: 10000, pattern: "^[^\\x00]*$" },
} as const;

export const UndoSplitIn = {
  source_version: { minimum: 1 },
  target_version: { minimum: 1 },
} as const;

export const UserCodeIn = {
  user_code: { maxLength: 512 },
} as const;

export const VastTagIn = {
  tag_url: { minLength: 1, maxLength: 2000 },
} as const;

export const VerifyIn = {
  token: { maxLength: 128 },
} as const;

export const VoteIn = {
  score: { minimum: 1, maximum: 10 },
} as const;

export const WebhookIn = {
  url: { minLength: 1, maxLength: 2000 },
  description: { maxLength: 200 },
  events: { maxItems: 100 },
} as const;

export const begin_oidc_login = {
  next: { maxLength: 2048 },
} as const;

export const clearkey_licence = {
  session: { maxLength: 200 },
} as const;

export const continue_watching = {
  limit: { minimum: 1, maximum: 100 },
} as const;

export const find_teams = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
  search: { maxLength: 200 },
} as const;

export const finish_oidc_login = {
  state: { maxLength: 2048 },
  code: { maxLength: 2048 },
  error: { maxLength: 2048 },
  iss: { maxLength: 2048 },
} as const;

export const get_episode = {
  language: { maxLength: 35 },
} as const;

export const get_franchise = {
  language: { maxLength: 35 },
} as const;

export const get_franchise_of_release = {
  language: { maxLength: 35 },
} as const;

export const get_inbox = {
  team_id: { maxLength: 36 },
} as const;

export const get_release = {
  language: { maxLength: 35 },
} as const;

export const get_schedule = {
  language: { maxLength: 35 },
  tz: { maxLength: 64 },
} as const;

export const get_season = {
  language: { maxLength: 35 },
  tz: { maxLength: 64 },
  year: { minimum: 1888, maximum: 2100 },
} as const;

export const get_statistics = {
  utc_offset_min: { minimum: -840, maximum: 840 },
} as const;

export const latest_releases = {
  language: { maxLength: 35 },
  limit: { minimum: 1, maximum: 50 },
} as const;

export const list_ads = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_airings = {
  language: { maxLength: 35 },
  tz: { maxLength: 64 },
} as const;

export const list_alias_candidates = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_changes = {
  since: { minimum: 0, maximum: 9223372036854776000 },
} as const;

export const list_channels = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_collections = {
  page: { minimum: 1, maximum: 100000 },
  page_size: { minimum: 1, maximum: 100 },
  score_from: { minimum: 1, maximum: 10 },
  score_to: { minimum: 1, maximum: 10 },
} as const;

export const list_deleted = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_deliveries = {
  limit: { minimum: 1, maximum: 100 },
} as const;

export const list_episodes = {
  language: { maxLength: 35 },
} as const;

export const list_everybodys = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_exemptions = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_failed_deliveries = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_favorites = {
  page: { minimum: 1, maximum: 100000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_franchises = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
  search: { maxLength: 200, pattern: "^[^\u0000]*$" },
} as const;

export const list_hidden = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
  language: { maxLength: 35 },
} as const;

export const list_history = {
  page: { minimum: 1, maximum: 100000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_import_blacklist = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_import_conflicts = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_import_rows = {
  page: { minimum: 1, maximum: 100000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_import_run_rows = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_import_runs = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_invitations = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_jobs = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_members = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
  search: { maxLength: 200 },
  role_id: { minLength: 36, maxLength: 36 },
} as const;

export const list_merge_locks = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_merges = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_month = {
  language: { maxLength: 35 },
  tz: { maxLength: 64 },
  month: { pattern: "^(?:19\\d\\d|20\\d\\d|21\\d\\d)-(?:0[1-9]|1[0-2])$" },
} as const;

export const list_notifications = {
  limit: { minimum: 1, maximum: 100 },
} as const;

export const list_now = {
  language: { maxLength: 35 },
  tz: { maxLength: 64 },
} as const;

export const list_own_reports = {
  cursor: { maxLength: 200 },
  page_size: { minimum: 1, maximum: 100 },
  state: { maxItems: 3 },
} as const;

export const list_parties = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_people = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
  search: { maxLength: 100 },
} as const;

export const list_promos = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_proposals = {
  cursor: { maxLength: 200 },
  page_size: { minimum: 1, maximum: 100 },
  release_id: { maxLength: 36 },
  author_id: { maxLength: 36 },
  team_id: { maxLength: 36 },
} as const;

export const list_ratings = {
  id: { maxItems: 100 },
} as const;

export const list_recommendations = {
  language: { maxLength: 35 },
  limit: { minimum: 1, maximum: 50 },
} as const;

export const list_recordings = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
  channel_id: { maxLength: 36 },
} as const;

export const list_releases = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
  language: { maxLength: 35 },
  search: { maxLength: 200 },
  id: { maxItems: 100 },
  genre: { maxItems: 30 },
  genre_all: { maxItems: 30 },
  genre_not: { maxItems: 30 },
  tag: { maxItems: 30 },
  tag_all: { maxItems: 30 },
  tag_not: { maxItems: 30 },
  studio: { maxItems: 30 },
  person: { maxItems: 30 },
  year_from: { minimum: 1888, maximum: 2100 },
  year_to: { minimum: 1888, maximum: 2100 },
  score_from: { minimum: 1, maximum: 10 },
  score_to: { minimum: 1, maximum: 10 },
} as const;

export const list_releases_of_person = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
  language: { maxLength: 35 },
} as const;

export const list_releases_of_studio = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
  language: { maxLength: 35 },
} as const;

export const list_releases_of_tag = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
  language: { maxLength: 35 },
} as const;

export const list_releases_of_team = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_reports = {
  cursor: { maxLength: 200 },
  page_size: { minimum: 1, maximum: 100 },
  state: { maxItems: 3 },
} as const;

export const list_seasons = {
  language: { maxLength: 35 },
  tz: { maxLength: 64 },
} as const;

export const list_similar = {
  language: { maxLength: 35 },
} as const;

export const list_sources = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_splits = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const list_studios = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
  search: { maxLength: 100 },
} as const;

export const list_tags = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
  search: { maxLength: 100 },
} as const;

export const list_users = {
  search: { maxLength: 512 },
  page: { minimum: 1, maximum: 100000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const playback_quality = {
  hours: { minimum: 1, maximum: 720 },
} as const;

export const playback_quality_of_sessions = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const random_releases = {
  language: { maxLength: 35 },
  limit: { minimum: 1, maximum: 50 },
} as const;

export const rank_by_members = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const rank_by_score = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const rank_by_trend = {
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 100 },
} as const;

export const read_subtitle_file = {
  language: { maxLength: 35 },
  encoding: { maxLength: 40 },
} as const;

export const references = {
  language: { maxLength: 35 },
} as const;

export const search_audit_log = {
  event: { maxLength: 80 },
  field: { pattern: "^[a-z][a-z0-9_]{0,39}$" },
  page: { minimum: 1, maximum: 10000 },
  page_size: { minimum: 1, maximum: 200 },
} as const;

export const shown_promos = {
  release: { maxLength: 200 },
  language: { maxLength: 35 },
  viewer: { maxLength: 64, pattern: "^[A-Za-z0-9-]*$" },
} as const;

export const steering_manifest = {
  token: { minLength: 76, maxLength: 76 },
  known: { maxLength: 300, pattern: "^[A-Za-z0-9._,-]*$" },
  breaks: { pattern: "^(\\d{1,8}(\\.\\d{1,8}){0,9})?$" },
  dash: { pattern: "^1?$" },
  _HLS_pathway: { maxLength: 64 },
  _HLS_throughput: { maxLength: 24 },
  _DASH_pathway: { maxLength: 300 },
  _DASH_throughput: { maxLength: 300 },
} as const;

export const suggest = {
  language: { maxLength: 35 },
  query: { maxLength: 200 },
  limit: { minimum: 1, maximum: 20 },
} as const;

export const upload_import_file = {
  name: { maxLength: 255 },
} as const;
