import type { Channel } from '@tyrum/gateway-core';

/** Gives the answer of one request to another that was asked on the same connection: every second one goes to the wrong place. */
export function answersTheWrongRequest(channel: Channel): Channel {
  let held: { readonly id: string; readonly frame: { request_id: string; type: string } } | undefined;
  return sendingOtherwise(channel, (text) => {
    const frame = JSON.parse(text) as { request_id: string; type: string; ok?: boolean };
    if (frame.ok !== true || frame.type !== 'counter.add') return channel.send(text);
    const id = frame.request_id;
    if (held === undefined) {
      held = { id, frame };
      return undefined;
    }
    const other = held;
    held = undefined;
    channel.send(JSON.stringify({ ...frame, request_id: other.id }));
    return channel.send(JSON.stringify({ ...other.frame, request_id: id }));
  });
}

/** Sends every fifth answer twice. */
export function answersTwice(channel: Channel): Channel {
  let answers = 0;
  return sendingOtherwise(channel, (text) => {
    channel.send(text);
    if (!isAnswer(text)) return;
    answers += 1;
    if (answers % 5 === 0) channel.send(text);
  });
}

/** Never sends every fifth answer. */
export function answersSomeNever(channel: Channel): Channel {
  let answers = 0;
  return sendingOtherwise(channel, (text) => {
    if (isAnswer(text)) answers += 1;
    if (!isAnswer(text) || answers % 5 !== 0) channel.send(text);
  });
}

/** Of a handshake as well, every fifth would keep everybody out. */
function isAnswer(text: string): boolean {
  return text.includes('"ok":') && !text.includes('"connect.');
}

function sendingOtherwise(channel: Channel, send: (text: string) => void): Channel {
  return {
    send,
    close: (code, reason) => channel.close(code, reason),
    ping: () => channel.ping(),
    pause: () => channel.pause(),
    resume: () => channel.resume(),
    get bufferedBytes() {
      return channel.bufferedBytes;
    },
  };
}
