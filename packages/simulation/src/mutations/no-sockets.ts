/** Stands in for the platform's WebSocket in a bundled copy of the client, which is given its sockets by the world. */
// biome-ignore lint/style/noDefaultExport: the package that it stands in for has no other export
export default null;
