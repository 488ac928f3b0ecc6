/** A test of the line before going live: what one would send goes to the server, which measures it and shows it to nobody. */
import { getLineTest, type LineReport } from '../../api/live/channels';
import { Publishing } from './whip';

const LOOK_MS = 1_000;
/** The server's own limit, and a little for the way. */
const MAX_MS = 40_000;

export type Limit = '' | 'cpu' | 'bandwidth';

export class LineTester {
  running = $state(false);
  /** Whole seconds since it began. */
  seconds = $state(0);
  report = $state.raw<LineReport | null>(null);
  /** What the browser says keeps it from sending more; of a test in this page alone. */
  limitedBy = $state<Limit>('');
  maxKbps = $state(0);
  /** It is over, and nobody knows how it went. */
  lost = $state(false);

  #publishing: Publishing | null = null;
  #stopped = new AbortController();

  /** What the last one found, if that is not long ago. */
  async load(channelId: string): Promise<void> {
    const found = await getLineTest(channelId);
    this.report = found.report;
    this.maxKbps = found.max_kbps;
  }

  /** Raises Problem. */
  async run(channelId: string, stream: MediaStream): Promise<void> {
    await this.close();
    const stopped = (this.#stopped = new AbortController());
    const publishing = new Publishing(stream);
    this.#publishing = publishing;
    this.running = true;
    this.lost = false;
    this.seconds = 0;
    this.report = null;
    this.limitedBy = '';
    // The server hears of it by the session's end, and says what there was.
    publishing.onEnded = () => void publishing.close();
    try {
      await publishing.open(channelId, { test: true });
      await this.#wait(channelId, publishing, stopped.signal);
    } finally {
      if (this.#publishing === publishing) this.#publishing = null;
      await publishing.close();
      this.running = false;
    }
  }

  async #wait(channelId: string, publishing: Publishing, stopped: AbortSignal): Promise<void> {
    const began = performance.now();
    while (performance.now() - began < MAX_MS && !stopped.aborted) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      this.seconds = Math.round((performance.now() - began) / 1000);
      const [found, sent] = await Promise.all([getLineTest(channelId), publishing.sent().catch(() => null)]);
      // Of the last looks: at its beginning every encoder is held back.
      if (sent && found.running) this.limitedBy = sent.limitedBy;
      this.maxKbps = found.max_kbps;
      if (!found.running) {
        this.report = found.report;
        this.lost = found.report === null;
        return;
      }
    }
    this.lost = !stopped.aborted;
  }

  /** End a test that goes on; what it found until then is shown. */
  async close(): Promise<void> {
    const publishing = this.#publishing;
    await publishing?.close();
  }

  /** Nobody looks any more. */
  async leave(): Promise<void> {
    this.#stopped.abort();
    await this.close();
  }
}
