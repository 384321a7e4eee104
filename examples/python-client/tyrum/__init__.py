"""A peer of the Tyrum protocol, revision 3, written from docs/protocol.md and the exported schemas alone."""
