/** Why something is recommended, in a line. */
import type { Reason } from '../../api/catalog/recommendations';
import { t } from '../../i18n/i18n.svelte';
import { releaseTitle } from '../labels';

/** Above a list that is about somebody's taste, where `likes` of theirs are known. */
export function reasonText(reason: Reason, likes: number): string {
  const title = reason.because ? releaseTitle(reason.because) : '';
  switch (reason.kind) {
    case 'liked_together':
      return t('recommendations.because', { title });
    case 'alike':
      return t('recommendations.alike', { title, shared: reason.shared.join(', ') });
    case 'popular':
      return reason.people ? t('recommendations.popular', { count: reason.people }) : t('recommendations.popular_some');
    case 'recent':
      return likes > 0 ? t('recommendations.recent_warm') : t('recommendations.recent');
    case 'varied':
      return t('recommendations.varied');
  }
}

/** Beside a release that the reader looks at: what joins it with another one. */
export function similarText(reason: Reason): string {
  if (reason.kind === 'alike') return t('recommendations.shared', { shared: reason.shared.join(', ') });
  return reason.people ? t('recommendations.together', { count: reason.people }) : t('recommendations.together_some');
}
