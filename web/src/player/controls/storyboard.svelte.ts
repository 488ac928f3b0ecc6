/** The pictures of the seek bar, as the player shows them. */
import { readStoryboard, type Thumbnail } from './storyboard';

/** Those of the storyboard at `url`, read while the component that asks is there; none until they are. */
export function thumbnailsOf(url: () => string | null): { readonly current: readonly Thumbnail[] } {
  // Derived: the same address again is the same storyboard.
  const wanted = $derived(url());
  let thumbnails = $state.raw<readonly Thumbnail[]>([]);
  $effect(() => {
    thumbnails = [];
    return wanted ? readStoryboard(wanted, (found) => (thumbnails = found)) : undefined;
  });
  return {
    get current() {
      return thumbnails;
    },
  };
}
