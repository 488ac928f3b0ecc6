/** Telling the moderators that something is wrong. In English. */
export const texts = {
  'report.report': 'Report',
  'report.title': 'Report “{title}”',
  'report.what': 'What is wrong?',
  'report.text': 'Details, if they help',
  'report.send': 'Send the report',
  'report.thanks': 'Thank you. A moderator will look at it.',

  'report_reason.wrong': 'Something is not right',
  'report_reason.broken': 'Does not play',
  'report_reason.duplicate': 'Here twice',
  'report_reason.offensive': 'Offensive or abusive',
  'report_reason.copyright': 'Infringes a copyright',
  'report_reason.spam': 'Spam',
  'report_reason.other': 'Something else',
} as const;
