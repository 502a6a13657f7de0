/**
 * Operations that take what somebody else wrote.
 *
 * The API's document says which alerts are good; a message that is being written, or one that came from
 * outside, may be anything, and what is wrong with it is what the server is asked to tell.
 */

import type { components } from "./schema";

interface NoParameters {
  query?: never;
  header?: never;
  path?: never;
  cookie?: never;
}

export interface LoosePaths {
  "/api/preview": {
    parameters: NoParameters;
    post: {
      parameters: NoParameters;
      requestBody: { content: { "application/json": { [name: string]: unknown } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Preview"] };
        };
      };
    };
  };
}
