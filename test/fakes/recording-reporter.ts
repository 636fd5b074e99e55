import type { ProgressEvent } from "../../src/ports/events.ts";
import type { Reporter } from "../../src/ports/reporter.ts";

/** Keeps every event. */
export class RecordingReporter implements Reporter {
  readonly events: ProgressEvent[] = [];
  isClosed = false;

  report(event: ProgressEvent): void {
    if (this.isClosed) throw new Error(`reported after close: ${JSON.stringify(event)}`);
    this.events.push(event);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  /** The events of one type. */
  of<Type extends ProgressEvent["type"]>(
    type: Type,
  ): readonly Extract<ProgressEvent, { type: Type }>[] {
    return this.events.filter(
      (event): event is Extract<ProgressEvent, { type: Type }> => event.type === type,
    );
  }
}
