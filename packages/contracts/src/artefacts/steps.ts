/** Work in steps of about a millisecond, so that whoever has other things to do can do them in between. What it comes to is at its end. */
export type Steps<Value> = Generator<void, Value, void>;

/** Takes all steps at once. */
export function atOnce<Value>(steps: Steps<Value>): Value {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
