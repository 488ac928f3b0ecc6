import { describe, expect, it } from 'vitest';
import { withSound } from './soundChoice';

const media = (group: string, channels: number, folder: string): string =>
  `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${group}",LANGUAGE="en",NAME="Dub, AUDIO=1",CHANNELS="${channels}",URI="${folder}/main.m3u8"`;
const variant = (height: number, group: string, codec: string): string[] => [
  `#EXT-X-STREAM-INF:BANDWIDTH=${height},CODECS="avc1.64001f,${codec}",AUDIO="${group}"`,
  `v${height}/main.m3u8`,
];
const STEREO = media('audio', 2, 'a-en');
const AAC = media('surround-mp4a', 6, 'surround-en');
const DOLBY = media('surround-ec-3', 6, 'surround-en-2');
const HEAD = ['#EXTM3U', '#EXT-X-VERSION:6'];
const IFRAMES = '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="v720/iframes.m3u8"';
const MASTER = [
  ...HEAD,
  STEREO,
  DOLBY,
  AAC,
  ...variant(720, 'audio', 'mp4a.40.2'),
  ...variant(360, 'audio', 'mp4a.40.2'),
  ...variant(360, 'surround-ec-3', 'ec-3'),
  ...variant(720, 'surround-ec-3', 'ec-3'),
  ...variant(360, 'surround-mp4a', 'mp4a.40.2'),
  ...variant(720, 'surround-mp4a', 'mp4a.40.2'),
  IFRAMES,
  '',
].join('\n');
const everything = (): boolean => true;
const noDolby = (codecs: string): boolean => !codecs.includes('ec-3');

describe('withSound', () => {
  it('leaves stereo alone where nobody wants more', () => {
    expect(withSound(MASTER, false, everything)).toEqual({
      hasSurround: true,
      text: [...HEAD, STEREO, IFRAMES, ...variant(720, 'audio', 'mp4a.40.2'), ...variant(360, 'audio', 'mp4a.40.2'), ''].join('\n'),
    });
  });

  it('gives the surround sound that can be played, and begins with what the server lists first', () => {
    expect(withSound(MASTER, true, noDolby).text).toBe(
      [...HEAD, AAC, IFRAMES, ...variant(720, 'surround-mp4a', 'mp4a.40.2'), ...variant(360, 'surround-mp4a', 'mp4a.40.2'), ''].join('\n'),
    );
  });

  it('takes one codec of two', () => {
    const { text } = withSound(MASTER, true, everything);
    expect(text).toContain(DOLBY);
    expect(text).not.toContain('surround-mp4a');
  });

  it('stays in stereo where nothing else can be played', () => {
    const found = withSound(MASTER, true, () => false);
    expect(found.hasSurround).toBe(false);
    expect(found.text).toBe(withSound(MASTER, false, everything).text);
  });

  it('leaves playlists alone that have no two kinds', () => {
    const others = [
      [...HEAD, STEREO, ...variant(720, 'audio', 'mp4a.40.2'), ''],
      [...HEAD, AAC, ...variant(720, 'surround-mp4a', 'mp4a.40.2'), ''],
      // Two qualities of stereo.
      [...HEAD, STEREO, media('low', 2, 'l'), ...variant(720, 'audio', 'mp4a.40.2'), ...variant(360, 'low', 'mp4a.40.5'), ''],
      ['#EXTM3U', '#EXTINF:4,', '1.ts', ''],
      [''],
    ].map((lines) => lines.join('\n'));
    for (const text of others) expect(withSound(text, true, everything)).toEqual({ text, hasSurround: false });
  });
});
