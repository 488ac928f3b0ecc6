/** Names that people search releases by. */
export const texts = {
  'names.intro': 'Several people searched for this and then opened that release, which is not called so. Accepted, it is a name of the release, and found at once. Who they were is not kept.',
  'names.open': 'To decide',
  'names.accepted': 'Accepted',
  'names.rejected': 'Rejected',
  'names.show': 'Which ones',
  'names.none_open': 'Nothing to decide',
  'names.none_open_text': 'What enough people call a release that has no such name waits here.',
  'names.none': 'There is nothing here yet',
  'names.for': 'for',
  'names.gone': 'deleted or merged',
  'names.spelling': 'How it is to be written',
  'names.accept': 'Accept',
  'names.reject': 'Reject',
  'names.voices': { one: '{count} person', other: '{count} people' },
} as const;
