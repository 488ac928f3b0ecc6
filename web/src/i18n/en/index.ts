/**
 * Every English text: what types the keys and placeholders. For types and tests only, as the client brings texts by part
 * (`../translate.ts`), so that nobody waits for those of pages they do not open.
 *
 * A new key goes into the file of its feature in a folder of `en/` and the same one of `ru/`: into `common.ts` if the header, the catalogue or pages of
 * several features show it, into `errors.ts` if it is the code of a refusal. `routes.ts` says which page brings which files,
 * and `parts.test.ts` which one is missing there.
 */
import { texts as account } from './accounts/account';
import { texts as admin } from './administration/admin';
import { texts as catalogue } from './catalog/catalogue';
import { texts as common } from './common';
import { texts as entries } from './catalog/entries';
import { texts as errors } from './errors';
import { texts as franchise } from './catalog/franchise';
import { texts as importFaults } from './administration/importFaults';
import { texts as importing } from './accounts/importing';
import { texts as imports } from './administration/imports';
import { texts as learnedNames } from './catalog/learnedNames';
import { texts as jobs } from './administration/jobs';
import { texts as library } from './accounts/library';
import { texts as live } from './playback/live';
import { texts as merging } from './catalog/merging';
import { texts as moderation } from './accounts/moderation';
import { texts as notifications } from './accounts/notifications';
import { texts as party } from './playback/party';
import { texts as people } from './catalog/people';
import { texts as player } from './playback/player';
import { texts as playerSettings } from './playback/playerSettings';
import { texts as promos } from './playback/promos';
import { texts as quality } from './playback/quality';
import { texts as ratings } from './catalog/ratings';
import { texts as recommendations } from './catalog/recommendations';
import { texts as report } from './accounts/report';
import { texts as schedule } from './catalog/schedule';
import { texts as sources } from './playback/sources';
import { texts as splitting } from './catalog/splitting';
import { texts as stale } from './catalog/stale';
import { texts as statistics } from './accounts/statistics';
import { texts as storage } from './administration/storage';
import { texts as studio } from './playback/studio';
import { texts as teams } from './accounts/teams';
import { texts as trailers } from './catalog/trailers';
import { texts as watching } from './accounts/watching';
import { texts as webhooks } from './accounts/webhooks';

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
