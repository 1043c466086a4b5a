import auth from "./en/auth.json?icu";
import common from "./en/common.json?icu";

export default { ...common, ...auth };
