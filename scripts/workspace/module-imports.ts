import { builtinModules } from 'node:module';
import ts from 'typescript';

/** Every module that a source text names: imports, re-exports, dynamic imports, type imports and requires, once each. */
export function importsOf(text: string): readonly string[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return [...new Set(importedFiles.map(({ fileName }) => fileName))];
}

/** Whether a specifier names a module of Node.js, with or without its prefix. */
export function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

/** The package that a bare specifier belongs to: `@tyrum/contracts` of `@tyrum/contracts/vectors`. */
export function packageNameOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
