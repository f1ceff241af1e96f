'use client';

import { useAsk } from '@/components/call';
import { Count } from '@/components/ui/count';
import type { PanelProps } from '../panel-props';

export function NowPanel(_props: PanelProps<'now'>) {
  const { data } = useAsk('customer.list', { limit: 1 });
  return (
    <p className="text-muted">
      Every customer of the project enters once, at the moment of Start.
      {data?.total != null ? (
        <>
          {' '}
          At present these are{' '}
          <span className="font-medium text-ink">
            <Count value={data.total} exact />
          </span>
          .
        </>
      ) : null}{' '}
      Put a condition behind it to choose among them.
    </p>
  );
}
