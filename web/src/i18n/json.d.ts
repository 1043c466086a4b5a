declare module "*.json?icu" {
  import type { Messages } from "@lingui/core";

  const messages: Messages;
  export default messages;
}
