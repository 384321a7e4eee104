import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';

// Says what AsyncAPI's own parser has against the documents that are named, beside that a newer version of AsyncAPI exists.
let failed = false;
for (const file of process.argv.slice(2)) {
  const { diagnostics } = await new Parser().parse(readFileSync(file, 'utf8'), { parseSchemas: false });
  const complaints = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version');
  for (const { path, message } of complaints) console.error(`${file}: ${path.join('.')}: ${message}`);
  failed ||= complaints.length > 0;
}
process.exitCode = failed ? 1 : 0;
