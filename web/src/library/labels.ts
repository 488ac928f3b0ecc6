/** Shelves and visibilities in words. */
import type { Shelf, Visibility } from '../api/library';
import { t } from '../i18n/i18n.svelte';

export function shelfName(shelf: Shelf): string {
  const names: Record<Shelf, () => string> = {
    WATCHING: () => t('library.watching'),
    PLANNED: () => t('library.planned'),
    WATCHED: () => t('library.watched'),
    POSTPONED: () => t('library.postponed'),
    ABANDONED: () => t('library.abandoned'),
  };
  return names[shelf]();
}

export function visibilityName(visibility: Visibility): string {
  const names: Record<Visibility, () => string> = {
    private: () => t('list.private'),
    unlisted: () => t('list.unlisted'),
    public: () => t('list.public'),
  };
  return names[visibility]();
}
