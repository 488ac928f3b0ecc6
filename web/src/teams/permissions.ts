/** What one may try in a team; the server decides again. Pure. */
import type { Permission, Place, Position, TeamMember, TeamRole } from '../api/teams';

export const LEVELS = ['user', 'editor', 'moderator', 'admin'] as const;
export const PERMISSIONS = [
  'edit_team',
  'manage_roles',
  'manage_members',
  'invite',
  'propose',
  'review',
  'auto_accept',
] as const satisfies readonly Permission[];

const POSITIONS: readonly Position[] = [...LEVELS, 'owner'];

export function rankOf(position: Position | null): number {
  return position === null ? -1 : POSITIONS.indexOf(position);
}

export function may(you: Place | null, permission: Permission): boolean {
  return you?.permissions.includes(permission) ?? false;
}

/** A role below one's own level, with nothing one does not have oneself. */
export function mayGrant(you: Place | null, role: Pick<TeamRole, 'level' | 'permissions'>): boolean {
  return you !== null && rankOf(you.position) > rankOf(role.level) && role.permissions.every((name) => may(you, name));
}

/** Somebody below one's own level. */
export function mayManage(you: Place | null, member: TeamMember): boolean {
  return may(you, 'manage_members') && rankOf(you?.position ?? null) > rankOf(member.position);
}

/** A short address out of a name: small Latin letters, digits, single hyphens; empty where nothing of that is left. */
export function slugOf(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[а-яё]/g, (letter) => CYRILLIC[letter] ?? '')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-$/, '');
}

/** ISO 9 system B, without its apostrophes. */
const CYRILLIC: Readonly<Record<string, string>> = {
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ё: 'yo', ж: 'zh', з: 'z', и: 'i', й: 'j', к: 'k', л: 'l', м: 'm', н: 'n',
  о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'kh', ц: 'cz', ч: 'ch', ш: 'sh', щ: 'shh', ы: 'y', э: 'e',
  ю: 'yu', я: 'ya',
};
