/**
 * Every English text: what types the keys and placeholders. For types and tests only, as the client brings texts by part
 * (`../translate.ts`), so that nobody waits for those of pages they do not open.
 *
 * A new key goes into the file of its feature in `en/` and in `ru/`: into `common.ts` if the header, the catalogue or pages of
 * several features show it, into `errors.ts` if it is the code of a refusal. `routes.ts` says which page brings which files,
 * and `parts.test.ts` which one is missing there.
 */
import { texts as account } from './account';
import { texts as admin } from './admin';
import { texts as catalogue } from './catalogue';
import { texts as common } from './common';
import { texts as entries } from './entries';
import { texts as errors } from './errors';
import { texts as franchise } from './franchise';
import { texts as importFaults } from './importFaults';
import { texts as importing } from './importing';
import { texts as imports } from './imports';
import { texts as learnedNames } from './learnedNames';
import { texts as jobs } from './jobs';
import { texts as library } from './library';
import { texts as live } from './live';
import { texts as merging } from './merging';
import { texts as moderation } from './moderation';
import { texts as notifications } from './notifications';
import { texts as party } from './party';
import { texts as people } from './people';
import { texts as player } from './player';
import { texts as playerSettings } from './playerSettings';
import { texts as promos } from './promos';
import { texts as quality } from './quality';
import { texts as ratings } from './ratings';
import { texts as recommendations } from './recommendations';
import { texts as report } from './report';
import { texts as schedule } from './schedule';
import { texts as sources } from './sources';
import { texts as splitting } from './splitting';
import { texts as stale } from './stale';
import { texts as statistics } from './statistics';
import { texts as storage } from './storage';
import { texts as studio } from './studio';
import { texts as teams } from './teams';
import { texts as trailers } from './trailers';
import { texts as watching } from './watching';
import { texts as webhooks } from './webhooks';

export const en = {
  ...common,
  ...account,
  ...admin,
  ...catalogue,
  ...entries,
  ...errors,
  ...franchise,
  ...importFaults,
  ...importing,
  ...imports,
  ...learnedNames,
  ...jobs,
  ...library,
  ...live,
  ...merging,
  ...moderation,
  ...notifications,
  ...party,
  ...people,
  ...player,
  ...playerSettings,
  ...promos,
  ...quality,
  ...ratings,
  ...recommendations,
  ...report,
  ...schedule,
  ...sources,
  ...splitting,
  ...stale,
  ...statistics,
  ...storage,
  ...studio,
  ...teams,
  ...trailers,
  ...watching,
  ...webhooks,
};
