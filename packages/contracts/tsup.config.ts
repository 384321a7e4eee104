import { defineConfig } from 'tsup';
import { packageBuild } from '../../tsup.config.base.ts';

// Inlined, so that zod is the only package beside this one; THIRD_PARTY_NOTICES carries its licence.
export default defineConfig(packageBuild(import.meta.dirname, { bundled: ['canonicalize', 'zod-to-json-schema'] }));
