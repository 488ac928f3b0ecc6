/** Dark unless the viewer chose light; `boot.js` applies the choice before the first paint. */
import { remember } from './memory';

export type Theme = 'dark' | 'light';

class ThemeSwitch {
  #theme = $state<Theme>(document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark');

  get theme(): Theme {
    return this.#theme;
  }

  toggle(): void {
    this.#theme = this.#theme === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = this.#theme;
    remember('theme', this.#theme);
  }
}

export const themeSwitch = new ThemeSwitch();
