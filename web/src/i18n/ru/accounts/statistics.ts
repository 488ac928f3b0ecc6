/** As `../en/statistics.ts`, in Russian. */
import type { texts as en } from '../../en/accounts/statistics';
import type { Translated } from '../../translate';

export const texts: Translated<typeof en> = {
  'statistics.title': 'Статистика',
  'statistics.hours': 'Часов просмотра',
  'statistics.episodes': 'Серий',
  'statistics.rewatches': 'Пересмотрено',
  'statistics.mean_score': 'Средняя оценка',
  'statistics.scores': 'Поставленные оценки',
  'statistics.genres': 'Жанры',
  'statistics.types': 'Виды',
  'statistics.years': 'Годы',
  'statistics.titles': 'Релизы',
  'statistics.time': 'Время',
  'statistics.mean': 'Оценка',
  'statistics.all': 'Все: {count}',
  'statistics.fewer': 'Меньше',
  'statistics.activity': 'За год',
  'statistics.active': { one: 'Просмотры в {count} день.', few: 'Просмотры в {count} дня.', many: 'Просмотры в {count} дней.', other: 'Просмотры в {count} дня.' },
  'statistics.active_episodes': { one: 'Всего {count} серия.', few: 'Всего {count} серии.', many: 'Всего {count} серий.', other: 'Всего {count} серии.' },
  'statistics.busiest': { one: 'Больше всего {day}: {count} серия.', few: 'Больше всего {day}: {count} серии.', many: 'Больше всего {day}: {count} серий.', other: 'Больше всего {day}: {count} серии.' },
  'statistics.day': { one: '{day}: {count} серия', few: '{day}: {count} серии', many: '{day}: {count} серий', other: '{day}: {count} серии' },
  'statistics.empty': 'Считать пока нечего',
  'statistics.empty_text': 'Здесь считается всё, что вы смотрите и оцениваете.',
  'statistics.share_it': 'Показать это другим: переключатель в настройках аккаунта',

  'profile.none': 'Такого профиля нет',
  'profile.none_text': 'Так никого не зовут, или этот человек держит библиотеку при себе.',
  'profile.since': 'Здесь с: {month}',
  'profile.change': 'Что видят другие',
  'profile.compare': 'Сравнить вкусы',
  'profile.agrees': 'Вкусы совпадают на {percent} %',
  'profile.common': { one: 'По {count} релизу, который оценили вы оба; 50 % — связи нет.', few: 'По {count} релизам, которые оценили вы оба; 50 % — связи нет.', many: 'По {count} релизам, которые оценили вы оба; 50 % — связи нет.', other: 'По {count} релизам, которые оценили вы оба; 50 % — связи нет.' },
  'profile.too_little': 'Пока мало для сравнения: релизов с оценками вас обоих – {common}, а нужно {minimum}, и оценки должны различаться.',
};
