/** Every Russian text, for tests; see `../en/index.ts`. */
import { texts as account } from './account';
import { texts as admin } from './admin';
import { texts as catalogue } from './catalogue';
import { texts as common } from './common';
import { texts as entries } from './entries';
import { texts as errors } from './errors';
import { texts as franchise } from './franchise';
import { texts as importing } from './importing';
import { texts as imports } from './imports';
import { texts as learnedNames } from './learnedNames';
import { texts as library } from './library';
import { texts as merging } from './merging';
import { texts as moderation } from './moderation';
import { texts as notifications } from './notifications';
import { texts as party } from './party';
import { texts as people } from './people';
import { texts as player } from './player';
import { texts as ratings } from './ratings';
import { texts as recommendations } from './recommendations';
import { texts as report } from './report';
import { texts as schedule } from './schedule';
import { texts as sources } from './sources';
import { texts as splitting } from './splitting';
import { texts as statistics } from './statistics';
import { texts as studio } from './studio';
import { texts as teams } from './teams';
import { texts as webhooks } from './webhooks';

export const ru = {
  ...common,
  ...account,
  ...admin,
  ...catalogue,
  ...entries,
  ...errors,
  ...franchise,
  ...importing,
  ...imports,
  ...learnedNames,
  ...library,
  ...merging,
  ...moderation,
  ...notifications,
  ...party,
  ...people,
  ...player,
  ...ratings,
  ...recommendations,
  ...report,
  ...schedule,
  ...sources,
  ...splitting,
  ...statistics,
  ...studio,
  ...teams,
  ...webhooks,
};
