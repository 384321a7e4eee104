const NONE: ReadonlySet<string> = new Set();

/** Makes sets of agreed extensions. Who agreed on none of the contract's, or on all, shares the set with all who did: most peers do. */
export function createAgreedExtensions(contract: {
  readonly extensions: readonly { readonly id: string }[];
}): (agreed: readonly string[]) => ReadonlySet<string> {
  const all: ReadonlySet<string> = new Set(contract.extensions.map(({ id }) => id));
  return (agreed) => {
    if (agreed.length === 0) return NONE;
    const set = new Set(agreed);
    return set.size === all.size ? all : set;
  };
}
