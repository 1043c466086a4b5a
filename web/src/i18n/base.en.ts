export { default } from "./en/door.json?icu";
