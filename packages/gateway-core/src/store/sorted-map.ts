/**
 * An immutable map in the order of its keys: a change makes a new map that shares what did not change. Keeping an old map
 * is therefore a savepoint, a snapshot and an isolated view at once, and costs nothing.
 *
 * Keys are all texts (ordered by code unit) or all numbers. Changes and look-ups take O(log n).
 */
export interface SortedMap<Key extends string | number, Value> {
  readonly size: number;
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): SortedMap<Key, Value>;
  delete(key: Key): SortedMap<Key, Value>;
  /** The entries strictly between two bounds, lazily: taking a page costs O(log n + page). */
  between(above: Key | undefined, below: Key | undefined, order?: Order): Generator<readonly [Key, Value]>;
}

export type Order = 'ascending' | 'descending';

export function createSortedMap<Key extends string | number, Value>(): SortedMap<Key, Value> {
  return wrap<Key, Value>(undefined, 0);
}

/** A node of an AVL tree: the heights of its two sides differ by one at most. */
interface Node<Key, Value> {
  readonly left: Tree<Key, Value>;
  readonly key: Key;
  readonly value: Value;
  readonly right: Tree<Key, Value>;
  readonly height: number;
}

type Tree<Key, Value> = Node<Key, Value> | undefined;

function wrap<Key extends string | number, Value>(root: Tree<Key, Value>, size: number): SortedMap<Key, Value> {
  return {
    size,
    get: (key) => find(root, key)?.value,
    set: (key, value) => wrap(insert(root, key, value), find(root, key) === undefined ? size + 1 : size),
    delete(key) {
      return find(root, key) === undefined ? this : wrap(remove(root, key), size - 1);
    },
    between: (above, below, order = 'ascending') => walk(root, above, below, order),
  };
}

function find<Key, Value>(root: Tree<Key, Value>, key: Key): Tree<Key, Value> {
  let at = root;
  while (at !== undefined && at.key !== key) at = key < at.key ? at.left : at.right;
  return at;
}

function insert<Key, Value>(at: Tree<Key, Value>, key: Key, value: Value): Node<Key, Value> {
  if (at === undefined) return { left: undefined, key, value, right: undefined, height: 1 };
  if (key === at.key) return { ...at, value };
  return key < at.key
    ? balanced(insert(at.left, key, value), at, at.right)
    : balanced(at.left, at, insert(at.right, key, value));
}

/** The tree without a key that is in it. */
function remove<Key, Value>(at: Tree<Key, Value>, key: Key): Tree<Key, Value> {
  if (at === undefined) return undefined;
  if (key < at.key) return balanced(remove(at.left, key), at, at.right);
  if (key > at.key) return balanced(at.left, at, remove(at.right, key));
  if (at.left === undefined) return at.right;
  if (at.right === undefined) return at.left;
  let next = at.right;
  while (next.left !== undefined) next = next.left;
  return balanced(at.left, next, remove(at.right, next.key));
}

/** Joins two trees around an entry, where one may have become higher than the other by two. */
function balanced<Key, Value>(
  left: Tree<Key, Value>,
  middle: Node<Key, Value>,
  right: Tree<Key, Value>,
): Node<Key, Value> {
  const lean = height(left) - height(right);
  if (lean > 1 && left !== undefined) {
    if (height(left.left) >= height(left.right) || left.right === undefined) {
      return join(left.left, left, join(left.right, middle, right));
    }
    return join(join(left.left, left, left.right.left), left.right, join(left.right.right, middle, right));
  }
  if (lean < -1 && right !== undefined) {
    if (height(right.right) >= height(right.left) || right.left === undefined) {
      return join(join(left, middle, right.left), right, right.right);
    }
    return join(join(left, middle, right.left.left), right.left, join(right.left.right, right, right.right));
  }
  return join(left, middle, right);
}

function join<Key, Value>(
  left: Tree<Key, Value>,
  { key, value }: Node<Key, Value>,
  right: Tree<Key, Value>,
): Node<Key, Value> {
  return { left, key, value, right, height: 1 + Math.max(height(left), height(right)) };
}

function height<Key, Value>(tree: Tree<Key, Value>): number {
  return tree === undefined ? 0 : tree.height;
}

function* walk<Key extends string | number, Value>(
  root: Tree<Key, Value>,
  above: Key | undefined,
  below: Key | undefined,
  order: Order,
): Generator<readonly [Key, Value]> {
  const forward = order === 'ascending';
  // The nodes whose entry, and whose further side, are still to come: innermost last.
  const pending: Node<Key, Value>[] = [];
  let at = root;
  while (at !== undefined || pending.length > 0) {
    if (at !== undefined) {
      const tooLow = above !== undefined && at.key <= above;
      const tooHigh = below !== undefined && at.key >= below;
      if (tooLow) at = at.right;
      else if (tooHigh) at = at.left;
      else {
        pending.push(at);
        at = forward ? at.left : at.right;
      }
      continue;
    }
    const node = pending.pop();
    if (node === undefined) return;
    yield [node.key, node.value];
    at = forward ? node.right : node.left;
  }
}
