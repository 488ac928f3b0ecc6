/** The present minute, for countdowns. */
export function minuteClock(): { readonly now: number } {
  let now = $state(Date.now());
  $effect(() => {
    let timer = 0;
    const tick = (): void => {
      // Not read back from the state, or the effect would wait for what it writes itself.
      const at = Date.now();
      now = at;
      // At the next full minute, and never behind it: timers come late.
      timer = window.setTimeout(tick, 60_050 - (at % 60_000));
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
