import type { ClientRequest } from "node:http";
import * as https from "node:https";
import { addRequestOf, inspectBriefly, passOnFailures } from "./http-agent.ts";

/** As HttpAgent, for engines that listen on a port with TLS; apart, because TLS takes a while to load. */
export class HttpsAgent extends https.Agent {
  constructor() {
    super({ keepAlive: false, maxSockets: Infinity });
    Object.assign(this, inspectBriefly);
  }

  addRequest(request: ClientRequest, ...rest: unknown[]): void {
    passOnFailures(request);
    addRequestOf(https.Agent.prototype).call(this, request, ...rest);
  }
}
