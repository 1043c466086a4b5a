import { http } from "msw";
import { json, scenario, T } from "./kit";

export const requestHandlers = [
  http.get(`${T}/requests/counts`, () =>
    json(
      scenario("new") || scenario("setup") || scenario("empty")
        ? { open: 0, person: 0 }
        : { open: 41, person: 7 },
    ),
  ),
];
