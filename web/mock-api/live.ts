// A socket that says hello and, on demand, hints: `mockHint("requests")` in the console.
import { ws } from "msw";
import { scenario } from "./kit";

const live = ws.link("*/api/v1/live");

export const liveHandlers = [
  live.addEventListener("connection", ({ client }) => {
    if (scenario("lost")) {
      client.close(1011);
      return;
    }
    client.addEventListener("message", () => client.send(JSON.stringify({ topic: "hello", seq: 1 })));
  }),
];

Object.assign(globalThis, {
  mockHint: (topic: string) => live.broadcast(JSON.stringify({ topic, ids: [] })),
  mockDrop: () => {
    for (const client of live.clients) client.close(1011);
  },
});
