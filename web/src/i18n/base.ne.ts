export { default } from "./ne/door.json?icu";
