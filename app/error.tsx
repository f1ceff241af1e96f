'use client';

import { ErrorState } from '@/components/ui/error-state';

/** A fault of ours in a page. The digest stands in the server's log beside the reason. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div className="grid h-full min-h-[60vh] place-items-center">
      <ErrorState title="This page could not be shown" reference={error.digest} onRetry={reset}>
        Something went wrong on our side. Try again; if it happens again, look the reference up in the log.
      </ErrorState>
    </div>
  );
}
