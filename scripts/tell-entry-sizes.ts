import { entrySizes } from './browser/entry-sizes.ts';

/** Prints as JSON what each entry point of a package takes in a browser: `tsx scripts/tell-entry-sizes.ts @tyrum/client-sdk`. */
console.log(JSON.stringify(await entrySizes(process.argv[2] ?? '')));
