/** As `../en/trailers.ts`, in Russian. */
import type { texts as en } from '../../en/catalog/trailers';
import type { Translated } from '../../translate';

export const texts: Translated<typeof en> = {
  'trailers.title': 'Трейлеры',
  'trailers.one': 'Трейлер',
  'trailers.numbered': 'Трейлер {place}',
  'trailers.play': 'Воспроизвести «{name}» с {host}',
  'trailers.open': 'Открыть на {host}',
  'trailers.close': 'Закрыть плеер',
  'trailers.privacy': 'До нажатия с этих сайтов ничего не загружается. После него они могут сохранить файлы cookie.',
};
