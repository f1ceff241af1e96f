/**
 * The executor. Knows programs, chunks, slots and the ledger; walks everybody through a run. Knows nothing of users,
 * permissions, drafts or screens. Invariants: entry into a run is exactly-once; one transaction a transition; a request is
 * claimed and its bytes are stored before a socket is opened; a policy's limit is never exceeded as the receiver sees it;
 * for every node entered = waiting + in flight + delivered + rejected + unknown + skipped, at every moment, also while a run
 * changes to another version: people finish the node where they stand by the old one, and go on by the new one.
 */
export { acceptCall, type CalledRun, pausedListeners } from './api-calls.ts';
export { AudienceCheck, type AudienceReport, type CheckedPerson } from './audience-check.ts';
export { eraseFromCampaigns, moveInCampaigns } from './campaign-events.ts';
export { eraseAnswers, eraseRequests, hiding, type Place, rowsToSearch } from './erase.ts';
export { countEvents } from './event-counts.ts';
export { leaveRuns } from './leave-runs.ts';
export { pauseRun, resumeRun, resumeWebhook, startRuns, stopRuns } from './lifecycle.ts';
export { PlanFault } from './plan.ts';
export { type PreparedRequest, prepareRequests, sendPrepared } from './prepare.ts';
export { lockOpenRuns, type OpenRun, programsOf, publishVersion } from './publish.ts';
export {
  journeyOf,
  journeysOfCustomer,
  listRequests,
  peopleAt,
  policyQueue,
  requestDetail,
  runCounts,
  runProgress,
} from './reads.ts';
export { audienceToCome, type Inside, peopleInside, stoppedInside } from './reads-inside.ts';
export { listRuns, type RunSummary } from './reads-runs.ts';
export { type IncomingEvent, receiveEvents } from './receive-events.ts';
export { replacePolicy } from './replaced-policies.ts';
export { type Replay, ReplayRefused, replay } from './replay.ts';
export { keysClaimedSince, keysInDoubt, requestKeys } from './request-keys.ts';
export { momentIn } from './schedule.ts';
export { openBreakers } from './stored-breakers.ts';
export type * from './views.ts';
export { startWorker, type Worker } from './worker.ts';
