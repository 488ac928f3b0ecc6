/** Sets the tab's title while a page is shown; screen readers hear it on navigation. */
let current = $state('');

export const announced = {
  get title(): string {
    return current;
  },
};

/** Call once while a page component initialises. */
export function pageTitle(text: () => string): void {
  $effect(() => {
    current = text();
    document.title = current ? `${current} · Ani` : 'Ani';
  });
}
