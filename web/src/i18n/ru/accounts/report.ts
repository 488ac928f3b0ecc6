/** As `../en/report.ts`, in Russian. */
import type { texts as en } from '../../en/accounts/report';
import type { Translated } from '../../translate';

export const texts: Translated<typeof en> = {
  'report.report': 'Пожаловаться',
  'report.title': 'Жалоба: «{title}»',
  'report.what': 'Что не так?',
  'report.text': 'Подробности, если нужны',
  'report.send': 'Отправить жалобу',
  'report.thanks': 'Спасибо. Модератор посмотрит.',

  'report_reason.wrong': 'Что-то неверно',
  'report_reason.broken': 'Не воспроизводится',
  'report_reason.duplicate': 'Здесь уже есть такое же',
  'report_reason.offensive': 'Оскорбительно',
  'report_reason.copyright': 'Нарушает авторское право',
  'report_reason.spam': 'Спам',
  'report_reason.other': 'Другое',
};
