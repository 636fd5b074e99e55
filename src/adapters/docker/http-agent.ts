import * as http from "node:http";
import { inspect } from "node:util";

/**
 * docker-modem makes text of all options of each request for its debug log, wanted or not, and an agent
 * holds every open connection: 20 commands at once took 3 s of that instead of 0.7 s.
 */
export const inspectBriefly = { [inspect.custom]: () => "Agent" };

/**
 * A connection of its own for each request: as many at once as wanted, none gone stale. Also, when the
 * engine dies in the middle of an answer, docker-modem, which listens to the request only, would wait for
 * ever; the failure of the answer is therefore passed on to the request.
 */
export class HttpAgent extends http.Agent {
  constructor() {
    super({ keepAlive: false, maxSockets: Infinity });
    Object.assign(this, inspectBriefly);
  }

  addRequest(request: http.ClientRequest, ...rest: unknown[]): void {
    passOnFailures(request);
    addRequestOf(http.Agent.prototype).call(this, request, ...rest);
  }
}

/** addRequest is what node:http calls on any agent and what agent packages override; @types/node leaves it out. */
export function addRequestOf(prototype: object): (this: unknown, ...parameters: unknown[]) => void {
  return (prototype as { addRequest: (this: unknown, ...parameters: unknown[]) => void })
    .addRequest;
}

export function passOnFailures(request: http.ClientRequest): void {
  request.once("response", (answer) => {
    answer.once("error", (error) => {
      if (request.listenerCount("error") > 0) request.emit("error", error);
    });
  });
}
