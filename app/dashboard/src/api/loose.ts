/**
 * Operations that take what somebody else wrote.
 *
 * The API's document says which alerts are good; a message that is being written, or one that came from
 * outside, may be anything, and what is wrong with it is what the server is asked to tell.
 */

import type { components, operations, paths } from "./schema";

interface NoParameters {
  query?: never;
  header?: never;
  path?: never;
  cookie?: never;
}

/** What somebody else wrote, or what a form was filled in with: the server tells what is wrong with it. */
interface Written {
  content: { "application/json": { [name: string]: unknown } };
}

/** The operations that take what was written, where the others of their path take what is described. */
interface LooseOperations {
  "/api/bots": Omit<paths["/api/bots"], "post"> & {
    post: Omit<operations["api_create_bot"], "requestBody"> & { requestBody: Written };
  };
  "/api/bots/preview": Omit<paths["/api/bots/preview"], "post"> & {
    post: Omit<operations["api_preview_bot"], "requestBody"> & { requestBody: Written };
  };
  "/api/bots/{bot}": Omit<paths["/api/bots/{bot}"], "patch"> & {
    patch: Omit<operations["api_change_bot"], "requestBody"> & { requestBody: Written };
  };
}

export interface LoosePaths extends LooseOperations {
  "/api/preview": {
    parameters: NoParameters;
    post: {
      parameters: Omit<NoParameters, "query"> & { query?: { bot?: string; dialect?: string } };
      requestBody: { content: { "application/json": { [name: string]: unknown } | string } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Preview"] };
        };
      };
    };
  };
}
