/** Full screen, picture in picture, and controls that leave when nobody moves. */

/** Controls stay this long after the last sign of life while the video plays. */
const IDLE_MS = 2_800;

/** Full screen for video alone, which is all that phones of one maker offer. */
interface IosVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

export class Frame {
  fullscreen = $state(false);
  inPip = $state(false);
  awake = $state(true);
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #box: HTMLElement | null = null;

  readonly canPip = document.pictureInPictureEnabled;

  /** For `{@attach}` on the element that goes full screen. */
  readonly attach = (box: HTMLElement): (() => void) => {
    this.#box = box;
    const changed = (): void => {
      this.fullscreen = document.fullscreenElement === box;
    };
    document.addEventListener('fullscreenchange', changed);
    return () => {
      document.removeEventListener('fullscreenchange', changed);
      clearTimeout(this.#idleTimer);
      this.#box = null;
    };
  };

  /** For `{@attach}` on the video. */
  readonly attachVideo = (video: HTMLVideoElement): (() => void) => {
    const entered = (): void => {
      this.inPip = true;
    };
    const left = (): void => {
      this.inPip = false;
    };
    video.addEventListener('enterpictureinpicture', entered);
    video.addEventListener('leavepictureinpicture', left);
    return () => {
      video.removeEventListener('enterpictureinpicture', entered);
      video.removeEventListener('leavepictureinpicture', left);
    };
  };

  wake(): void {
    this.awake = true;
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => (this.awake = false), IDLE_MS);
  }

  sleep(): void {
    clearTimeout(this.#idleTimer);
    this.awake = false;
  }

  async toggleFullscreen(video: IosVideo | null): Promise<void> {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else if (this.#box?.requestFullscreen) await this.#box.requestFullscreen();
      else video?.webkitEnterFullscreen?.();
    } catch {
      // Refused by the browser or the page that embeds us: the picture simply stays as it is.
    }
  }

  async togglePip(video: HTMLVideoElement | null): Promise<void> {
    try {
      if (document.pictureInPictureElement) await document.exitPictureInPicture();
      else if (this.canPip) await video?.requestPictureInPicture();
    } catch {
      // No frame yet, or refused: as above.
    }
  }
}
