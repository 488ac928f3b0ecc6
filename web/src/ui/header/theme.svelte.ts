/** The theme chosen here, else the one of the system; `boot.js` applies it before the first paint. */
import { readSetting, saveSetting } from '../localSettings';

export type Theme = 'dark' | 'light';

const SYSTEM_IS_LIGHT = '(prefers-color-scheme: light)';

const isTheme = (value: string): value is Theme => value === 'dark' || value === 'light';

class ThemeSwitch {
  #theme = $state<Theme>(document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark');

  constructor() {
    matchMedia(SYSTEM_IS_LIGHT).addEventListener('change', (system) => {
      if (readSetting('theme', isTheme) === null) this.#use(system.matches ? 'light' : 'dark');
    });
    this.#tint();
  }

  get theme(): Theme {
    return this.#theme;
  }

  toggle(): void {
    this.#use(this.#theme === 'dark' ? 'light' : 'dark');
    saveSetting('theme', this.#theme);
  }

  #use(theme: Theme): void {
    this.#theme = theme;
    document.documentElement.dataset['theme'] = theme;
    this.#tint();
  }

  /** Phones draw their bars in the colour of the page. */
  #tint(): void {
    const page = getComputedStyle(document.documentElement).getPropertyValue('--bg');
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', page.trim());
  }
}

export const themeSwitch = new ThemeSwitch();
