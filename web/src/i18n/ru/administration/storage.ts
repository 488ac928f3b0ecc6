/** As `../en/storage.ts`, in Russian. */
import type { texts as en } from '../../en/administration/storage';
import type { Translated } from '../../translate';

export const texts: Translated<typeof en> = {
  'storage.places': 'Что где лежит',
  'storage.place_local': 'Папка этой машины',
  'storage.place_s3': 'Бакет',
  'storage.takes_new': 'Новые видео попадают сюда',
  'storage.recordings': 'Записи живых каналов',
  'storage.uploads': 'Загрузки, которые ждут',
  'storage.videos_count': { one: '{count} видео', few: '{count} видео', many: '{count} видео', other: '{count} видео' },
  'storage.files_count': { one: '{count} файл', few: '{count} файла', many: '{count} файлов', other: '{count} файла' },
  'storage.check': 'Последняя проверка',
  'storage.check_never': 'Проверок ещё не было. «ani storage check» читает все файлы и сверяет их с контрольными суммами.',
  'storage.check_good': 'Всё так, как было опубликовано',
  'storage.check_faults': {
    one: 'Повреждён или пропал {count} файл',
    few: 'Повреждены или пропали {count} файла',
    many: 'Повреждены или пропали {count} файлов',
    other: 'Повреждены или пропали {count} файла',
  },
  'storage.check_read': '{videos}, {files}, {size}; {time}',
  'storage.garbage': 'Что не принадлежит ни одному видео',
  'storage.garbage_text': 'Здесь только просмотр. Удаляет «ani storage gc»; что менялось за последние сутки, остаётся.',
  'storage.garbage_look': 'Поискать',
  'storage.garbage_again': 'Поискать снова',
  'storage.garbage_none': 'Убирать нечего.',
  'storage.garbage_found': {
    one: '{count} папка, {size}',
    few: '{count} папки, {size}',
    many: '{count} папок, {size}',
    other: '{count} папки, {size}',
  },
  'storage.garbage_more': {
    one: 'и ещё {count} поменьше',
    few: 'и ещё {count} поменьше',
    many: 'и ещё {count} поменьше',
    other: 'и ещё {count} поменьше',
  },
  'storage.reason_gone': 'от видео, которого больше нет',
  'storage.reason_cut_off': 'прерванная передача',
  'storage.reason_left_over': 'осталось от переноса или копии',
};
