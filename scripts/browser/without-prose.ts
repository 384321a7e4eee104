import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import ts from 'typescript';

/** Leaves out of the contract's modules what only people read, when a bundle for browsers is made of them. */
export function stripProse(): Plugin {
  return {
    name: 'strip-prose',
    setup({ onLoad }) {
      onLoad(
        { filter: /[/\\]contracts[/\\]src[/\\](operations|events|schemas|tables)[/\\][^/\\]+\.ts$/ },
        ({ path }) => ({
          contents: withoutProse(readFileSync(path, 'utf8')),
          loader: 'ts',
        }),
      );
    },
  };
}

/**
 * The text of a module without its prose, and without the constants that only the prose used. Prose is `summary` and
 * `example` of a definition, of a constant that definitions share and of a row of a table, and `description` of `.apply(meta, …)`.
 */
export function withoutProse(text: string): string {
  let stripped = without(text, proseAt);
  for (let before = ''; before !== stripped; ) {
    before = stripped;
    stripped = without(before, unusedConstantAt);
  }
  return stripped;
}

type Range = readonly [start: number, end: number];

function without(text: string, rangeOf: (node: ts.Node, text: string) => Range | undefined): string {
  const ranges: Range[] = [];
  const visit = (node: ts.Node): void => {
    const range = rangeOf(node, text);
    if (range !== undefined) ranges.push(range);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('module.ts', text, ts.ScriptTarget.Latest, true));
  let kept = '';
  let from = 0;
  for (const [start, end] of ranges.sort(([one], [other]) => one - other)) {
    kept += text.slice(from, start);
    from = end;
  }
  return kept + text.slice(from);
}

function proseAt(node: ts.Node, text: string): Range | undefined {
  if (ts.isCallExpression(node)) {
    const said = node.arguments.at(-1);
    // All that was said is prose: nothing is left to say.
    return said !== undefined && isProseAlone(said) && ts.isPropertyAccessExpression(node.expression)
      ? [node.expression.expression.end, node.end]
      : undefined;
  }
  if (!ts.isPropertyAssignment(node) && !ts.isShorthandPropertyAssignment(node)) return undefined;
  if (!isProse(node) || isProseAlone(node.parent)) return undefined;
  const comma = /^\s*,/.exec(text.slice(node.end))?.[0] ?? '';
  return [node.getFullStart(), node.end + comma.length];
}

function isProseAlone(object: ts.Node): boolean {
  return (
    ts.isObjectLiteralExpression(object) && isSaidOfSchema(object) && object.properties.every((each) => isProse(each))
  );
}

function isProse(property: ts.ObjectLiteralElementLike): boolean {
  const name = property.name?.getText();
  if (isSaidOfSchema(property.parent)) return name === 'description';
  return (name === 'summary' || name === 'example') && isOfDefinition(property.parent);
}

/** The object of `.apply(meta, { … })`. */
function isSaidOfSchema({ parent }: ts.Node): boolean {
  return (
    ts.isCallExpression(parent) &&
    ts.isPropertyAccessExpression(parent.expression) &&
    parent.expression.name.text === 'apply' &&
    parent.arguments[0]?.getText() === 'meta'
  );
}

/** The object that a definer is given, a constant of the module that definitions share, or a row of a table. */
function isOfDefinition({ parent }: ts.Node): boolean {
  if (ts.isPropertyAssignment(parent)) return isConstant(parent.parent);
  if (ts.isArrayLiteralExpression(parent)) return isConstant(parent);
  return (
    isConstant({ parent }) ||
    (ts.isCallExpression(parent) && /^define(Request|Event)$/.test(parent.expression.getText()))
  );
}

function isConstant({ parent }: Pick<ts.Node, 'parent'>): boolean {
  if (ts.isAsExpression(parent) || ts.isSatisfiesExpression(parent)) return isConstant(parent);
  return ts.isVariableDeclaration(parent) && ts.isSourceFile(parent.parent.parent.parent);
}

function unusedConstantAt(node: ts.Node): Range | undefined {
  if (!ts.isVariableStatement(node) || !ts.isSourceFile(node.parent) || node.modifiers !== undefined) return undefined;
  const [declaration, ...more] = node.declarationList.declarations;
  if (declaration === undefined || more.length > 0 || !ts.isIdentifier(declaration.name)) return undefined;
  return usesOf(declaration.name.text, node.parent) === 1 ? [node.getFullStart(), node.end] : undefined;
}

function usesOf(name: string, node: ts.Node): number {
  let uses = ts.isIdentifier(node) && node.text === name ? 1 : 0;
  ts.forEachChild(node, (child) => {
    uses += usesOf(name, child);
  });
  return uses;
}
