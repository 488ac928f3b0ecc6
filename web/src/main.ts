import { mount } from 'svelte';
import App from './App.svelte';
import { session } from './account/session.svelte';
import { router } from './router/router.svelte';
import { PATHS } from './routes';
import './styles/tokens.css';
import './styles/base.css';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

router.start(PATHS);
void session.restore();
mount(App, { target });
