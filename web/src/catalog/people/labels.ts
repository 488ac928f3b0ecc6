/** What people and studios did, and what tags speak of, in words. */
import type { StaffRole, StudioRole, TagCategory } from '../../api/catalog/people';
import { t } from '../../i18n/i18n.svelte';
import { isKnown } from '../../i18n/translate';

/** In the order of a credit roll. */
export const STAFF_ROLES: readonly StaffRole[] = [
  'original_creator',
  'director',
  'assistant_director',
  'script',
  'storyboard',
  'character_design',
  'animation_director',
  'art_director',
  'photography_director',
  'sound_director',
  'music',
  'theme_song',
  'editing',
  'producer',
  'voice',
  'other',
];
export const STUDIO_ROLES: readonly StudioRole[] = ['animation', 'producer', 'licensor'];
export const TAG_CATEGORIES = ['theme', 'setting', 'cast', 'demographic', 'technical', 'content', 'other'] as const satisfies readonly TagCategory[];

/** The word for a role that the server knows; one newer than this client is shown as it is. */
export function roleName(group: 'role' | 'part' | 'category', value: StaffRole | StudioRole | TagCategory | string): string {
  const key = `people.${group}.${value}`;
  return isKnown(key) ? t(key as 'people.role.director') : value;
}
