export { describeAsyncApi } from './artefacts/asyncapi.ts';
export { describeCatalog } from './artefacts/catalog.ts';
export { type ContractFile, type ContractFileSet, contractFileSets } from './artefacts/contract-files.ts';
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
export type { Draft } from './artefacts/json-schema.ts';
export { hashArtefact, lockContract, type Sha256 } from './artefacts/lock.ts';
export { type SchemaFile, type SchemaFilesOptions, schemaFiles } from './artefacts/schema-files.ts';
export type { Steps } from './artefacts/steps.ts';
