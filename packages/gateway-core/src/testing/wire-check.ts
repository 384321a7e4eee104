import { type Contract, decodeFrame, describeIssue, readAs, type Schema, schemaAt } from '@tyrum/contracts';

/**
 * What is wrong with a frame that the gateway sent, judged as strictly as the strictest peer does: its envelope, the keys of
 * the agreed revision and no others, and the payload or result of its type. `undefined` for a frame that is right.
 */
export function createWireCheck(contract: Contract): (text: string, revision: number) => string | undefined {
  const eventSchemas = new Map<string, Schema>();

  function eventSchema(type: string, revision: number): Schema | undefined {
    const name = `${revision} ${type}`;
    let schema = eventSchemas.get(name);
    const view = contract.at(revision).events.get(type);
    if (schema === undefined && view !== undefined) {
      schema = schemaAt(view.definition.payload, revision, 'gateway');
      eventSchemas.set(name, schema);
    }
    return schema;
  }

  function judge(schema: Schema | undefined, value: unknown, root: string): string | undefined {
    if (schema === undefined) return `${root} of a type that revision does not have`;
    const reading = readAs(schema, value, root);
    return reading.fits ? undefined : reading.issues.map(describeIssue).join('; ');
  }

  return (text, revision) => {
    const decoded = decodeFrame(text, { revision, unknownKeys: 'refuse' });
    const view = contract.at(revision);
    switch (decoded.kind) {
      case 'malformed':
        return `${describeIssue(decoded.issue)} in ${text}`;
      case 'event':
        return prefixed(text, judge(eventSchema(decoded.frame.type, revision), decoded.frame.payload, 'payload'));
      case 'request':
        return prefixed(
          text,
          judge(view.requests.get(decoded.frame.type)?.payloads.gateway, decoded.frame.payload, 'payload'),
        );
      case 'response': {
        const { frame } = decoded;
        const result = view.requests.get(frame.type)?.results.gateway;
        if (!frame.ok || (result === undefined && frame.result === undefined)) return undefined;
        return prefixed(text, judge(result, frame.result, 'result'));
      }
    }
  };
}

function prefixed(text: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${problem} in ${text}`;
}
