import type { Shape } from '../../spoken/shape.ts';
import { composed, literal } from './literal.ts';

/** Shapes as constants: one that is used in several places is written once. */
export interface ShapeConstants {
  /** Their declarations, each after what it uses. */
  readonly declarations: readonly string[];
  /** The constant of a shape, if it has one. */
  nameOf(part: object): string | undefined;
}

/** Looks for what is shared in everything that a module will export. */
export function shapeConstants(exported: readonly object[]): ShapeConstants {
  const uses = new Map<string, number>();
  for (const value of exported) countUses(value, uses);
  const names = new Map<string, string>();
  const declarations: string[] = [];
  const nameOf = (part: object) => names.get(literal(part));
  for (const value of exported) declareShared(value);

  function declareShared(part: object): void {
    const text = literal(part);
    if (names.has(text)) return;
    for (const member of membersOf(part)) declareShared(member);
    if (!isShape(part) || (uses.get(text) ?? 0) < 2) return;
    const name = `${part.is}${names.size + 1}`;
    declarations.push(`const ${name}: Shape = ${composed(part, nameOf)};`);
    names.set(text, name);
  }

  return { declarations, nameOf };
}

/** How often each shape would be written if every other one that is shared were a constant. */
function countUses(part: object, uses: Map<string, number>): void {
  const text = literal(part);
  const known = uses.get(text) ?? 0;
  uses.set(text, known + 1);
  if (known === 0 || !isShape(part)) for (const member of membersOf(part)) countUses(member, uses);
}

function membersOf(part: object): readonly object[] {
  if (part instanceof RegExp) return [];
  return Object.values(part).filter((member) => typeof member === 'object' && member !== null);
}

function isShape(part: object): part is Shape {
  return 'is' in part && typeof part.is === 'string';
}
