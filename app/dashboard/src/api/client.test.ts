import { describe, expect, it, vi } from "vitest";
import { failure, startServer } from "@/testing/server";
import { answerChallenge, openChallenge } from "./challenges";
import { answer, answerWithTag, api, done, newIdempotencyKey } from "./client";
import { ApiError } from "./errors";
import { TOKEN_HEADER } from "./transport";

const HALT = { state: "HALTED", reason: "news" } as const;

function halt() {
  return answer(api.PUT("/api/trading-state", { body: HALT }));
}

async function failureOf(call: Promise<unknown>): Promise<ApiError> {
  const thrown: unknown = await call.catch((error: unknown) => error);
  if (thrown instanceof ApiError) {
    return thrown;
  }
  throw new Error("It did not fail with an ApiError.");
}

describe("an answer that is no success", () => {
  it("tells code, sentence and what to do", async () => {
    startServer({
      "PUT /api/trading-state": { status: 409, body: failure("CONFLICT", "Somebody was first.") },
    });

    const error = await failureOf(halt());

    expect(error).toMatchObject({
      status: 409,
      code: "CONFLICT",
      message: "Somebody was first.",
      requestId: "r-1",
    });
    expect(error.cure).toContain("try again");
  });

  it("is told apart when somebody else changed it meanwhile", async () => {
    startServer({ "DELETE /api/bots/b": { status: 412, body: failure("PRECONDITION_FAILED") } });

    const call = done(
      api.DELETE("/api/bots/{bot}", { params: { path: { bot: "b" }, header: { "If-Match": "1" } } }),
    );

    expect((await failureOf(call)).isStale).toBe(true);
  });

  it("is no contact when nothing answers", async () => {
    startServer().disconnect();

    expect(await failureOf(halt())).toMatchObject({ isNoContact: true, code: "NO_CONTACT" });
  });
});

describe("a session that ends during a call", () => {
  it("asks to sign in, then sends the same call again", async () => {
    const server = startServer({
      "PUT /api/trading-state": { status: 401, body: failure("NOT_AUTHENTICATED") },
    });

    const call = halt();
    await vi.waitFor(() => expect(openChallenge()).toBe("sign-in"));
    server.on("PUT /api/trading-state", { body: { ...HALT, until: null } });
    answerChallenge("");

    expect(await call).toMatchObject({ state: "HALTED" });
    expect(server.asked.map(({ body }) => body)).toEqual([HALT, HALT]);
  });

  it("asks once for all calls that wait", async () => {
    const server = startServer({ "GET /api/bots": { status: 401 }, "GET /api/account": { status: 401 } });

    const calls = Promise.all([answer(api.GET("/api/bots")), answer(api.GET("/api/account"))]);
    await vi.waitFor(() => expect(server.asked).toHaveLength(2));
    await vi.waitFor(() => expect(openChallenge()).toBe("sign-in"));
    server.on("GET /api/bots", { body: { bots: [] } });
    server.on("GET /api/account", { body: { accounts: [], brokers: [] } });
    answerChallenge("");

    expect(await calls).toEqual([{ bots: [] }, { accounts: [], brokers: [] }]);
  });
});

describe("a call that wants the token again", () => {
  it("is sent again with the token", async () => {
    const server = startServer({
      "PUT /api/trading-state": ({ headers }) =>
        headers.get(TOKEN_HEADER) === "secret"
          ? { body: { ...HALT, until: null } }
          : { status: 403, body: failure("TOKEN_AGAIN") },
    });

    const call = halt();
    await vi.waitFor(() => expect(openChallenge()).toBe("token-again"));
    answerChallenge("secret");

    expect(await call).toMatchObject({ state: "HALTED" });
    expect(server.asked).toHaveLength(2);
  });

  it("fails when nobody gives it", async () => {
    startServer({ "PUT /api/trading-state": { status: 403, body: failure("TOKEN_AGAIN") } });

    const call = failureOf(halt());
    await vi.waitFor(() => expect(openChallenge()).toBe("token-again"));
    answerChallenge(null);

    expect(await call).toMatchObject({ code: "TOKEN_AGAIN" });
  });
});

it("hands over the ETag that a change must carry", async () => {
  startServer({ "GET /api/bots/b": { body: { id: "b" }, headers: { ETag: '"7"' } } });

  const { etag } = await answerWithTag(api.GET("/api/bots/{bot}", { params: { path: { bot: "b" } } }));

  expect(etag).toBe('"7"');
});

it("makes keys that never repeat", () => {
  expect(newIdempotencyKey()).toMatch(/^[0-9a-f]{32}$/);
  expect(newIdempotencyKey()).not.toBe(newIdempotencyKey());
});
