import { describe, expect, it } from 'vitest';
import { parseStoryboard, thumbnailAt } from './storyboard';

const FILE = `WEBVTT

00:00.000 --> 00:10.000
sheet-0.jpg#xywh=0,0,160,90

1
00:00:10.000 --> 00:00:20.000
sheet-0.jpg#xywh=160,0,160,90

NOTE no rectangle
00:20.000 --> 00:30.000
sheet-0.jpg

01:00:00.500 --> 01:00:10.500
https://cdn.example.com/sheet-1.jpg#xywh=pixel:0,90,160,90
`;

const BASE = 'https://ani.example.com/hls/token/asset/storyboard/storyboard.vtt';

describe('parseStoryboard', () => {
  it('reads times, rectangles and relative addresses', () => {
    expect(parseStoryboard(FILE, BASE)).toEqual([
      { startMs: 0, endMs: 10_000, url: 'https://ani.example.com/hls/token/asset/storyboard/sheet-0.jpg', x: 0, y: 0, width: 160, height: 90 },
      { startMs: 10_000, endMs: 20_000, url: 'https://ani.example.com/hls/token/asset/storyboard/sheet-0.jpg', x: 160, y: 0, width: 160, height: 90 },
      { startMs: 3_600_500, endMs: 3_610_500, url: 'https://cdn.example.com/sheet-1.jpg', x: 0, y: 90, width: 160, height: 90 },
    ]);
  });

  it('reads files with Windows line ends', () => {
    expect(parseStoryboard(FILE.replaceAll('\n', '\r\n'), BASE)).toHaveLength(3);
  });

  it('gives nothing for a file that is something else', () => {
    expect(parseStoryboard('<html>', BASE)).toEqual([]);
  });
});

describe('thumbnailAt', () => {
  const thumbnails = parseStoryboard(FILE, BASE);

  it.each([
    [0, 0],
    [9_999, 0],
    [10_000, 160],
    [25_000, 160],
    [3_700_000, 0],
  ])('at %s ms shows the rectangle at x = %s', (positionMs, x) => {
    expect(thumbnailAt(thumbnails, positionMs)?.x).toBe(x);
  });

  it('is null without thumbnails', () => {
    expect(thumbnailAt([], 5)).toBeNull();
  });
});
