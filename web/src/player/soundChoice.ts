/**
 * One kind of sound of a multivariant playlist: stereo or surround.
 *
 * hls.js chooses among variants of one codec by bandwidth alone, and would go from stereo to surround and back as the link allows.
 */
import Hls, { type HlsConfig } from 'hls.js';

/** RFC 8216 §4.3.4.1, CHANNELS: fewer are no surround sound. */
const SURROUND_CHANNELS = 6;

export interface SoundChoice {
  readonly text: string;
  /** Whether there is surround sound beside stereo that can be played here. */
  readonly hasSurround: boolean;
}

interface Variant {
  readonly line: string;
  readonly uri: string;
  readonly group: string;
  readonly isSurround: boolean;
}

/** The playlist with variants of one kind of sound; as it is where it has no two kinds. */
export function withSound(text: string, surround: boolean, plays: (codecs: string) => boolean): SoundChoice {
  const lines = text.split('\n');
  const wide = new Set(
    lines.filter((line) => isSound(line) && Number.parseInt(attribute(line, 'CHANNELS'), 10) >= SURROUND_CHANNELS).map((line) => attribute(line, 'GROUP-ID')),
  );
  const variants = lines.flatMap((line, at): Variant[] => {
    if (!line.startsWith('#EXT-X-STREAM-INF:')) return [];
    const group = attribute(line, 'AUDIO');
    return [{ line, uri: lines[at + 1] ?? '', group, isSurround: wide.has(group) }];
  });
  const stereo = variants.filter((variant) => !variant.isSurround);
  const playable = variants.filter((variant) => variant.isSurround && plays(attribute(variant.line, 'CODECS')));
  if (stereo.length === 0 || stereo.length === variants.length) return { text, hasSurround: false };
  const hasSurround = playable.length > 0;
  // Of two codecs of surround sound the first: between them nothing is to be chosen by bandwidth, either.
  const codec = sound(playable[0]);
  const kept = surround && hasSurround ? playable.filter((variant) => sound(variant) === codec) : stereo;
  // The server lists first what to begin with.
  const first = kept.find((variant) => variant.uri === variants[0]?.uri) ?? kept[0];
  const ordered = first ? [first, ...kept.filter((variant) => variant !== first)] : kept;
  const groups = new Set(kept.map((variant) => variant.group));
  const others = lines.filter((line, at) => {
    if (line.startsWith('#EXT-X-STREAM-INF:') || lines[at - 1]?.startsWith('#EXT-X-STREAM-INF:')) return false;
    return !isSound(line) || groups.has(attribute(line, 'GROUP-ID'));
  });
  const end = others.at(-1) === '' ? others.pop() : undefined;
  const whole = [...others, ...ordered.flatMap(({ line, uri }) => [line, uri]), ...(end === undefined ? [] : [end])];
  return { text: whole.join('\n'), hasSurround };
}

/** The setting of hls.js with which it gets `rewrite` of each multivariant playlist. */
export function rewriting(rewrite: (text: string) => string): { pLoader: NonNullable<HlsConfig['pLoader']> } {
  class RewritingLoader extends Hls.DefaultConfig.loader {
    override load(...[context, config, callbacks]: Parameters<InstanceType<HlsConfig['loader']>['load']>): void {
      if (!('type' in context) || context.type !== 'manifest') {
        super.load(context, config, callbacks);
        return;
      }
      super.load(context, config, {
        ...callbacks,
        onSuccess: (response, ...rest) => {
          const { data } = response;
          callbacks.onSuccess(typeof data === 'string' ? { ...response, data: rewrite(data) } : response, ...rest);
        },
      });
    }
  }
  return { pLoader: RewritingLoader as unknown as NonNullable<HlsConfig['pLoader']> };
}

/** Whether this browser puts such media into a media source. */
export function playsHere(codecs: string): boolean {
  return Hls.getMediaSource()?.isTypeSupported(`video/mp4; codecs="${codecs}"`) ?? false;
}

function isSound(line: string): boolean {
  return line.startsWith('#EXT-X-MEDIA:') && /[:,]TYPE=AUDIO(,|$)/.test(line);
}

/** Codecs of sound and picture differ in order nowhere: what follows the picture's. */
function sound(variant: Variant | undefined): string {
  return variant ? attribute(variant.line, 'CODECS').split(',').slice(1).join() : '';
}

function attribute(line: string, name: string): string {
  return new RegExp(`[:,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
}
