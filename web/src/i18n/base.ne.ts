import auth from "./ne/auth.json?icu";
import common from "./ne/common.json?icu";

export default { ...common, ...auth };
