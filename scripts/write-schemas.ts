import { fileURLToPath } from 'node:url';
import { writeSchemas } from './schemas/write-schemas.ts';

// Built with the package, never committed.
writeSchemas(fileURLToPath(new URL('../packages/contracts/', import.meta.url)));
