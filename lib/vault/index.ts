/**
 * Secrets at rest and on their way into a request. Knows keys, seals, logins and endpoint prefixes; knows nothing of
 * customers, templates or verdicts. Invariants: what was sealed opens only for the same project, object and field;
 * credentials are attached after rendering and only where the prefix covers the URL that leaves; no value of a secret
 * stands in a reason, an error or a preview.
 */
export { type Authorised, type Credentials, HIDDEN } from './credentials.ts';
export { hasKeyFor, open, type Place, rewrap, seal, UnreadableSecret } from './envelope.ts';
export {
  changeSecrets,
  headersSetBy,
  openIntegration,
  previewIntegration,
  type Secrets,
  type StoredIntegration,
  settingsOf,
  storedFields,
} from './integration.ts';
export { type KeyRing, keyRing } from './keys.ts';
export { MASK, mask, SHORTEST_SECRET } from './mask.ts';
export { placeOfTotp, type Rotation, rotateSecrets } from './rotate.ts';
export { openSecret, openSecretHeaders, placeOfSecret, type StoredSecret, sealSecret } from './secret.ts';
export { newSigningSecret, refuseSigningSecret } from './signature.ts';
