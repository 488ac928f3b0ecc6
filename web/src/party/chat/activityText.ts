/** Who did what, in words. */
import { titleOf } from '../../catalog/mediaTitles.svelte';
import { timecode } from '../../i18n/format';
import { clockText, t } from '../../i18n/i18n.svelte';
import type { Media } from '../../sync/playback';
import type { NoticeMessage } from '../messages';
import type { PartyActivity } from '../replica/replica';

/** Null for what needs no line of its own: the list of what comes next shows those changes itself. */
export function activityText(activity: PartyActivity): string | null {
  const name = activity.name ?? t('party.someone');
  const position = positionText(activity.media, activity.position_ms);
  switch (activity.what) {
    case 'play':
      return t('party.did_play', { name, position });
    case 'pause':
      return t('party.did_pause', { name, position });
    case 'seek':
      return t('party.did_seek', { name, position });
    case 'rate':
      return t('party.did_rate', { name, rate: activity.rate });
    case 'media':
      return t('party.did_media', { name, title: titleOf(activity.media) });
    case 'next':
    case 'skip':
      return t('party.did_next', { title: titleOf(activity.media) });
    case 'queue.add':
      return t('party.did_queue', { name, title: titleOf(activity.media) });
    case 'tracks':
      return t('party.did_tracks', { name });
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

/** Where in what is on: the time of day, in a live channel. */
export function positionText(media: Media | null | undefined, positionMs: number): string {
  return media?.live ? clockText(media.live.begin_ms + positionMs) : timecode(positionMs);
}

/** A notice to everybody; one that only a newer server knows is shown in its own words. */
export function noticeText(notice: NoticeMessage, name: string): string {
  switch (notice.code) {
    case 'host':
      return t('party.now_host', { name });
    case 'muted':
      return t('party.now_muted', { name });
    case 'unmuted':
      return t('party.now_unmuted', { name });
    case 'skip_votes':
      return t('party.now_skip', { name });
    case 'excused':
      return t('party.now_excused', { name });
    default:
      return notice.text;
  }
}
