export interface Worker {
  /** "drain" finishes what is in flight; "now" gives it up, and a peer or the next start takes it over. */
  stop(mode?: 'drain' | 'now'): Promise<void>;
}

/** Starts one worker of this process. */
export async function startWorker({ databaseUrl }: { databaseUrl: string }): Promise<Worker> {
  return Promise.reject(new Error(`not built yet: ${databaseUrl.length}`));
}
