import type { NamedEvent, ProgressEvent } from "../ports/events.ts";

/**
 * Names events as they are shown among those of other runs: the application stands before what is told, and so does the
 * step that a run is the work of. Steps of one run are other steps than those with the same id of another.
 */
export function createEventNamer(): (event: NamedEvent) => ProgressEvent {
  const titles = new Map<string, string>();
  return ({ within, ...event }) => {
    if (within === undefined) {
      if (event.type === "step-started") titles.set(event.stepId, event.title);
      return nameEvent(event);
    }
    const [owner = ""] = within.split("/");
    return ofRun(nameEvent(event), titles.get(owner) ?? owner, within);
  };
}

/** The event with its application's name. */
export function nameEvent({ application, ...event }: NamedEvent): ProgressEvent {
  return application === undefined ? event : ofRun(event, application, application);
}

function ofRun(event: ProgressEvent, name: string, id: string): ProgressEvent {
  switch (event.type) {
    case "step-started":
    case "step-skipped":
    case "step-finished":
    case "step-failed":
      return { ...event, stepId: `${id}/${event.stepId}`, title: `${name}: ${event.title}` };
    case "step-progress":
      return {
        ...event,
        stepId: `${id}/${event.stepId}`,
        detail: event.detail.startsWith(`${name}: `) ? event.detail : `${name}: ${event.detail}`,
      };
    case "output":
      return {
        ...event,
        source: `${name} ${event.source}`,
        ...(event.stepId === undefined ? {} : { stepId: `${id}/${event.stepId}` }),
      };
    default:
      return event;
  }
}
