/** The present minute, for countdowns. */
export function minuteClock(): { readonly now: number } {
  let now = $state(Date.now());
  $effect(() => {
    let timer = 0;
    const tick = (): void => {
      now = Date.now();
      // At the next full minute, and never behind it: timers come late.
      timer = window.setTimeout(tick, 60_050 - (now % 60_000));
    };
    tick();
    return () => {
      clearTimeout(timer);
    };
  });
  return {
    get now() {
      return now;
    },
  };
}
