/** As `../en/studio.ts`, in Russian. */
import type { texts as en } from '../en/studio';
import type { Translated } from '../translate';

export const texts: Translated<typeof en> = {
  'edit.external_ids': 'Номера в других каталогах',
  'edit.release_new': 'Новый релиз',
  'edit.release_edit': 'Правка релиза',
  'edit.alias_hint': 'Строчные латинские буквы, цифры и дефисы. Часть адреса страницы.',
  'edit.create': 'Создать',
  'edit.publish': 'Опубликовать',
  'edit.published': 'Опубликовано',
  'edit.draft_note': 'Это черновик. Его видят только редакторы.',
  'edit.add_episode': 'Добавить серию',
  'edit.episode_name': 'Название серии',
  'edit.publish_episode': 'Опубликовать серию {ordinal}',
  'edit.genres_hint': 'Через запятую.',
  'edit.saved': 'Сохранено',

  'upload.choose': 'Загрузить видео',
  'upload.choose_for': 'Загрузить видео для серии {ordinal}',
  'upload.replace': 'Заменить видео',
  'upload.sending': 'Отправлено {sent} из {total}',
  'upload.paused': 'Связь потеряна. Продолжится само, когда она вернётся.',
  'upload.cancel': 'Отменить загрузку',
  'upload.queued': 'Ждёт обработки',
  'upload.processing': 'Обработка: {percent} %',
  'upload.done': 'Видео готово',
  'upload.failed': 'Видео не принято: {reason}',
  'upload.resumable': 'Прерванная отправка этого файла продолжится с того же места.',
};
