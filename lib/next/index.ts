/**
 * Between Next.js and the services: who is signed in, and how a page or a browser asks a verb. The only room in lib/ that
 * imports next/*. Knows no business rule: permission is the verbs' own business, a page that forgets to guard is still safe.
 */
export { answerCall, answerDownload, answerJson, answerUpload, type Refusal } from './answer.ts';
export { answerApi } from './api.ts';
export { ask, type InputOf, type OutputOf } from './ask.ts';
export { addressOf, authOptions, identityName } from './auth.ts';
export { type CurrentUser, caller, currentUser, requireCaller } from './caller.ts';
export { ownPath, signInPath } from './paths.ts';
export { answerBatch, answerTime, answerTrack } from './track.ts';
