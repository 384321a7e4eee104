import { defineConfig } from 'tsup';
import { stripProse } from '../../scripts/browser/without-prose.ts';
import { packageBuild } from '../../tsup.config.base.ts';

// Inlined, so that zod is the only package beside this one; THIRD_PARTY_NOTICES carries its licence.
const [library] = packageBuild(import.meta.dirname, { bundled: ['canonicalize', 'zod-to-json-schema'] });

export default defineConfig([
  { ...library },
  // What the condition `browser` of the exports leads to: the same contract without what only people read.
  { ...library, outDir: 'dist/browser', format: ['esm'], dts: false, esbuildPlugins: [stripProse()] },
]);
