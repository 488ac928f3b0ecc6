/** As `../en/learnedNames.ts`, in Russian. */
import type { texts as en } from '../../en/catalog/learnedNames';
import type { Translated } from '../../translate';

export const texts: Translated<typeof en> = {
  'names.intro': 'Несколько человек искали это и открыли релиз, который так не называется. Принятое станет названием релиза и сразу будет находиться. Кто искал, не хранится.',
  'names.open': 'Решить',
  'names.accepted': 'Принятые',
  'names.rejected': 'Отклонённые',
  'names.show': 'Какие',
  'names.none_open': 'Решать нечего',
  'names.none_open_text': 'Здесь появится то, чем достаточно людей называют релиз без такого названия.',
  'names.none': 'Здесь пока ничего нет',
  'names.for': 'для',
  'names.gone': 'удалён или объединён',
  'names.spelling': 'Как это писать',
  'names.accept': 'Принять',
  'names.reject': 'Отклонить',
  'names.voices': { one: '{count} человек', few: '{count} человека', many: '{count} человек', other: '{count} человека' },
};
