export {
  ARTEFACT_BASE,
  type DescribeOptions,
  describeExtension,
  describeRevision,
  type EventArtefact,
  type RequestArtefact,
  type RevisionArtefact,
} from './artefacts/describe.ts';
export { type Json, type JsonObject, sortKeys } from './artefacts/json.ts';
export { hashArtefact, lockContract, type Sha256 } from './artefacts/lock.ts';
