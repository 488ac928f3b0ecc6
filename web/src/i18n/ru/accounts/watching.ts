/** As `../en/watching.ts`, in Russian. */
import type { texts as en } from '../../en/accounts/watching';
import type { Translated } from '../../translate';

export const texts: Translated<typeof en> = {
  'watching.limit': {
    one: 'Одновременно — до {count} просмотра.',
    few: 'Одновременно — до {count} просмотров.',
    many: 'Одновременно — до {count} просмотров.',
    other: 'Одновременно — до {count} просмотров.',
  },
  'watching.no_limit': 'Число одновременных просмотров не ограничено.',
  'watching.minute': 'Устройство, которое пропало без предупреждения, исчезнет из списка в течение минуты.',
  'watching.none': 'Сейчас ничего не воспроизводится',
  'watching.none_text': 'Здесь появится всё, что вы смотрите, на любом устройстве.',
  'watching.since': 'с {time}',
  'watching.unknown_device': 'Неизвестное устройство',
  'watching.here': 'этот вход',
  'watching.stop': 'Остановить',
  'watching.stop_one': 'Остановить «{title}» ({device})',
  'watching.stop_all': 'Остановить всё',
  'watching.limit_title': 'Слишком много просмотров',
  'watching.limit_text': {
    one: 'С этого аккаунта можно смотреть одновременно на {count} устройстве. Выберите, что остановить.',
    few: 'С этого аккаунта можно смотреть одновременно на {count} устройствах. Выберите, что остановить.',
    many: 'С этого аккаунта можно смотреть одновременно на {count} устройствах. Выберите, что остановить.',
    other: 'С этого аккаунта можно смотреть одновременно на {count} устройствах. Выберите, что остановить.',
  },
  'watching.take_over': 'Остановить и смотреть здесь',
  'watching.take_over_one': 'Остановить «{title}» ({device}) и смотреть здесь',
  'watching.choose': 'Выбрать, что остановить',
  'watching.watch_here': 'Смотреть здесь',
  'watching.stopped_title': 'Просмотр остановлен',
  'watching.stopped': 'Его остановили с другого устройства или страницы.',
  'watching.stopped_taken_over': 'Вы продолжили смотреть на другом устройстве.',
  'watching.stopped_moderator': 'Его остановил модератор.',
  'watching.stopped_signed_out': 'Сеанс, в котором он был начат, завершён.',
  'watching.stopped_unpublished': 'Этот тайтл больше недоступен.',
  'watching.admin_none_text': 'Просмотры появятся здесь, как только кто-нибудь их начнёт.',
  'watching.signed_out': 'Без входа',
};
