/** Who did what, in words. */
import { timecode } from '../i18n/format';
import { t } from '../i18n/i18n.svelte';
import type { Happening } from './room';

/** Null for what needs no line of its own (queue changes have no place in this client yet). */
export function happeningText(happening: Happening): string | null {
  const name = happening.name ?? t('party.someone');
  const position = timecode(happening.position_ms);
  switch (happening.what) {
    case 'play':
      return t('party.did_play', { name, position });
    case 'pause':
      return t('party.did_pause', { name, position });
    case 'seek':
      return t('party.did_seek', { name, position });
    case 'rate':
      return t('party.did_rate', { name, rate: happening.rate });
    case 'media':
      return t('party.did_media', { name, title: happening.title });
    case 'settings':
      return t('party.did_settings', { name });
    case 'join':
      return t('party.did_join', { name });
    case 'leave':
      return t('party.did_leave', { name });
    case 'wait':
      return t('party.did_wait', { name });
    case 'resume':
      return t('party.did_resume');
    case 'end':
      return t('party.did_end');
    default:
      return null;
  }
}
