declare module "*.json?icu" {
  const messages: Record<string, import("./message").Compiled>;
  export default messages;
}
