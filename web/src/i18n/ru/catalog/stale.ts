/** As `../en/stale.ts`, in Russian. */
import type { texts as en } from '../../en/catalog/stale';
import type { Translated } from '../../translate';

export const texts: Translated<typeof en> = {
  'stale.title': 'Кто-то сохранил раньше вас',
  'stale.same': 'Вы оба написали одно и то же.',
  'stale.mine': 'У вас:',
  'stale.theirs': 'У них:',
  'stale.keep_mine': 'Оставить моё',
  'stale.take_theirs': 'Взять их',
};
