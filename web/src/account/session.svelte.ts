/** Who is signed in, for the pages. */
import { api } from '../api/client';
import type { Role, User } from '../api/types';
import { readSetting, removeSetting, saveSetting } from '../ui/localSettings';

/** Ascending: each role may do what the ones before it may. */
const ROLES: readonly Role[] = ['user', 'editor', 'moderator', 'admin'];

/** The cookie cannot be seen from here; this mark saves signed-out visitors a refresh that must fail. */
const MARK = 'signed_in';

class Session {
  #user = $state<User | null>(null);
  #ready = $state(false);
  #unreachable = $state(false);
  readonly #marked = readSetting(MARK, (value) => value === '1') !== null;

  /** They signed up in this very tab, and have not been welcomed yet. */
  isNew = $state(false);

  constructor() {
    api.onUser = (user) => {
      this.#take(user);
      if (!user) this.isNew = false;
      if (user) saveSetting(MARK, '1');
      else removeSetting(MARK);
    };
  }

  get user(): User | null {
    return this.#user;
  }

  /** True once it is known whether somebody is signed in. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Whether the server did not say, when the page was opened, who is signed in. */
  get unreachable(): boolean {
    return this.#unreachable;
  }

  get canEdit(): boolean {
    return this.may('editor');
  }

  /** Whether the signed-in person has this role or a higher one. */
  may(role: Role): boolean {
    return this.#user !== null && ROLES.indexOf(this.#user.role) >= ROLES.indexOf(role);
  }

  /** Whether somebody is signed in or, while that is not known, was when this browser was here last: what is theirs keeps its place. */
  get likely(): boolean {
    return this.#user !== null || (!this.#ready && this.#marked);
  }

  /** Takes over what the server said of the signed-in person after a change of theirs. */
  changed(user: User): void {
    this.#take(user);
  }

  /** The token is renewed every few minutes: who is the same as before must not set off what a page reads when somebody signs in. */
  #take(user: User | null): void {
    if (JSON.stringify(user) !== JSON.stringify(this.#user)) this.#user = user;
  }

  /** Picks the session up from the refresh cookie, if one was ever left here. */
  async restore(): Promise<void> {
    try {
      if (readSetting(MARK, (value) => value === '1')) await api.refresh();
    } catch {
      // Not signed out: nobody knows. A page that sent them to log in would be wrong.
      this.#unreachable = true;
    } finally {
      this.#ready = true;
    }
  }
}

export const session = new Session();
