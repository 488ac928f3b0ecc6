/** The addresses of the client and the pages behind them. */
import type { PageLoader } from './router/router.svelte';

export const PATHS = {
  home: '/',
  release: '/releases/:id',
  propose: '/releases/:id/propose',
  watch: '/watch/:id',
  newParty: '/watch/:id/together',
  parties: '/parties',
  party: '/party/:id',
  teams: '/teams',
  teamInvite: '/teams/invite',
  team: '/teams/:id',
  login: '/login',
  oidcCallback: '/login/oidc/callback',
  register: '/register',
  account: '/account',
  device: '/device',
  notifications: '/notifications',
  admin: '/admin',
  adminUsers: '/admin/users',
  adminAudit: '/admin/audit',
  webhooks: '/admin/webhooks',
  reset: '/reset',
  verify: '/verify',
  library: '/library',
  importLibrary: '/library/import',
  list: '/lists/:id',
  sharedList: '/l/:token',
  proposals: '/proposals',
  moderation: '/moderation',
  proposal: '/moderation/:id',
  sources: '/admin/sources',
  source: '/admin/sources/:id',
  newRelease: '/studio/releases/new',
  editRelease: '/studio/releases/:id',
} as const;

/** The parts of the library page; of them, the one in the address is shown. */
export const LIBRARY_TABS = ['collections', 'favorites', 'history', 'lists'] as const;
export type LibraryTab = (typeof LIBRARY_TABS)[number];

export const PAGES: Readonly<Record<string, PageLoader>> = {
  home: () => import('./pages/Home.svelte'),
  release: () => import('./pages/Release.svelte'),
  propose: () => import('./pages/Propose.svelte'),
  proposals: () => import('./pages/Proposals.svelte'),
  moderation: () => import('./pages/Moderation.svelte'),
  proposal: () => import('./pages/Proposal.svelte'),
  library: () => import('./pages/Library.svelte'),
  importLibrary: () => import('./pages/ImportLibrary.svelte'),
  list: () => import('./pages/List.svelte'),
  sharedList: () => import('./pages/SharedList.svelte'),
  teams: () => import('./pages/Teams.svelte'),
  teamInvite: () => import('./pages/TeamInvite.svelte'),
  team: () => import('./pages/Team.svelte'),
  login: () => import('./pages/Login.svelte'),
  oidcCallback: () => import('./pages/OidcCallback.svelte'),
  register: () => import('./pages/Register.svelte'),
  account: () => import('./pages/Account.svelte'),
  device: () => import('./pages/Device.svelte'),
  notifications: () => import('./pages/Notifications.svelte'),
  admin: () => import('./pages/Admin.svelte'),
  adminUsers: () => import('./pages/AdminUsers.svelte'),
  adminAudit: () => import('./pages/AdminAudit.svelte'),
  webhooks: () => import('./pages/Webhooks.svelte'),
  reset: () => import('./pages/Reset.svelte'),
  verify: () => import('./pages/Verify.svelte'),
  newParty: () => import('./pages/NewParty.svelte'),
  party: () => import('./pages/Party.svelte'),
  parties: () => import('./pages/Parties.svelte'),
  sources: () => import('./pages/Sources.svelte'),
  source: () => import('./pages/Source.svelte'),
  newRelease: () => import('./pages/EditRelease.svelte'),
  editRelease: () => import('./pages/EditRelease.svelte'),
  watch: () => import('./pages/Watch.svelte'),
  notFound: () => import('./pages/NotFound.svelte'),
};

export const paths = {
  home: () => '/',
  release: (id: string) => `/releases/${encodeURIComponent(id)}`,
  watch: (episodeId: string) => `/watch/${encodeURIComponent(episodeId)}`,
  newParty: (episodeId: string) => `/watch/${encodeURIComponent(episodeId)}/together`,
  propose: (releaseId: string) => `/releases/${encodeURIComponent(releaseId)}/propose`,
  proposals: () => '/proposals',
  moderation: () => '/moderation',
  proposal: (id: string) => `/moderation/${encodeURIComponent(id)}`,
  library: (tab?: LibraryTab, shelf?: string) => `/library${tab ? `?tab=${tab}` : ''}${shelf ? `&shelf=${shelf}` : ''}`,
  importLibrary: () => '/library/import',
  list: (id: string) => `/lists/${encodeURIComponent(id)}`,
  sharedList: (token: string) => `/l/${encodeURIComponent(token)}`,
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
  device: (code?: string) => (code ? `/device?code=${encodeURIComponent(code)}` : '/device'),
  admin: () => '/admin',
  adminUsers: () => '/admin/users',
  /** The audit log, narrowed by what is given. */
  adminAudit: (by: Readonly<Record<string, string>> = {}) => {
    const given = Object.entries(by).filter(([, value]) => value !== '');
    return `/admin/audit${given.length > 0 ? `?${new URLSearchParams(given).toString()}` : ''}`;
  },
  webhooks: () => '/admin/webhooks',
  notifications: (part?: 'unread' | 'settings') => (part ? `/notifications?${part}` : '/notifications'),
  reset: () => '/reset',
  sources: () => '/admin/sources',
  source: (id: string) => `/admin/sources/${encodeURIComponent(id)}`,
  newRelease: () => '/studio/releases/new',
  editRelease: (id: string) => `/studio/releases/${encodeURIComponent(id)}`,
};

function nextQuery(next: string | undefined): string {
  return next && next !== '/' ? `?next=${encodeURIComponent(next)}` : '';
}

/** Where to go after logging in: a path of this client, never another site (`//host` and schemes are refused). */
export function safeNext(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : '/';
}
