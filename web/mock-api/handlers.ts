// All handlers; each area has its own file, typed by the contract.
import { accountHandlers } from "./account";
import { homeHandlers } from "./home";
import { liveHandlers } from "./live";
import { requestHandlers } from "./requests";
import { walletHandlers } from "./wallet";

export const handlers = [
  ...accountHandlers,
  ...homeHandlers,
  ...requestHandlers,
  ...liveHandlers,
  ...walletHandlers,
];
