// A React app with a form that comes and goes; what it does on mounting is the document's own snippet.
const loaded = [];
const use = (name) => {
  const module = { exports: {} };
  new Function("module", "exports", "require", "process", window.sources[name])(
    module, module.exports, require, { env: { NODE_ENV: "production" } });
  return module.exports;
};
const require = (name) => (loaded[name] ??= use(name));
const { createElement: h, useEffect, useRef, useState } = require("react");
const Form = () => {
  const form = useRef(null);
  const locale = "en";
  const user = { id: "u-7" };
  EFFECT
  return h("form", { ref: form, id: "request", action: "/own-action", method: "post" },
    h("textarea", { id: "body", name: "body" }), h("button", { id: "send" }, "Send"));
};
const App = () => {
  const [open, setOpen] = useState(true);
  return h("main", {}, open && h(Form), h("button", { id: "toggle", onClick: () => setOpen(!open) }, "Contact"));
};
require("react-dom/client").createRoot(document.querySelector("#root")).render(h(App));
