'use client';

import { Network } from 'lucide-react';
import { type OutputOf, useAsk } from '@/components/call';
import { Badge } from '@/components/ui/badge';
import { Banner } from '@/components/ui/banner';
import { Count } from '@/components/ui/count';
import { RelativeTime } from '@/components/ui/relative-time';
import { Stat } from '@/components/ui/stat';
import { Table, Td, THead, Th, Tr } from '@/components/ui/table';
import { Tooltip } from '@/components/ui/tooltip';
import { duration } from './duration';
import { useScenario } from './scenario-context';

export type Forecast = OutputOf<'scenario.forecast'>;

/** What sets the time of a webhook's requests. */
const BOUND_BY = {
  policy: 'the policy is the limit',
  'speed-limit': 'its legacy speed limit',
  latency: 'as fast as it answers',
} as const;

/** A forecast in three figures; `seconds` is null when it is not known. */
export function inShort({ customers, requests }: Forecast) {
  const seconds = requests.map((each) => each.seconds);
  return {
    customers,
    requests: requests.reduce((sum, each) => sum + each.requests, 0),
    seconds: requests.length > 0 && seconds.every((each) => each !== null) ? Math.max(...seconds) : null,
  };
}

/** What a start would do: who comes, which requests, how long. */
export function Expected({ forecast }: { forecast: Forecast }) {
  const { customers, interactions, exact, requests, triggers, warnings } = forecast;
  const about = exact ? '' : 'about ';
  const { requests: total, seconds: finish } = inShort(forecast);
  return (
    <>
      <div className="grid grid-cols-4 gap-4">
        <Stat label="Customers" value={<Count value={customers} exact />} />
        <Stat
          label="Interactions"
          value={
            <>
              {about}
              <Count value={interactions} exact />
            </>
          }
        />
        <Stat
          label="Requests"
          value={
            <>
              {about}
              <Count value={total} exact />
            </>
          }
        />
        <Stat label="Done in about" value={finish === null ? 'not known' : duration(finish)} />
      </div>
      {triggers.length > 0 ? <p className="text-muted text-sm">{triggers.join(' ')}</p> : null}
      {requests.length > 0 ? <Requests requests={requests} /> : null}
      <Checks requests={requests} />
      {warnings.map((warning) => (
        <Banner key={warning} tone="warning">
          {warning}
        </Banner>
      ))}
    </>
  );
}

/** How old the last check of each webhook is, and what it said. */
function Checks({ requests }: { requests: Forecast['requests'] }) {
  const { id } = useScenario();
  const { data } = useAsk('webhook.checks', { scenario: id });
  if (!data || requests.length === 0) return null;
  const words = requests.map(({ nodeId, name }) => {
    const check = data.checks.filter((each) => each.node === nodeId && each.state === 'done').at(-1);
    if (!check?.report) return { nodeId, text: `The audience of ${name} has not been checked.`, at: null };
    const wrong = check.report.customers - check.report.fine;
    const found = wrong === 0 ? 'found no errors' : `found errors for ${wrong.toLocaleString('en')} customers`;
    return {
      nodeId,
      text: `The last check of ${name} ${found}${check.isCurrent ? '' : ', but the scenario has changed since'},`,
      at: check.endedAt,
    };
  });
  return (
    <ul className="text-muted text-sm">
      {words.map(({ nodeId, text, at }) => (
        <li key={nodeId}>
          {text} {at ? <RelativeTime at={at} /> : null}
        </li>
      ))}
    </ul>
  );
}

function Requests({ requests }: { requests: Forecast['requests'] }) {
  return (
    <div className="overflow-x-auto rounded-md border border-line">
      <Table aria-label="Requests that are expected">
        <THead>
          <tr>
            <Th>Webhook</Th>
            <Th>Host</Th>
            <Th align="right">Customers</Th>
            <Th align="right">Requests</Th>
            <Th>Policy</Th>
            <Th align="right">Time</Th>
          </tr>
        </THead>
        <tbody>
          {requests.map((each) => (
            <Tr key={each.nodeId}>
              <Td dense className="min-w-32">
                <span className="text-faint text-xs tabular-nums">#{each.number}</span> {each.name}
              </Td>
              <Td dense className="font-mono [overflow-wrap:anywhere]">
                {each.host || <span className="font-sans text-faint">by template</span>}
                {each.isPrivate ? (
                  <span className="mt-0.5 block font-sans">
                    <Tooltip content="The operator has opened this address or port; it is not on the public web.">
                      <Badge tone="warning" icon={<Network className="size-3" aria-hidden />}>
                        private network
                      </Badge>
                    </Tooltip>
                  </span>
                ) : null}
              </Td>
              <Td dense align="right">
                <Count value={each.customers} exact />
              </Td>
              <Td dense align="right">
                <Count value={each.requests} exact />
                {each.batchSize > 1 ? (
                  <span className="block text-faint text-xs">up to {each.batchSize.toLocaleString('en')} each</span>
                ) : null}
              </Td>
              <Td dense className="whitespace-nowrap">
                {each.policy ? (
                  <>
                    {each.policy.name}
                    <span className="block text-faint text-xs">{each.policy.concurrency} at once</span>
                  </>
                ) : (
                  <span className="text-faint">none</span>
                )}
              </Td>
              <Td dense align="right" className="whitespace-nowrap">
                {each.seconds === null ? <span className="text-faint">not known</span> : duration(each.seconds)}
                {each.boundBy ? <span className="block text-faint text-xs">{BOUND_BY[each.boundBy]}</span> : null}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
