// All handlers; each area has its own file, typed by the contract.
import { accountHandlers } from "./account";
import { adminHandlers } from "./admin";
import { channelHandlers, groupHandlers } from "./channels";
import { customerHandlers } from "./customers";
import { homeHandlers } from "./home";
import { inboxHandlers } from "./inbox";
import { liveHandlers } from "./live";
import { panelHandlers } from "./panels";
import { providerHandlers } from "./providers";
import { replyHandlers } from "./replies";
import { requestHandlers } from "./requests";
import { settingsHandlers } from "./settings";
import { signupHandlers } from "./signup";
import { testRoomHandlers } from "./test-room";
import { walletHandlers } from "./wallet";

export const handlers = [
  ...accountHandlers,
  ...adminHandlers,
  ...homeHandlers,
  ...liveHandlers,
  ...panelHandlers,
  ...requestHandlers,
  ...settingsHandlers,
  ...signupHandlers,
  ...walletHandlers,
  ...channelHandlers,
  ...testRoomHandlers,
  ...groupHandlers,
  ...inboxHandlers,
  ...customerHandlers,
  ...providerHandlers,
  ...replyHandlers,
];
