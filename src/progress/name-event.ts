import type { NamedEvent, ProgressEvent } from "../ports/events.ts";

/**
 * The event as it is shown among those of other applications: its name stands before what is told, and its steps are
 * other steps than those of the same kind of another application.
 */
export function nameEvent({ application, ...event }: NamedEvent): ProgressEvent {
  if (application === undefined) return event;
  switch (event.type) {
    case "step-started":
    case "step-skipped":
    case "step-finished":
    case "step-failed":
      return {
        ...event,
        stepId: `${application}/${event.stepId}`,
        title: `${application}: ${event.title}`,
      };
    case "step-progress":
      return {
        ...event,
        stepId: `${application}/${event.stepId}`,
        detail: event.detail.startsWith(`${application}: `)
          ? event.detail
          : `${application}: ${event.detail}`,
      };
    case "output":
      return {
        ...event,
        source: `${application} ${event.source}`,
        ...(event.stepId === undefined ? {} : { stepId: `${application}/${event.stepId}` }),
      };
    default:
      return event;
  }
}
