/** What the kinds of background jobs are called. */
import { t } from '../i18n/i18n.svelte';

const KINDS = {
  ingest: 'jobs.ingest',
  change_tracks: 'jobs.tracks',
  repackage: 'jobs.repackage',
  recording_episode: 'jobs.recording',
  'catalog-import': 'jobs.import',
  'attach-imported-streams': 'jobs.import_stream',
  'library-import': 'jobs.library',
  'recommendation-model': 'jobs.model',
  'follow-voter': 'jobs.voter',
  'fetch-ad-creative': 'jobs.ad_creative',
} as const;

/** A kind that a newer server has is called as it is stored. */
export function kindName(kind: string): string {
  return isKnown(kind) ? t(KINDS[kind]) : kind;
}

function isKnown(kind: string): kind is keyof typeof KINDS {
  return Object.hasOwn(KINDS, kind);
}
