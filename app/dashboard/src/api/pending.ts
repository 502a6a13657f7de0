/**
 * Operations that the dashboard calls and the API's document does not describe yet.
 *
 * Shapes as designed; each leaves this file when `make api-types` brings it into `schema.d.ts`.
 */

// biome-ignore lint/suspicious/noEmptyInterface: nothing is pending now; what is goes here.
export interface PendingPaths {}
