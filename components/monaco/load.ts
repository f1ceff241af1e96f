export type Monaco = typeof import('./setup').monaco;

let loading: Promise<Monaco> | undefined;

/** Loads the editor once. Call it early (on hover, when a page with a webhook is there), so that it opens at once. */
export function loadMonaco(): Promise<Monaco> {
  loading ??= import('./setup')
    .then(({ monaco }) => monaco)
    .catch((error: unknown) => {
      // The next one who wants it tries again.
      loading = undefined;
      throw error;
    });
  return loading;
}
