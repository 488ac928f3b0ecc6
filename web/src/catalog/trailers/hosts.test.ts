import { describe, expect, it } from 'vitest';
import { hostOf } from './hosts';

describe('hostOf', () => {
  it.each([
    ['https://www.youtube.com/watch?v=aqz-KE-bpKQ', 'youtube'],
    [' https://youtu.be/aqz-KE-bpKQ ', 'youtube'],
    ['http://player.vimeo.com/video/1084537', 'vimeo'],
    ['https://m.bilibili.com/video/BV1xx411c7mD', 'bilibili'],
  ])('knows whose %s is', (address, host) => {
    expect(hostOf(address)).toBe(host);
  });

  it.each(['', 'a trailer', 'https://youtube.com.evil.example/watch', 'javascript:alert(1)//youtube.com', 'https://example.org/?youtube.com'])('knows no host of %j', (address) => {
    expect(hostOf(address)).toBeNull();
  });
});
