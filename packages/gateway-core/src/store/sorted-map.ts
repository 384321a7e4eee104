/**
 * An immutable map in the order of its keys: a change makes a new map that shares what did not change. Keeping an old map
 * is therefore a savepoint, a snapshot and an isolated view at once, and costs nothing. The empty map is `undefined`.
 *
 * Keys are all texts (ordered by code unit) or all numbers. Changes and look-ups take O(log n).
 */
export type SortedMap<Key extends string | number, Value> = Node<Key, Value> | undefined;

export type Order = 'ascending' | 'descending';

export function find<Key extends string | number, Value>(map: SortedMap<Key, Value>, key: Key): Value | undefined {
  let at = map;
  while (at !== undefined && at.key !== key) at = key < at.key ? at.left : at.right;
  return at?.value;
}

/** The map with an entry added or replaced. */
export function insert<Key extends string | number, Value>(
  map: SortedMap<Key, Value>,
  key: Key,
  value: Value,
): Node<Key, Value> {
  if (map === undefined) return { left: undefined, key, value, right: undefined, height: 1 };
  if (key === map.key) return { left: map.left, key, value, right: map.right, height: map.height };
  return key < map.key
    ? balanced(insert(map.left, key, value), map, map.right)
    : balanced(map.left, map, insert(map.right, key, value));
}

/** The map without a key; the same map when the key is not in it. */
export function remove<Key extends string | number, Value>(
  map: SortedMap<Key, Value>,
  key: Key,
): SortedMap<Key, Value> {
  if (map === undefined) return undefined;
  const { left, right } = map;
  if (key !== map.key) {
    if (key < map.key) {
      const rest = remove(left, key);
      return rest === left ? map : balanced(rest, map, right);
    }
    const rest = remove(right, key);
    return rest === right ? map : balanced(left, map, rest);
  }
  if (left === undefined) return right;
  if (right === undefined) return left;
  let next = right;
  while (next.left !== undefined) next = next.left;
  return balanced(left, next, remove(right, next.key));
}

/** The entries strictly between two bounds, lazily: taking a page costs O(log n + page). */
export function* between<Key extends string | number, Value>(
  map: SortedMap<Key, Value>,
  above: Key | undefined,
  below: Key | undefined,
  order: Order = 'ascending',
): Generator<readonly [Key, Value]> {
  const forward = order === 'ascending';
  // The nodes whose entry, and whose further side, are still to come: innermost last.
  const pending: Node<Key, Value>[] = [];
  let at = map;
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

/** A node of an AVL tree: the heights of its two sides differ by one at most. */
interface Node<Key extends string | number, Value> {
  readonly left: SortedMap<Key, Value>;
  readonly key: Key;
  readonly value: Value;
  readonly right: SortedMap<Key, Value>;
  readonly height: number;
}

/** Joins two trees around an entry, where one may have become higher than the other by two. */
function balanced<Key extends string | number, Value>(
  left: SortedMap<Key, Value>,
  middle: Node<Key, Value>,
  right: SortedMap<Key, Value>,
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

function join<Key extends string | number, Value>(
  left: SortedMap<Key, Value>,
  { key, value }: Node<Key, Value>,
  right: SortedMap<Key, Value>,
): Node<Key, Value> {
  return { left, key, value, right, height: 1 + Math.max(height(left), height(right)) };
}

function height<Key extends string | number, Value>(tree: SortedMap<Key, Value>): number {
  return tree === undefined ? 0 : tree.height;
}
