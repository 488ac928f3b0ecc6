/** The addresses of the client and the pages behind them. */
import type { Component } from 'svelte';
import type { Kind } from './api/catalog/people';
import { language } from './i18n/i18n.svelte';
import type { Part } from './i18n/translate';
import type { PageLoader, PageProps } from './router/router.svelte';

export const PATHS = {
  home: '/',
  top: '/top',
  schedule: '/schedule',
  release: '/releases/:id',
  catalogue: '/catalogue',
  genre: '/genres/:slug',
  season: '/seasons/:year/:season',
  person: '/people/:id',
  studio: '/studios/:id',
  tag: '/tags/:id',
  propose: '/releases/:id/propose',
  watch: '/watch/:id',
  newParty: '/watch/:id/together',
  newLiveParty: '/live/:channel/together',
  parties: '/parties',
  party: '/party/:id',
  teams: '/teams',
  teamInvite: '/teams/invite',
  team: '/teams/:id',
  login: '/login',
  oidcCallback: '/login/oidc/callback',
  register: '/register',
  account: '/account',
  watching: '/watching',
  playerSettings: '/settings/player',
  device: '/device',
  notifications: '/notifications',
  live: '/live',
  liveChannel: '/live/:id',
  liveStudio: '/studio/live',
  liveStudioChannel: '/studio/live/:id',
  adminLive: '/admin/live',
  admin: '/admin',
  adminUsers: '/admin/users',
  adminAudit: '/admin/audit',
  adminWatching: '/admin/watching',
  adminJobs: '/admin/jobs',
  adminQuality: '/admin/quality',
  adminStorage: '/admin/storage',
  webhooks: '/admin/webhooks',
  imports: '/admin/imports',
  merges: '/admin/merges',
  splits: '/admin/splits',
  learnedNames: '/admin/names',
  promos: '/admin/promos',
  newPromo: '/admin/promos/new',
  promo: '/admin/promos/:id',
  linearAds: '/admin/ads',
  newLinearAd: '/admin/ads/new',
  linearAd: '/admin/ads/:id',
  reset: '/reset',
  verify: '/verify',
  library: '/library',
  importLibrary: '/library/import',
  statistics: '/library/statistics',
  profile: '/users/:nickname',
  list: '/lists/:id',
  sharedList: '/l/:token',
  proposals: '/proposals',
  moderation: '/moderation',
  proposal: '/moderation/:id',
  sources: '/admin/sources',
  source: '/admin/sources/:id',
  recommendations: '/recommendations',
  studioReleases: '/studio/releases',
  newRelease: '/studio/releases/new',
  deletedReleases: '/studio/releases/deleted',
  editRelease: '/studio/releases/:id',
  newEntry: '/studio/lists/:kind/new',
  editEntry: '/studio/lists/:kind/:id',
  entries: '/studio/lists/:kind',
  franchises: '/franchises',
  franchise: '/franchises/:id',
  newFranchise: '/studio/franchises/new',
  editFranchise: '/studio/franchises/:id',
} as const;

/** The parts of the library page; of them, the one in the address is shown. */
export const LIBRARY_TABS = ['collections', 'favorites', 'history', 'lists'] as const;
export type LibraryTab = (typeof LIBRARY_TABS)[number];

/** A page and the parts of the texts it shows beside the common ones; `i18n/parts.test.ts` says when one is missing. */
interface Page {
  readonly component: PageLoader;
  readonly texts: readonly Part[];
}

function page(component: PageLoader, ...texts: readonly Part[]): Page {
  return { component, texts: ['errors', ...texts] };
}

export const PAGES: Readonly<Record<string, Page>> = {
  home: { component: () => import('./pages/catalog/Home.svelte'), texts: ['recommendations'] },
  schedule: page(() => import('./pages/catalog/Schedule.svelte'), 'schedule'),
  release: page(() => import('./pages/catalog/Release.svelte'), 'schedule', 'report'),
  catalogue: page(() => import('./pages/catalog/Catalogue.svelte'), 'catalogue'),
  genre: page(() => import('./pages/catalog/Genre.svelte'), 'catalogue'),
  season: page(() => import('./pages/catalog/SeasonChart.svelte'), 'catalogue'),
  top: page(() => import('./pages/catalog/Top.svelte'), 'ratings'),
  person: page(() => import('./pages/catalog/Person.svelte'), 'people'),
  studio: page(() => import('./pages/catalog/Studio.svelte'), 'people'),
  tag: page(() => import('./pages/catalog/Tag.svelte'), 'people'),
  propose: page(() => import('./pages/moderation/Propose.svelte'), 'moderation'),
  proposals: page(() => import('./pages/moderation/Proposals.svelte'), 'moderation'),
  moderation: page(() => import('./pages/moderation/Moderation.svelte'), 'moderation', 'report'),
  proposal: page(() => import('./pages/moderation/Proposal.svelte'), 'moderation', 'report'),
  library: page(() => import('./pages/library/Library.svelte'), 'library'),
  importLibrary: page(() => import('./pages/library/ImportLibrary.svelte'), 'library', 'importing'),
  statistics: page(() => import('./pages/library/LibraryStatistics.svelte'), 'library', 'ratings', 'statistics'),
  profile: page(() => import('./pages/people/PublicProfile.svelte'), 'library', 'ratings', 'statistics'),
  list: page(() => import('./pages/library/List.svelte'), 'library'),
  sharedList: page(() => import('./pages/library/SharedList.svelte'), 'library'),
  teams: page(() => import('./pages/teams/Teams.svelte'), 'teams'),
  teamInvite: page(() => import('./pages/teams/TeamInvite.svelte'), 'teams'),
  team: page(() => import('./pages/teams/Team.svelte'), 'teams', 'account', 'report'),
  login: page(() => import('./pages/account/Login.svelte'), 'account'),
  oidcCallback: page(() => import('./pages/account/OidcCallback.svelte'), 'account'),
  register: page(() => import('./pages/account/Register.svelte'), 'account'),
  account: page(() => import('./pages/account/Account.svelte'), 'account'),
  watching: page(() => import('./pages/account/Watching.svelte'), 'watching'),
  playerSettings: page(() => import('./pages/account/PlayerSettings.svelte'), 'playerSettings'),
  device: page(() => import('./pages/account/Device.svelte'), 'account'),
  notifications: page(() => import('./pages/Notifications.svelte'), 'importFaults', 'notifications'),
  admin: page(() => import('./pages/admin/Admin.svelte'), 'admin', 'recommendations'),
  adminUsers: page(() => import('./pages/admin/AdminUsers.svelte'), 'admin'),
  adminAudit: page(() => import('./pages/admin/AdminAudit.svelte'), 'admin'),
  adminWatching: page(() => import('./pages/admin/AdminWatching.svelte'), 'admin', 'watching'),
  adminJobs: page(() => import('./pages/admin/AdminJobs.svelte'), 'admin', 'jobs'),
  adminQuality: page(() => import('./pages/admin/AdminQuality.svelte'), 'admin', 'quality'),
  adminStorage: page(() => import('./pages/admin/AdminStorage.svelte'), 'admin', 'storage'),
  webhooks: page(() => import('./pages/Webhooks.svelte'), 'webhooks'),
  imports: page(() => import('./pages/admin/Imports.svelte'), 'franchise', 'importFaults', 'imports'),
  merges: page(() => import('./pages/admin/Merges.svelte'), 'admin', 'merging'),
  splits: page(() => import('./pages/admin/Splits.svelte'), 'admin', 'merging', 'splitting'),
  learnedNames: page(() => import('./pages/admin/LearnedNames.svelte'), 'admin', 'merging', 'learnedNames'),
  promos: page(() => import('./pages/admin/Promos.svelte'), 'admin', 'merging', 'promos'),
  newPromo: page(() => import('./pages/admin/EditPromo.svelte'), 'admin', 'promos'),
  promo: page(() => import('./pages/admin/EditPromo.svelte'), 'admin', 'promos'),
  linearAds: page(() => import('./pages/admin/LinearAds.svelte'), 'admin', 'merging', 'promos'),
  newLinearAd: page(() => import('./pages/admin/EditLinearAd.svelte'), 'admin', 'promos'),
  linearAd: page(() => import('./pages/admin/EditLinearAd.svelte'), 'admin', 'promos'),
  reset: page(() => import('./pages/account/Reset.svelte'), 'account'),
  verify: page(() => import('./pages/account/Verify.svelte'), 'account'),
  newParty: page(() => import('./pages/party/NewParty.svelte'), 'party'),
  newLiveParty: page(() => import('./pages/party/NewParty.svelte'), 'party'),
  party: page(() => import('./pages/party/Party.svelte'), 'party', 'player', 'report', 'watching'),
  parties: page(() => import('./pages/party/Parties.svelte')),
  live: page(() => import('./pages/live/Live.svelte'), 'live'),
  liveChannel: page(() => import('./pages/live/LiveChannel.svelte'), 'live'),
  liveStudio: page(() => import('./pages/live/LiveStudio.svelte'), 'live'),
  liveStudioChannel: page(() => import('./pages/live/LiveStudioChannel.svelte'), 'live'),
  adminLive: page(() => import('./pages/admin/LiveChannels.svelte'), 'admin', 'live'),
  sources: page(() => import('./pages/sources/Sources.svelte'), 'sources'),
  source: page(() => import('./pages/sources/Source.svelte'), 'sources'),
  recommendations: page(() => import('./pages/catalog/Recommendations.svelte'), 'recommendations'),
  newRelease: page(() => import('./pages/catalog/EditRelease.svelte'), 'people', 'studio', 'schedule', 'stale'),
  editRelease: page(() => import('./pages/catalog/EditRelease.svelte'), 'people', 'studio', 'schedule', 'stale'),
  studioReleases: page(() => import('./pages/studio/StudioReleases.svelte'), 'studio'),
  deletedReleases: page(() => import('./pages/studio/DeletedReleases.svelte'), 'studio'),
  entries: page(() => import('./pages/studio/Entries.svelte'), 'entries', 'people', 'studio'),
  newEntry: page(() => import('./pages/studio/EditEntry.svelte'), 'entries', 'people', 'stale'),
  editEntry: page(() => import('./pages/studio/EditEntry.svelte'), 'entries', 'people', 'stale'),
  franchises: page(() => import('./pages/franchises/Franchises.svelte'), 'franchise'),
  franchise: page(() => import('./pages/franchises/Franchise.svelte'), 'franchise'),
  newFranchise: page(() => import('./pages/franchises/EditFranchise.svelte'), 'franchise', 'stale'),
  editFranchise: page(() => import('./pages/franchises/EditFranchise.svelte'), 'franchise', 'stale'),
  watch: page(() => import('./pages/catalog/Watch.svelte'), 'player', 'report', 'watching'),
  notFound: page(() => import('./pages/NotFound.svelte')),
};

/** Parts of pages that come after them, or only to members: each with its own texts. */
export const LATER: Readonly<Record<string, Page>> = {
  releaseBelow: page(() => import('./catalog/release/ReleaseBelow.svelte'), 'franchise', 'ratings', 'trailers'),
  releaseEnd: page(() => import('./catalog/release/ReleaseEnd.svelte'), 'people', 'recommendations', 'report'),
  releaseControls: page(() => import('./library/ReleaseControls.svelte'), 'library'),
};

async function bring<Props extends Record<string, unknown>>(wanted: Page): Promise<Component<Props>> {
  const [module] = await Promise.all([wanted.component(), language.need(wanted.texts)]);
  return module.default as unknown as Component<Props>;
}

/** A part of a page with its texts. Rejects when the server no longer has one of them. */
export function loadLater<Props extends Record<string, unknown>>(name: string): Promise<Component<Props>> {
  const wanted = LATER[name];
  return wanted ? bring(wanted) : Promise.reject(new Error(`no part ${name}`));
}

/** The component of a page, once its texts are there as well. Rejects when the server no longer has one of them. */
export async function loadPage(name: string): Promise<Component<PageProps>> {
  const wanted = PAGES[name];
  if (!wanted) throw new Error(`no page ${name}`);
  return bring<PageProps>(wanted);
}

export const paths = {
  home: () => '/',
  top: (by?: 'top' | 'popular' | 'trending') => (by && by !== 'top' ? `/top?by=${by}` : '/top'),
  release: (id: string) => `/releases/${encodeURIComponent(id)}`,
  catalogue: () => '/catalogue',
  genre: (slug: string) => `/genres/${encodeURIComponent(slug)}`,
  season: (year: number, season: string) => `/seasons/${year}/${encodeURIComponent(season)}`,
  person: (key: string) => `/people/${encodeURIComponent(key)}`,
  studio: (key: string) => `/studios/${encodeURIComponent(key)}`,
  tag: (key: string) => `/tags/${encodeURIComponent(key)}`,
  watch: (episodeId: string) => `/watch/${encodeURIComponent(episodeId)}`,
  /** To go on at once where the viewer stopped: they have said so by following this. */
  resume: (episodeId: string) => `/watch/${encodeURIComponent(episodeId)}?resume`,
  newParty: (episodeId: string) => `/watch/${encodeURIComponent(episodeId)}/together`,
  newLiveParty: (channelId: string) => `/live/${encodeURIComponent(channelId)}/together`,
  /** `about` an episode; `atMs` where its viewer is. */
  propose: (releaseId: string, about?: string, atMs?: number) =>
    `/releases/${encodeURIComponent(releaseId)}/propose${about ? `?about=${encodeURIComponent(about)}&at=${Math.round(atMs ?? 0)}` : ''}`,
  proposals: () => '/proposals',
  moderation: (teamId?: string) => (teamId ? `/moderation?team=${encodeURIComponent(teamId)}` : '/moderation'),
  proposal: (id: string) => `/moderation/${encodeURIComponent(id)}`,
  library: (tab?: LibraryTab, shelf?: string) => `/library${tab ? `?tab=${tab}` : ''}${shelf ? `&shelf=${shelf}` : ''}`,
  statistics: () => '/library/statistics',
  profile: (nickname: string) => `/users/${encodeURIComponent(nickname)}`,
  importLibrary: () => '/library/import',
  list: (id: string) => `/lists/${encodeURIComponent(id)}`,
  sharedList: (token: string) => `/l/${encodeURIComponent(token)}`,
  schedule: () => '/schedule',
  live: () => '/live',
  liveChannel: (id: string) => `/live/${encodeURIComponent(id)}`,
  liveStudio: () => '/studio/live',
  liveStudioChannel: (id: string) => `/studio/live/${encodeURIComponent(id)}`,
  adminLive: () => '/admin/live',
  parties: () => '/parties',
  party: (id: string) => `/party/${encodeURIComponent(id)}`,
  teams: () => '/teams',
  /** By id or by short address. */
  team: (id: string) => `/teams/${encodeURIComponent(id)}`,
  login: (next?: string) => `/login${nextQuery(next)}`,
  /** Logging in without a password: `code` sends one by e-mail, `device` shows one for a phone. */
  loginBy: (way: 'code' | 'device', next?: string) => `/login?${way}${nextQuery(next).replace('?', '&')}`,
  register: (next?: string) => `/register${nextQuery(next)}`,
  account: () => '/account',
  watching: () => '/watching',
  playerSettings: () => '/settings/player',
  /** The code stands behind the `#`, which no access log gets to see. */
  device: (code?: string) => (code ? `/device#code=${encodeURIComponent(code)}` : '/device'),
  admin: () => '/admin',
  adminUsers: () => '/admin/users',
  adminJobs: (state = 'running', page = 1) => {
    const given = { ...(state !== 'running' && { state }), ...(page > 1 && { page: String(page) }) };
    return `/admin/jobs${Object.keys(given).length > 0 ? `?${new URLSearchParams(given).toString()}` : ''}`;
  },
  adminWatching: (page = 1) => (page > 1 ? `/admin/watching?page=${page}` : '/admin/watching'),
  adminStorage: () => '/admin/storage',
  adminQuality: ({ hours = 24, failed = false, page = 1 } = {}) => {
    const wanted = { ...(hours === 24 ? {} : { hours: String(hours) }), ...(failed ? { failed: '1' } : {}), ...(page > 1 ? { page: String(page) } : {}) };
    const text = new URLSearchParams(wanted).toString();
    return `/admin/quality${text ? `?${text}` : ''}`;
  },
  /** The audit log, narrowed by what is given. */
  adminAudit: (by: Readonly<Record<string, string>> = {}) => {
    const given = Object.entries(by).filter(([, value]) => value !== '');
    return `/admin/audit${given.length > 0 ? `?${new URLSearchParams(given).toString()}` : ''}`;
  },
  webhooks: () => '/admin/webhooks',
  imports: (part: 'sources' | 'conflicts' | 'never' = 'sources') => (part === 'sources' ? '/admin/imports' : `/admin/imports?part=${part}`),
  merges: () => '/admin/merges',
  splits: () => '/admin/splits',
  learnedNames: () => '/admin/names',
  promos: (part?: 'exemptions') => (part ? `/admin/promos?part=${part}` : '/admin/promos'),
  newPromo: () => '/admin/promos/new',
  promo: (id: string) => `/admin/promos/${encodeURIComponent(id)}`,
  linearAds: () => '/admin/ads',
  newLinearAd: () => '/admin/ads/new',
  linearAd: (id: string) => `/admin/ads/${encodeURIComponent(id)}`,
  notifications: (part?: 'unread' | 'settings') => (part ? `/notifications?${part}` : '/notifications'),
  reset: () => '/reset',
  sources: () => '/admin/sources',
  source: (id: string) => `/admin/sources/${encodeURIComponent(id)}`,
  recommendations: () => '/recommendations',
  studioReleases: (search = '', page = 1) => {
    const query = new URLSearchParams({ ...(search ? { search } : {}), ...(page > 1 ? { page: String(page) } : {}) }).toString();
    return `/studio/releases${query ? `?${query}` : ''}`;
  },
  deletedReleases: (page = 1) => (page > 1 ? `/studio/releases/deleted?page=${page}` : '/studio/releases/deleted'),
  /** To work on people, studios or tags. */
  entries: (kind: Kind, by: { readonly search?: string; readonly category?: string; readonly page?: number } = {}) => {
    const { search = '', category = '', page = 1 } = by;
    const query = new URLSearchParams({ ...(search ? { search } : {}), ...(category ? { category } : {}), ...(page > 1 ? { page: String(page) } : {}) }).toString();
    return `/studio/lists/${kind}${query ? `?${query}` : ''}`;
  },
  newEntry: (kind: Kind) => `/studio/lists/${kind}/new`,
  editEntry: (kind: Kind, id: string) => `/studio/lists/${kind}/${encodeURIComponent(id)}`,
  newRelease: () => '/studio/releases/new',
  franchises: () => '/franchises',
  /** By id or by short address. */
  franchise: (id: string) => `/franchises/${encodeURIComponent(id)}`,
  newFranchise: () => '/studio/franchises/new',
  editFranchise: (id: string) => `/studio/franchises/${encodeURIComponent(id)}`,
  editRelease: (id: string) => `/studio/releases/${encodeURIComponent(id)}`,
};

function nextQuery(next: string | undefined): string {
  return next && next !== '/' ? `?next=${encodeURIComponent(next)}` : '';
}

/** Where to go after logging in: a path of this client, never another site (`//host` and schemes are refused). */
export function safeNext(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : '/';
}
