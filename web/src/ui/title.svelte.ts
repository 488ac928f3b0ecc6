/** Sets the tab's title while a page is shown; screen readers hear it on navigation. */
let current = $state('');
let page = '';
let notice = '';

export const announced = {
  get title(): string {
    return current;
  },
};

/** Call once while a page component initialises. */
export function pageTitle(text: () => string): void {
  $effect(() => {
    page = text();
    show();
  });
}

/** The title as long as a notice stands in place of the whole page; call while that initialises. */
export function noticeTitle(text: () => string): void {
  $effect(() => {
    notice = text();
    show();
    return () => {
      notice = '';
      show();
    };
  });
}

function show(): void {
  const title = notice || page;
  current = title; // Written only: an effect that read it would run itself again.
  document.title = title ? `${title} · Ani` : 'Ani';
}
