import { mount } from 'svelte';
import App from './App.svelte';
import { session } from './account/session.svelte';
import { language } from './i18n/i18n.svelte';
import { router } from './router/router.svelte';
import { loadPage, PATHS } from './routes';
import { forgetFormerSettings } from './ui/localSettings';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

forgetFormerSettings();
router.start(PATHS);
void session.restore();
const spoken = language.start();
// The page and its texts come beside those of the shell; App asks again, and tells if they cannot be had.
loadPage(router.match.name).catch(() => undefined);
void spoken.then(() => mount(App, { target }));
