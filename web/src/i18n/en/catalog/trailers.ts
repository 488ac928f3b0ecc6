/** Trailers on a release's page. In English. */
export const texts = {
  'trailers.title': 'Trailers',
  'trailers.one': 'Trailer',
  'trailers.numbered': 'Trailer {place}',
  'trailers.play': 'Play {name} from {host}',
  'trailers.open': 'Open at {host}',
  'trailers.close': 'Close the player',
  'trailers.privacy': 'Nothing is loaded from these sites until you press play. They may then set cookies.',
} as const;
